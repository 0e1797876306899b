"""ReplaceImports and RemoveImports: an import statement binds other names, or fewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import PositionProvider

from fixer.codemods.errors import EditError
from fixer.codemods.import_layout import black_form
from fixer.edits import RemoveImport, ReplaceImport
from fixer.import_statement import Import, statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_Statement = cst.Import | cst.ImportFrom


class ReplaceImports(cst.CSTTransformer):
    """Applies every ReplaceImport and RemoveImport of one module.

    A statement of which no name is left becomes a call of `marker`, which `sweep` takes out: until then
    the statements keep their numbers. Raises EditError where an edit does not fit the source.
    """

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, edits: Sequence[ReplaceImport | RemoveImport]) -> None:
        super().__init__()
        self._edits = {(edit.line, edit.column): edit for edit in edits}
        self._gone: dict[str, tuple[int, int]] = {}

    def leave_SimpleStatementLine(  # noqa: N802
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine:
        line = updated_node
        for index, statement in enumerate(original_node.body):
            if not isinstance(statement, cst.Import | cst.ImportFrom):
                continue
            where = self.get_metadata(PositionProvider, statement)
            edit = self._edits.pop((where.start.line, where.start.column + 1), None)
            if edit is None:
                continue
            new: cst.BaseSmallStatement
            if isinstance(edit, ReplaceImport):
                new = replaced(statement, edit.old, edit.new)
            elif edit.lines is None:
                new = _without(statement, edit.old)
            else:
                marker = f"removed_{len(self._gone)}"
                above = edit.line - edit.lines[0]
                self._gone[marker] = (above, edit.lines[1] - where.end.line)
                new = cst.Expr(cst.Name(marker))
            line = line.with_changes(body=[*line.body[:index], new, *line.body[index + 1 :]])
            if isinstance(edit, ReplaceImport):
                line = fitted(line, original_node, edit.line_length - where.start.column)
        return line

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        for line, column in self._edits:
            raise EditError(f"line {line}, column {column}: no import statement starts here")
        return updated_node

    def sweep(self, module: cst.Module) -> cst.Module:
        """The module without the statements that are gone, and without the lines that go with them."""
        body: list[cst.BaseStatement | cst.SimpleStatementLine] = []
        header = list(module.header)
        carried: list[cst.EmptyLine] = []
        skip = 0
        for index, statement in enumerate(module.body):
            leading = [*carried, *statement.leading_lines[skip:]]
            carried, skip = [], 0
            above_below = self._lines_of(statement)
            if above_below is None:
                body.append(statement.with_changes(leading_lines=leading))
                continue
            above, skip = above_below
            if index == 0 and above > len(leading):
                header = header[: len(header) - (above - len(leading))]
            carried = leading[: max(0, len(leading) - above)]
        return module.with_changes(body=body, header=header, footer=[*carried, *module.footer[skip:]])

    def _lines_of(self, statement: cst.BaseStatement | cst.SimpleStatementLine) -> tuple[int, int] | None:
        if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
            return None
        node = statement.body[0]
        name = node.value if isinstance(node, cst.Expr) else None
        return self._gone.get(name.value) if isinstance(name, cst.Name) else None


def replaced(node: _Statement, old: Iterable[Import], new: Sequence[Import]) -> _Statement:
    """A statement that binds `new`. The layout stays if only the module is another one."""
    before = names_of(node)
    if set(before) != set(old):
        raise EditError("the statement imports something else as well")
    if len(statements(new)) != 1:
        raise EditError("one import statement cannot stand for this one")
    line = cst.parse_statement(statements(new)[0])
    assert isinstance(line, cst.SimpleStatementLine)
    made = line.body[0]
    assert isinstance(made, cst.Import | cst.ImportFrom)
    same = [(what.name, what.asname) for what in before] == [(what.name, what.asname) for what in new]
    if isinstance(node, cst.ImportFrom) and isinstance(made, cst.ImportFrom) and same:
        return node.with_changes(module=made.module)
    return made.with_changes(semicolon=node.semicolon)


def fitted(
    line: cst.SimpleStatementLine, before: cst.SimpleStatementLine, limit: int
) -> cst.SimpleStatementLine:
    """The line, wrapped if it has become longer than `limit` characters."""
    if len(line.body) != 1 or not isinstance(line.body[0], cst.ImportFrom):
        return line
    if isinstance(line.body[0].names, cst.ImportStar) or line.body[0].lpar is not None:
        return line
    return black_form(line) if _width(line) > limit >= _width(before) else line


def _width(line: cst.SimpleStatementLine) -> int:
    code = cst.Module([line.with_changes(leading_lines=())]).code
    return max(len(text) for text in code.splitlines())


def names_of(node: _Statement) -> list[Import]:
    """The names that an import statement binds, in order."""
    if isinstance(node, cst.Import):
        return [Import(_dotted(alias.name), None, _alias(alias)) for alias in node.names]
    module = "." * len(node.relative) + (_dotted(node.module) if node.module is not None else "")
    if isinstance(node.names, cst.ImportStar):
        return [Import(module, "*")]
    return [Import(module, _dotted(alias.name), _alias(alias)) for alias in node.names]


def _alias(alias: cst.ImportAlias) -> str | None:
    return alias.evaluated_alias


def _dotted(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Attribute):
        return f"{_dotted(node.value)}.{node.attr.value}"
    assert isinstance(node, cst.Name)
    return node.value


def _without(node: _Statement, old: Sequence[Import]) -> _Statement:
    """The statement without some of its names; what stands around the others stays."""
    if isinstance(node.names, cst.ImportStar):
        raise EditError("a star import has no names to remove")
    aliases = list(node.names)
    kept = [alias for alias, what in zip(aliases, names_of(node), strict=True) if what not in old]
    if not kept or len(kept) != len(aliases) - len(old):
        raise EditError("the statement does not import what is to be removed from it")
    if kept[-1] is not aliases[-1]:
        kept[-1] = kept[-1].with_changes(comma=aliases[-1].comma)
    return node.with_changes(names=kept)
