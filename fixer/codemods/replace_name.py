"""ReplaceNames: a name or a dotted name becomes another one, `patch` -> `mock.patch`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import libcst as cst
from libcst.metadata import PositionProvider

from fixer.codemods.errors import EditError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.edits import ReplaceName

_Node = TypeVar("_Node", cst.Name, cst.Attribute)


class ReplaceNames(cst.CSTTransformer):
    """Applies every ReplaceName of one module; raises EditError where the old name does not stand there."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, edits: Sequence[ReplaceName]) -> None:
        super().__init__()
        self._edits = {(edit.span.line, edit.span.column - 1): edit for edit in edits}

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:  # noqa: N802
        return self._new(original_node, updated_node)

    def leave_Attribute(  # noqa: N802
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        return self._new(original_node, updated_node)

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        for (line, column), edit in self._edits.items():
            raise EditError(f"line {line}, column {column + 1}: `{edit.old}` does not stand here")
        return updated_node

    def _new(self, original: _Node, updated: _Node) -> cst.BaseExpression:
        start = self.get_metadata(PositionProvider, original).start
        edit = self._edits.get((start.line, start.column))
        if edit is None or edit.old != dotted(original):
            return updated
        del self._edits[start.line, start.column]
        made = cst.parse_expression(edit.new)
        return made.with_changes(lpar=updated.lpar, rpar=updated.rpar)


def dotted(node: cst.BaseExpression) -> str:
    """`a.b.c` for such a node, an empty string for any other."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        left = dotted(node.value)
        return f"{left}.{node.attr.value}" if left else ""
    return ""
