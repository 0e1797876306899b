"""RemoveDefinitions: functions and simple assignments leave a module, with their comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import PositionProvider

from fixer.codemods.blank_lines import joined, without_comment_block
from fixer.codemods.errors import EditError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.edits import RemoveDefinition

_MARKER = "removed_definition"


class RemoveDefinitions(cst.CSTTransformer):
    """Applies every RemoveDefinition of one module.

    A definition that goes becomes a marker, which `sweep` takes out: until then the statements keep their
    numbers. Raises EditError where none stands at an edit's place.
    """

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, edits: Sequence[RemoveDefinition]) -> None:
        super().__init__()
        self._edits = {(edit.line, edit.column, edit.name) for edit in edits}
        self._top: frozenset[cst.CSTNode] = frozenset()

    def visit_Module(self, node: cst.Module) -> bool:  # noqa: N802
        self._top = frozenset(node.body)
        return True

    def leave_FunctionDef(  # noqa: N802
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.BaseStatement:
        if original_node in self._top and self._goes(original_node, original_node.name.value):
            return _marker(updated_node.leading_lines)
        return updated_node

    def leave_SimpleStatementLine(  # noqa: N802
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine:
        if original_node in self._top and len(original_node.body) == 1:
            statement = original_node.body[0]
            name = _assigned(statement)
            if name is not None and self._goes(statement, name):
                return _marker(updated_node.leading_lines)
        return updated_node

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        for line, column, name in self._edits:
            raise EditError(f"line {line}, column {column}: no definition of `{name}` stands here by itself")
        return updated_node

    def sweep(self, module: cst.Module) -> cst.Module:
        """The module without the markers, and without the blank lines that would be too many."""
        if not any(map(_is_marker, module.body)):
            return module
        body: list[cst.BaseStatement | cst.SimpleStatementLine] = []
        above: list[cst.EmptyLine] | None = None  # the lines above what went
        header = [*module.header]
        for index, statement in enumerate(module.body):
            lines = [*(header if index == 0 else ()), *statement.leading_lines]
            if above is not None:
                lines = joined(above, lines, _is_blank, start=not body)
            if _is_marker(statement):
                above = without_comment_block(lines, _is_comment, start=index == 0)
                continue
            if not body:
                header, lines = lines, []
            body.append(statement.with_changes(leading_lines=lines))
            above = None
        footer = [*module.footer]
        if above is not None:
            end = all(map(_is_blank, footer))
            footer = joined(above, footer, _is_blank, start=not body, end=end)
        header = header if body else []
        ended = module.has_trailing_newline and bool(body or footer)
        return module.with_changes(body=body, header=header, footer=footer, has_trailing_newline=ended)

    def _goes(self, node: cst.CSTNode, name: str) -> bool:
        start = self.get_metadata(PositionProvider, node).start
        edit = (start.line, start.column + 1, name)
        found = edit in self._edits
        self._edits.discard(edit)
        return found


def _assigned(statement: cst.BaseSmallStatement) -> str | None:
    """The one name that a simple assignment binds."""
    target: cst.BaseExpression | None = None
    if isinstance(statement, cst.Assign) and len(statement.targets) == 1:
        target = statement.targets[0].target
    elif isinstance(statement, cst.AnnAssign) and statement.value is not None:
        target = statement.target
    return target.value if isinstance(target, cst.Name) else None


def _marker(leading_lines: Sequence[cst.EmptyLine]) -> cst.SimpleStatementLine:
    return cst.SimpleStatementLine([cst.Expr(cst.Name(_MARKER))], leading_lines)


def _is_marker(statement: cst.BaseStatement | cst.SimpleStatementLine) -> bool:
    node = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) else None
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.Name) and node.value.value == _MARKER


def _is_blank(line: cst.EmptyLine) -> bool:
    return line.comment is None


def _is_comment(line: cst.EmptyLine) -> bool:
    return line.comment is not None
