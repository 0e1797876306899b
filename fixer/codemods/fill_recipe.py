"""FillRecipe: the source of a recipe with the user's names and values in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from fixer.codemods.errors import EditError
from fixer.fixture_edits import Reference, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fixer.fixture_edits import AddFixture, Data


_INDENT = 4
_LINE_LENGTH = 88


class FillRecipe(cst.CSTTransformer):
    """The function `old` becomes `new`; an assignment to a name of `values` assigns its value."""

    def __init__(self, old: str, new: str, values: Mapping[str, Data]) -> None:
        super().__init__()
        self._old = old
        self._new = new
        self._values = values

    def leave_FunctionDef(  # noqa: N802
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        if updated_node.name.value != self._old:
            return updated_node
        return updated_node.with_changes(name=cst.Name(self._new))

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:  # noqa: N802
        target = updated_node.targets[0].target
        if len(updated_node.targets) == 1 and isinstance(target, cst.Name) and target.value in self._values:
            return updated_node.with_changes(value=self._filled(target.value))
        return updated_node

    def _filled(self, name: str) -> cst.BaseExpression:
        return expression(self._values[name], taken=_INDENT + len(f"{name} = "))

    def leave_AnnAssign(  # noqa: N802
        self, original_node: cst.AnnAssign, updated_node: cst.AnnAssign
    ) -> cst.AnnAssign:
        target = updated_node.target
        if isinstance(target, cst.Name) and target.value in self._values:
            return updated_node.with_changes(value=self._filled(target.value))
        return updated_node


def filled(edit: AddFixture) -> str:
    """The source of the edit with its name and values. Raises EditError for text that is no Python."""
    if not edit.function and not edit.values:
        return edit.source
    transformer = FillRecipe(edit.function or edit.name, edit.name, dict(edit.values))
    try:
        return cst.parse_module(edit.source).visit(transformer).code
    except cst.ParserSyntaxError as error:
        raise EditError(f"the text of fixture `{edit.name}` is no Python: {error.message}") from error


def expression(data: Data, indent: int = 0, taken: int = 0) -> cst.BaseExpression:
    """The literal for `data`, for a line that has this indent. The entries of a dictionary have a line each,
    unless none is a dictionary and all fit behind the `taken` characters that stand on the line already."""
    if data is None:
        return cst.Name("None")
    if isinstance(data, str):
        return _string(data)
    if isinstance(data, Reference):
        return cst.Name(data.name)
    if isinstance(data, tuple):
        return cst.List([cst.Element(expression(each, indent)) for each in data])
    if any(isinstance(value, Table) and value.entries for _, value in data.entries):
        return _spread(data.entries, indent)
    joined = cst.Dict([cst.DictElement(_string(key), expression(value)) for key, value in data.entries])
    width = taken + len(cst.Module([]).code_for_node(joined)) + len(",")
    return joined if width <= _LINE_LENGTH else _spread(data.entries, indent)


def _spread(entries: Sequence[tuple[str, Data]], indent: int) -> cst.Dict:
    inside, outside = _line(indent + _INDENT), _line(indent)
    elements = []
    for number, (key, value) in enumerate(entries, 1):
        taken = indent + _INDENT + len(_string(key).value) + len(": ")
        comma = cst.Comma(whitespace_after=outside if number == len(entries) else inside)
        elements.append(
            cst.DictElement(_string(key), expression(value, indent + _INDENT, taken), comma=comma)
        )
    return cst.Dict(elements, lbrace=cst.LeftCurlyBrace(whitespace_after=inside))


def _line(indent: int) -> cst.ParenthesizedWhitespace:
    """A line break and the blanks of the next line."""
    return cst.ParenthesizedWhitespace(last_line=cst.SimpleWhitespace(" " * indent))


def _string(text: str) -> cst.SimpleString:
    """In double quotes where that needs no escape."""
    literal = repr(text)
    if literal.startswith("'") and '"' not in literal:
        literal = f'"{literal[1:-1]}"'
    return cst.SimpleString(literal)
