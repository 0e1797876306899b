"""ReplaceComments: a comment gets other words, or goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import PositionProvider

from fixer.codemods.errors import EditError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.edits import ReplaceComment


class ReplaceComments(cst.CSTTransformer):
    """Applies every ReplaceComment of one module; raises EditError where the comment does not stand there."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, edits: Sequence[ReplaceComment]) -> None:
        super().__init__()
        self._edits = {(edit.line, edit.column - 1): edit for edit in edits}

    def leave_TrailingWhitespace(  # noqa: N802
        self, original_node: cst.TrailingWhitespace, updated_node: cst.TrailingWhitespace
    ) -> cst.TrailingWhitespace:
        edit = self._edit(original_node.comment)
        if edit is None:
            return updated_node
        if edit.new:
            return updated_node.with_changes(comment=cst.Comment(edit.new))
        return updated_node.with_changes(comment=None, whitespace=cst.SimpleWhitespace(""))

    def leave_EmptyLine(  # noqa: N802
        self, original_node: cst.EmptyLine, updated_node: cst.EmptyLine
    ) -> cst.EmptyLine | cst.RemovalSentinel:
        edit = self._edit(original_node.comment)
        if edit is None:
            return updated_node
        return (
            updated_node.with_changes(comment=cst.Comment(edit.new)) if edit.new else cst.RemoveFromParent()
        )

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        for edit in self._edits.values():
            raise EditError(f"line {edit.line}, column {edit.column}: `{edit.old}` does not stand here")
        return updated_node

    def _edit(self, comment: cst.Comment | None) -> ReplaceComment | None:
        if comment is None:
            return None
        start = self.get_metadata(PositionProvider, comment).start
        edit = self._edits.get((start.line, start.column))
        if edit is None or edit.old != comment.value:
            return None
        return self._edits.pop((start.line, start.column))


def without_comments(lines: list[str], edits: Sequence[ReplaceComment]) -> list[int]:
    """The same in `lines`, which it changes; the lines (from 1) of comments that had a line to themselves and
    went. Those are blank and wait for removal."""
    gone = []
    for edit in edits:
        line = lines[edit.line - 1] if edit.line <= len(lines) else ""
        code, rest = line[: edit.column - 1], line[edit.column - 1 :]
        end = rest[len(rest.rstrip("\r\n")) :]
        if rest.removesuffix(end).rstrip() != edit.old.rstrip():
            raise EditError(f"line {edit.line}, column {edit.column}: `{edit.old}` does not stand here")
        if edit.new:
            lines[edit.line - 1] = code + edit.new + end
        else:
            lines[edit.line - 1] = code.rstrip(" \t\f") + end
            if not code.strip():
                gone.append(edit.line)
    return gone
