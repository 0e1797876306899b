"""ReplaceInStrings: a part of a string literal, or of the text of an f-string, becomes another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import libcst as cst
from libcst.metadata import PositionProvider

from fixer.codemods.errors import EditError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.edits import ReplaceInString

_Node = TypeVar("_Node", cst.SimpleString, cst.FormattedStringText)


class ReplaceInStrings(cst.CSTTransformer):
    """Applies every ReplaceInString of one module; raises EditError where the old text is not there."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, edits: Sequence[ReplaceInString]) -> None:
        super().__init__()
        self._left = list(edits)

    def leave_SimpleString(  # noqa: N802
        self, original_node: cst.SimpleString, updated_node: cst.SimpleString
    ) -> cst.BaseExpression:
        return self._new(original_node, updated_node)

    def leave_FormattedStringText(  # noqa: N802
        self, original_node: cst.FormattedStringText, updated_node: cst.FormattedStringText
    ) -> cst.BaseFormattedStringContent:
        return self._new(original_node, updated_node)

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        for edit in self._left:
            where = f"line {edit.span.line}, column {edit.span.column}"
            raise EditError(f"{where}: `{edit.old}` does not stand here in a literal")
        return updated_node

    def _new(self, original: _Node, updated: _Node) -> _Node:
        start = self.get_metadata(PositionProvider, original).start
        lines = original.value.split("\n")
        for edit in sorted(self._left, key=lambda edit: edit.span, reverse=True):
            row = edit.span.line - start.line
            column = edit.span.column - 1 - (start.column if row == 0 else 0)
            if 0 <= row < len(lines) and column >= 0 and lines[row].startswith(edit.old, column):
                lines[row] = lines[row][:column] + edit.new + lines[row][column + len(edit.old) :]
                self._left.remove(edit)
        return updated.with_changes(value="\n".join(lines))
