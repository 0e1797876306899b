"""Function definitions by their place, for the codemods that change one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import libcst as cst
from libcst.metadata import BaseMetadataProvider, PositionProvider

from fixer.codemods.errors import EditError
from fixer.edits import FunctionEdit

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_E = TypeVar("_E", bound=FunctionEdit)


class FunctionEdits(cst.CSTTransformer, Generic[_E]):
    """Hands each function its edits; raises EditError where no such function stands at an edit's place."""

    METADATA_DEPENDENCIES: ClassVar[Collection[type[BaseMetadataProvider[Any]]]] = (PositionProvider,)

    def __init__(self, edits: Sequence[_E]) -> None:
        super().__init__()
        self._edits: dict[tuple[int, int, str], list[_E]] = {}
        for edit in edits:
            self._edits.setdefault((edit.line, edit.column, edit.function), []).append(edit)

    def edits_of(self, node: cst.FunctionDef) -> Sequence[_E]:
        """The edits of a function as it stood in the source, each handed out once."""
        start = self.get_metadata(PositionProvider, node).start
        return self._edits.pop((start.line, start.column + 1, node.name.value), ())

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        for line, column, function in self._edits:
            raise EditError(f"line {line}, column {column}: no function `{function}` starts here")
        return updated_node
