"""RenameNames: single uses of a name become another name; nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import CodeRange, PositionProvider

from fixer.codemods.errors import EditError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.edits import RenameName


class RenameNames(cst.CSTTransformer):
    """Applies every RenameName of one module, in code or in a string annotation on one line.

    Raises EditError where the old name does not stand at its span.
    """

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, edits: Sequence[RenameName]) -> None:
        super().__init__()
        self._edits = {(edit.span.line, edit.span.column - 1): edit for edit in edits}

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:  # noqa: N802
        start = self._range(original_node).start
        edit = self._edits.get((start.line, start.column))
        if edit is None or edit.old != original_node.value:
            return updated_node
        del self._edits[start.line, start.column]
        return updated_node.with_changes(value=edit.new)

    def leave_SimpleString(  # noqa: N802
        self, original_node: cst.SimpleString, updated_node: cst.SimpleString
    ) -> cst.SimpleString:
        where = self._range(original_node)
        value = original_node.value
        for (line, column), edit in sorted(self._edits.items(), reverse=True):
            offset = column - where.start.column
            inside = line == where.start.line == where.end.line and 0 < offset < len(value)
            if inside and value.startswith(edit.old, offset):
                value = value[:offset] + edit.new + value[offset + len(edit.old) :]
                del self._edits[line, column]
        return updated_node.with_changes(value=value)

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        for (line, column), edit in self._edits.items():
            raise EditError(f"line {line}, column {column + 1}: the name `{edit.old}` does not stand here")
        return updated_node

    def _range(self, node: cst.CSTNode) -> CodeRange:
        where = self.get_metadata(PositionProvider, node)
        assert isinstance(where, CodeRange)
        return where
