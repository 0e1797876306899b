"""The codemods as commands for `python -m libcst.tool codemod fixer.codemods.command.<name>`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst
from libcst.codemod import CodemodCommand, CodemodContext
from libcst.metadata import MetadataWrapper, PositionProvider

from fixer.codemods.add_import import AddImports
from fixer.codemods.errors import EditError
from fixer.edits import AddImport, ImportPlace, JoinImport, NewImport
from fixer.import_statement import Import

if TYPE_CHECKING:
    import argparse


class AddImportCommand(CodemodCommand):
    """Adds one name to the first module-level `from` statement of its module, or a new statement.

    testfix itself decides the place by the project's import style; here a new statement goes above the
    first import, or below the docstring.
    """

    DESCRIPTION = "Add an import to a module, in the style of its import statements."

    def __init__(self, context: CodemodContext, statement: str) -> None:
        super().__init__(context)
        self._what = _read(statement)

    @staticmethod
    def add_args(parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--statement",
            required=True,
            metavar="IMPORT",
            help='the import, as "from unittest.mock import patch"',
        )

    def transform_module_impl(self, tree: cst.Module) -> cst.Module:
        wrapper = MetadataWrapper(tree)
        place = _place(self._what, wrapper)
        if place is None:
            return tree
        return wrapper.visit(AddImports([AddImport("", self._what, place)]))


def _read(statement: str) -> Import:
    try:
        line = cst.parse_statement(statement)
    except cst.ParserSyntaxError as error:
        raise EditError(f"`{statement}` is not an import statement") from error
    node = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
    if not isinstance(node, cst.Import | cst.ImportFrom) or isinstance(node.names, cst.ImportStar):
        raise EditError(f"`{statement}` is not an import statement")
    if len(node.names) > 1:
        raise EditError(f"`{statement}` imports more than one name; run the command once for each")
    alias = node.names[0]
    if isinstance(node, cst.Import):
        return Import(alias.evaluated_name, None, alias.evaluated_alias)
    return Import(_module(node), alias.evaluated_name, alias.evaluated_alias)


def _module(node: cst.ImportFrom) -> str:
    name = cst.Module([]).code_for_node(node.module) if node.module is not None else ""
    return "." * len(node.relative) + name.replace(" ", "")


def _place(what: Import, wrapper: MetadataWrapper) -> ImportPlace | None:
    positions = wrapper.resolve(PositionProvider)
    above = 0
    first: int | None = None
    for statement in wrapper.module.body:
        nodes = statement.body if isinstance(statement, cst.SimpleStatementLine) else ()
        where = positions[statement]
        future = False
        for node in nodes:
            if isinstance(node, cst.ImportFrom) and not isinstance(node.names, cst.ImportStar):
                start = positions[node].start
                future = future or _module(node) == "__future__"
                if what.name is not None and _module(node) == what.module:
                    bound = {name.evaluated_alias or name.evaluated_name for name in node.names}
                    if what.bound in bound:
                        return None
                    return JoinImport(start.line, start.column + 1)
            if isinstance(node, cst.Import | cst.ImportFrom) and not future and first is None:
                first = where.start.line
        if future or (statement is wrapper.module.body[0] and wrapper.module.get_docstring() is not None):
            above = where.end.line
    if first is not None and first > above:
        return NewImport(first)
    header = len(wrapper.module.header)
    return NewImport(above + 1 if above else header + 1, blank_before=1 if above else 0)
