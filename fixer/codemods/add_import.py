"""AddImports: puts names into import statements where their places say, in each statement's own style.

An ordinary LibCST transformer: `MetadataWrapper(module).visit(AddImports(edits))`. `apply.py` runs it on
single statements, `command.py` under `libcst.tool`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import PositionProvider

from fixer.codemods.errors import EditError
from fixer.codemods.import_layout import black_form, join_names, with_comments
from fixer.codemods.insertion import inserted
from fixer.codemods.replace_import import names_of, replaced
from fixer.codemods.spacing import is_pragma
from fixer.edits import AddImport, JoinImport, NewImport

if TYPE_CHECKING:
    from collections.abc import Sequence


class AddImports(cst.CSTTransformer):
    """Applies every AddImport of one module; raises EditError where a place does not fit the source."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, edits: Sequence[AddImport]) -> None:
        super().__init__()
        self._joins: dict[tuple[int, int], list[AddImport]] = {}
        self._new: dict[int, list[AddImport]] = {}
        for edit in edits:
            if isinstance(edit.place, JoinImport):
                self._joins.setdefault((edit.place.line, edit.place.column), []).append(edit)
            elif isinstance(edit.place, NewImport):
                self._new.setdefault(edit.place.line, []).append(edit)
            else:
                raise EditError(f"`{edit.text}` has no place yet")

    def visit_Module(self, node: cst.Module) -> bool:  # noqa: N802
        self._module = node
        return True

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:  # noqa: N802
        return False  # its parts need no visit

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:  # noqa: N802
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:  # noqa: N802
        return False

    def leave_SimpleStatementLine(  # noqa: N802
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine:
        if not self._joins:
            return updated_node
        line = updated_node
        for index, statement in enumerate(original_node.body):
            if isinstance(statement, cst.ImportFrom):
                start = self.get_metadata(PositionProvider, statement).start
                edits = self._joins.pop((start.line, start.column + 1), None)
                if edits:
                    line = self._joined(line, index, edits)
        return line

    def _joined(
        self, line: cst.SimpleStatementLine, index: int, edits: list[AddImport]
    ) -> cst.SimpleStatementLine:
        statement = line.body[index]
        assert isinstance(statement, cst.ImportFrom)
        if isinstance(statement.names, cst.ImportStar):
            raise EditError(f"`{edits[0].text}` cannot join a star import")
        before = _width(line, self._module)
        limit = min(edit.place.line_length for edit in edits if isinstance(edit.place, JoinImport))
        for edit in sorted(edits, key=_order):
            assert isinstance(edit.place, JoinImport)
            alias = _alias(edit)
            statement = join_names(statement, alias, edit.place.before, limit, self._module)
        line = line.with_changes(body=[*line.body[:index], statement, *line.body[index + 1 :]])
        comments = {
            edit.what.bound: edit.place.comment
            for edit in edits
            if isinstance(edit.place, JoinImport) and edit.place.comment
        }
        if comments:
            return with_comments(line, comments)
        if len(line.body) == 1 and _width(line, self._module) > limit and (before <= limit or limit == 0):
            return black_form(line)
        return line

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        for line, column in self._joins:
            raise EditError(f"line {line}, column {column}: no `from ... import` statement starts here")
        for line in sorted(self._new, reverse=True):
            new, blank_after = new_statements(self._new[line], updated_node)
            updated_node = inserted(original_node, updated_node, line, new, blank_after, self._first_line)
        return updated_node

    def _first_line(self, statement: cst.CSTNode) -> int:
        return self.get_metadata(PositionProvider, statement).start.line


def new_statements(
    edits: Sequence[AddImport], module: cst.Module
) -> tuple[list[cst.SimpleStatementLine], int]:
    """The statements that go above one line, blank lines in front included, and the blank lines behind."""
    groups: dict[tuple[int, str, str], list[AddImport]] = {}
    for edit in sorted(edits, key=_order):
        rank = _order(edit)[:1]
        single = "" if edit.what.name is not None and rank else edit.text
        groups.setdefault((rank[0] if rank else 0, edit.what.module, single), []).append(edit)
    statements: list[cst.SimpleStatementLine] = []
    blank_after = 0
    for group in groups.values():
        place = group[0].place
        assert isinstance(place, NewImport)
        blank = [cst.EmptyLine(indent=False)] * place.blank_before
        trailing = cst.TrailingWhitespace()
        if place.comment:
            trailing = cst.TrailingWhitespace(cst.SimpleWhitespace("  "), cst.Comment(place.comment))
        layout = next((edit.layout for edit in group if edit.layout), "")
        if layout:
            line = _laid_out(group, layout, blank, module)
        else:
            line = cst.SimpleStatementLine([_new_statement(group)], blank, trailing)
        statement = line.body[0]
        if (
            _width(line, module) > place.line_length
            and isinstance(statement, cst.ImportFrom)
            and (place.line_length or len(group) > 1)
        ):
            line = black_form(line)
        statements.append(line)
        blank_after = place.blank_after
    return statements, blank_after


def _laid_out(
    edits: list[AddImport], layout: str, blank: Sequence[cst.EmptyLine], module: cst.Module
) -> cst.SimpleStatementLine:
    """The statement `layout`, comments and all, with the names of `edits` for its own."""
    newline = module.default_newline
    old = cst.parse_module(layout.replace("\n", newline), cst.PartialParserConfig(default_newline=newline))
    line = old.body[0]
    assert isinstance(line, cst.SimpleStatementLine)
    node = line.body[0]
    assert isinstance(node, cst.Import | cst.ImportFrom)
    own = [edit.what for edit in edits if edit.layout == layout]
    made = replaced(node, names_of(node), own)
    for index, edit in enumerate(edits):
        if edit.what not in own:
            assert isinstance(made, cst.ImportFrom) and isinstance(edit.place, NewImport)
            before = next((each.what.bound for each in edits[index:] if each.what in own), None)
            made = join_names(made, _alias(edit), before, edit.place.line_length, module)
    leading = [*blank, *old.header, *line.leading_lines]
    return line.with_changes(body=[made], leading_lines=leading)


def _new_statement(edits: list[AddImport]) -> cst.Import | cst.ImportFrom:
    what = edits[0].what
    statement = cst.parse_statement(what.statement)
    assert isinstance(statement, cst.SimpleStatementLine)
    node = statement.body[0]
    assert isinstance(node, cst.Import | cst.ImportFrom)
    if isinstance(node, cst.ImportFrom) and len(edits) > 1:
        aliases = [_alias(edit) for edit in edits]
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        names = [alias.with_changes(comma=comma) for alias in aliases[:-1]]
        return node.with_changes(names=[*names, aliases[-1]])
    return node


def _alias(edit: AddImport) -> cst.ImportAlias:
    """`name` or `name as other`, without a comma."""
    name = edit.what.name
    if name is None:
        raise EditError(f"`{edit.text}` cannot join a `from` statement")
    asname = None
    if edit.what.asname is not None:
        space = cst.SimpleWhitespace(" ")
        asname = cst.AsName(cst.Name(edit.what.asname), space, space)
    return cst.ImportAlias(cst.Name(name), asname)


def _order(edit: AddImport) -> tuple[int, ...]:
    return edit.place.order if edit.place is not None else ()


def _width(line: cst.SimpleStatementLine, module: cst.Module) -> int:
    """The length in characters of the longest source line, comments for tools not counted."""
    comment = line.trailing_whitespace.comment
    if comment is not None and is_pragma(comment):
        line = line.with_changes(trailing_whitespace=cst.TrailingWhitespace())
    code = module.code_for_node(line.with_changes(leading_lines=()))
    return max(len(text) for text in code.replace("\r", "\n").split("\n"))
