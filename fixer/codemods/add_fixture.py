"""AddFixtures: statements given as text become the end of a module."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import libcst as cst

from fixer.codemods.errors import EditError
from fixer.codemods.fill_recipe import filled
from fixer.codemods.statement_lines import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.fixture_edits import AddFixture


BLANK_LINES = 2  # PEP 8: around functions and classes of a module; one above other statements


class AddFixtures(cst.CSTTransformer):
    """Applies every AddFixture of one module, in order; raises EditError for text that is no Python."""

    def __init__(self, edits: Sequence[AddFixture]) -> None:
        super().__init__()
        self._edits = edits

    def visit_Module(self, node: cst.Module) -> bool:  # noqa: N802
        return False  # its statements need no visit

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        for edit in self._edits:
            updated_node = _extended(updated_node, edit)
        return updated_node


def with_fixture(text: str, edit: AddFixture, newline: str) -> str:
    """The text of a module with the fixture at its end; the last line has a line break if it had one.

    Raises EditError for text that is no Python.
    """
    try:
        source = filled(edit)
        statements = parse(source).body
    except SyntaxError as error:
        raise EditError(f"the text of fixture `{edit.name}` is no Python: {error.msg}") from error
    if not statements:
        raise EditError(f"the text of fixture `{edit.name}` has no statement in it")
    unended = text != "" and not text.endswith(("\n", "\r"))
    if unended:
        text += newline
    is_simple = not isinstance(statements[0], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    made = text + newline * _missing(text, is_simple) + _source(source, newline)
    return made.removesuffix(newline) if unended else made


def _source(source: str, newline: str) -> str:
    return source.strip("\r\n").replace("\r\n", "\n").replace("\n", newline) + newline


def _missing(text: str, is_simple: bool) -> int:
    """The blank lines that the end of a module lacks before a simple statement, or before a function."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]
    if not any(line.strip() for line in lines):
        return 0
    blank = next(count for count, line in enumerate(reversed(lines)) if line.strip())
    below_block = lines[-1 - blank].startswith((" ", "\t"))
    return max(0, (BLANK_LINES if below_block or not is_simple else 1) - blank)


def _extended(module: cst.Module, edit: AddFixture) -> cst.Module:
    newline = module.default_newline
    try:
        config = cst.PartialParserConfig(default_newline=newline)
        new = cst.parse_module(_source(filled(edit), newline), config)
    except cst.ParserSyntaxError as error:
        raise EditError(f"the text of fixture `{edit.name}` is no Python: {error.message}") from error
    if not new.body:
        raise EditError(f"the text of fixture `{edit.name}` has no statement in it")
    text = module.code
    unended = text != "" and not module.has_trailing_newline
    is_simple = not isinstance(new.body[0], cst.FunctionDef | cst.ClassDef)
    blank = [cst.EmptyLine(indent=False)] * _missing(text + newline * unended, is_simple)
    above = [*module.footer, *blank, *new.header]
    header: Sequence[cst.EmptyLine] = module.header
    if not module.body:
        header, above = [*header, *above], []
    first = new.body[0].with_changes(leading_lines=[*above, *new.body[0].leading_lines])
    return module.with_changes(
        header=header,
        body=[*module.body, first, *new.body[1:]],
        footer=new.footer,
        has_trailing_newline=not unended,
    )
