"""AddPluginModules: `pytest_plugins` of a conftest names further modules."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import PositionProvider

from fixer.codemods.comma_list import CommaList
from fixer.codemods.errors import EditError
from fixer.codemods.insertion import inserted
from fixer.codemods.spacing import ONE_SPACE, Space, has_break
from fixer.codemods.statement_lines import parse
from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.edits import AddPluginModule

_NAME = "pytest_plugins"
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_NOTHING = cst.SimpleWhitespace("")


@dataclass(frozen=True, slots=True)
class PluginsPlace:
    """The line (from 1) of the statement that binds `pytest_plugins` or, with `new`, the line above which one
    goes, with that many blank lines before and behind it."""

    line: int
    new: bool = False
    blank_before: int = 0
    blank_after: int = 0


def plugins_place(source: str, lines: Sequence[str]) -> PluginsPlace:
    """Where `pytest_plugins` is or should be bound: below the imports of the module.

    Raises EditError where it is bound more than once, or not by a plain statement of the module, and
    SyntaxError where the source does not parse.
    """
    tree = parse(source)
    plain = {id(node): node.lineno for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)}
    bound = [id(node) for node in ast.walk(tree) if _NAME in _bound(node)]
    if len(bound) == 1 and bound[0] in plain:
        return PluginsPlace(plain[bound[0]])
    if bound:
        raise EditError("`pytest_plugins` is bound in a way that cannot be added to")
    above = 0
    for index, node in enumerate(tree.body):
        if isinstance(node, _DEFINITIONS):
            break
        docstring = index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if docstring or isinstance(node, ast.Import | ast.ImportFrom):
            above = node.end_lineno or node.lineno
    while not above and above < len(lines) and lines[above].lstrip().startswith("#"):
        above += 1
    below = above
    while below < len(lines) and not lines[below].strip():
        below += 1
    after = next((node for node in tree.body if node.lineno > above), None)
    wanted = 0 if below == len(lines) else 2 if isinstance(after, _DEFINITIONS) else 1
    return PluginsPlace(above + 1, True, 1 if above else 0, max(0, wanted - (below - above)))


def new_plugins(edits: Sequence[AddPluginModule], place: PluginsPlace) -> cst.SimpleStatementLine:
    """The statement that binds `pytest_plugins`, blank lines in front included."""
    statement: cst.BaseSmallStatement = cst.Assign([cst.AssignTarget(cst.Name(_NAME))], cst.List([]))
    for edit in edits:
        statement = _with_module(statement, edit)
    return cst.SimpleStatementLine([statement], [cst.EmptyLine(indent=False)] * place.blank_before)


class AddPluginModules(cst.CSTTransformer):
    """Applies every AddPluginModule of one module at `place`.

    Raises EditError where what is bound there is no literal list, tuple or string.
    """

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, edits: Sequence[AddPluginModule], place: PluginsPlace) -> None:
        super().__init__()
        self._edits = edits
        self._place = place

    def leave_SimpleStatementLine(  # noqa: N802
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine:
        if self._place.new or self._first_line(original_node) != self._place.line:
            return updated_node
        body = list(updated_node.body)
        for index, statement in enumerate(original_node.body):
            if _NAME in _targets(statement):
                for edit in self._edits:
                    body[index] = _with_module(body[index], edit)
        return updated_node.with_changes(body=body)

    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        if not self._place.new:
            return updated_node
        new = [new_plugins(self._edits, self._place)]
        line, after = self._place.line, self._place.blank_after
        return inserted(original_node, updated_node, line, new, after, self._first_line)

    def _first_line(self, node: cst.CSTNode) -> int:
        return self.get_metadata(PositionProvider, node).start.line


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that one statement or import binds, as far as they can be `pytest_plugins`."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from (name.id for name in ast.walk(target) if isinstance(name, ast.Name))
    elif isinstance(node, ast.AnnAssign | ast.AugAssign) and isinstance(node.target, ast.Name):
        yield node.target.id
    elif isinstance(node, ast.alias):
        yield node.asname or node.name
    elif isinstance(node, _DEFINITIONS):
        yield node.name


def _targets(statement: cst.BaseSmallStatement) -> list[str]:
    targets: list[cst.BaseExpression] = []
    if isinstance(statement, cst.Assign):
        targets = [target.target for target in statement.targets]
    elif isinstance(statement, cst.AnnAssign):
        targets = [statement.target]
    return [target.value for target in targets if isinstance(target, cst.Name)]


def _with_module(statement: cst.BaseSmallStatement, edit: AddPluginModule) -> cst.BaseSmallStatement:
    value = statement.value if isinstance(statement, cst.Assign | cst.AnnAssign) else None
    if isinstance(value, cst.SimpleString):  # pytest reads several names from one string, too
        names = [name for name in str(value.evaluated_value).split(",") if name]
        value = cst.List([cst.Element(_quoted(name, value)) for name in names])
    if not isinstance(value, cst.List | cst.Tuple):
        raise EditError("`pytest_plugins` is no literal list, tuple or string")
    strings = [each.value for each in value.elements if isinstance(each.value, cst.SimpleString)]
    if any(string.evaluated_value == edit.module for string in strings):
        raise EditError(f"`pytest_plugins` names `{edit.module}` already")

    def made(items: CommaList[cst.BaseElement]) -> cst.BaseSmallStatement:
        return statement.with_changes(value=_with_items(value, items))

    def width(items: CommaList[cst.BaseElement]) -> int:
        code = cst.Module([cst.SimpleStatementLine([made(items)])]).code
        return max(map(len, code.splitlines()))

    before = _listed(value)
    new = cst.Element(_quoted(edit.module, *strings[:1]))
    after = before.with_member(len(before.members), new, edit.line_length, width)
    one_line = not any(map(has_break, after.spaces))
    bracketed = isinstance(value, cst.List) or bool(value.lpar)
    if one_line and bracketed and width(after) > edit.line_length:
        after = after.one_a_line()
    return made(after)


def _quoted(text: str, like: cst.SimpleString | None = None) -> cst.SimpleString:
    quote = "'" if like is not None and like.quote == "'" else '"'
    return cst.SimpleString(f"{quote}{text}{quote}")


def _listed(value: cst.List | cst.Tuple) -> CommaList[cst.BaseElement]:
    opening: Space = _NOTHING
    closing: Space = _NOTHING
    if isinstance(value, cst.List):
        opening, closing = value.lbracket.whitespace_after, value.rbracket.whitespace_before
    elif value.lpar:
        opening, closing = value.lpar[-1].whitespace_after, value.rpar[0].whitespace_before
    commas = [each.comma for each in value.elements]
    between = [comma.whitespace_after if isinstance(comma, cst.Comma) else ONE_SPACE for comma in commas[:-1]]
    trailing = bool(commas) and isinstance(commas[-1], cst.Comma)
    if isinstance(value, cst.Tuple) and len(commas) == 1 and not has_break(closing):
        trailing = False  # the comma made it a tuple
    return CommaList(tuple(value.elements), (opening, *between, closing), trailing)


def _with_items(value: cst.List | cst.Tuple, items: CommaList[cst.BaseElement]) -> cst.List | cst.Tuple:
    elements = []
    last = len(items.members) - 1
    for index, element in enumerate(items.members):
        comma: cst.Comma | cst.MaybeSentinel = cst.MaybeSentinel.DEFAULT
        if index < last or items.trailing:
            after = items.spaces[index + 1] if index < last else _NOTHING
            comma = element.comma if isinstance(element.comma, cst.Comma) else cst.Comma()
            comma = comma.with_changes(whitespace_after=after)
        elements.append(element.with_changes(comma=comma))
    opening, closing = items.spaces[0], items.spaces[-1]
    value = value.with_changes(elements=elements)
    if isinstance(value, cst.List):
        return value.with_changes(
            lbracket=value.lbracket.with_changes(whitespace_after=opening),
            rbracket=value.rbracket.with_changes(whitespace_before=closing),
        )
    if not value.lpar:
        return value
    return value.with_changes(
        lpar=[*value.lpar[:-1], value.lpar[-1].with_changes(whitespace_after=opening)],
        rpar=[value.rpar[0].with_changes(whitespace_before=closing), *value.rpar[1:]],
    )
