"""AddParameters: a function gains required parameters, in the layout that its header has."""

from __future__ import annotations

from typing import TypeAlias

import libcst as cst
from libcst.metadata import PositionProvider

from fixer.codemods.comma_list import CommaList
from fixer.codemods.errors import EditError
from fixer.codemods.functions import FunctionEdits
from fixer.codemods.spacing import Space, has_break, is_pragma
from fixer.edits import AddParameter
from fixer.frozen import dataclass

_Item: TypeAlias = cst.Param | cst.ParamSlash | cst.ParamStar
_NOTHING = cst.SimpleWhitespace("")


class AddParameters(FunctionEdits[AddParameter]):
    """Applies every AddParameter of one module; raises EditError where one does not fit its function."""

    def leave_FunctionDef(  # noqa: N802
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        start = self.get_metadata(PositionProvider, original_node).start
        for edit in self.edits_of(original_node):
            updated_node = with_parameter(updated_node, edit, start.column)
        return updated_node


def with_parameter(function: cst.FunctionDef, edit: AddParameter, column: int) -> cst.FunctionDef:
    """The function, which starts at `column` (from 0), with the parameter behind its required plain ones."""
    header = _Header(function, column)
    before = _listed(function)
    names = [item.name.value for item in before.members if isinstance(item, cst.Param)]
    if edit.name in names:
        raise EditError(f"`{edit.function}` has a parameter `{edit.name}` already")
    if any(param.default is not None for param in function.params.posonly_params):
        raise EditError(f"`{edit.function}` has positional-only parameters with defaults: no place is left")
    required = [param for param in function.params.params if param.default is None]
    index = len(function.params.posonly_params) + len(required)
    index += isinstance(function.params.posonly_ind, cst.ParamSlash)
    after = before.with_member(index, cst.Param(cst.Name(edit.name)), edit.line_length, header.width)
    one_line = not any(map(has_break, after.spaces[1:-1]))
    if one_line and header.is_apart and header.width(after) > edit.line_length >= header.width(before):
        after = after.wrapped(edit.line_length, header.width)
    return _with_list(function, after)


@dataclass(frozen=True, slots=True)
class _Header:
    """The header of a function, which starts at `column` (from 0)."""

    function: cst.FunctionDef
    column: int

    @property
    def is_apart(self) -> bool:
        """Whether the body stands on lines of its own."""
        return isinstance(self.function.body, cst.IndentedBlock)

    def width(self, items: CommaList[_Item]) -> int:
        """The length in characters of its longest line, comments for tools not counted."""
        body = self.function.body
        if isinstance(body, cst.IndentedBlock):
            comment = body.header.comment
            top = cst.TrailingWhitespace() if comment is not None and is_pragma(comment) else body.header
            body = cst.IndentedBlock([cst.SimpleStatementLine([cst.Pass()])], top)
        bare = self.function.with_changes(
            decorators=(), leading_lines=(), lines_after_decorators=(), body=body
        )
        code = cst.Module([_with_list(bare, items)]).code
        return self.column + max(map(len, code.splitlines()))


def _listed(function: cst.FunctionDef) -> CommaList[_Item]:
    """The parameters and the signs between them, in order."""
    params = function.params
    items: list[_Item] = [*params.posonly_params]
    if isinstance(params.posonly_ind, cst.ParamSlash):
        items.append(params.posonly_ind)
    items += params.params
    if isinstance(params.star_arg, cst.Param | cst.ParamStar):
        items.append(params.star_arg)
    items += params.kwonly_params
    if params.star_kwarg is not None:
        items.append(params.star_kwarg)
    spaces = [function.whitespace_before_params]
    trailing = False
    for item in items:
        trailing = isinstance(item.comma, cst.Comma)
        if isinstance(item.comma, cst.Comma):
            spaces.append(item.comma.whitespace_after)
        elif isinstance(item, cst.Param):
            spaces.append(item.whitespace_after_param)
        elif isinstance(item, cst.ParamSlash):
            spaces.append(item.whitespace_after)
    if not items:
        spaces.append(_NOTHING)
    return CommaList(tuple(items), tuple(spaces), trailing)


def _with_list(function: cst.FunctionDef, items: CommaList[_Item]) -> cst.FunctionDef:
    """The function with `items` for its parameters, of which there may be more plain ones than it had."""
    last = len(items.members) - 1
    made = [
        _placed(item, items.spaces[index + 1], index < last or items.trailing)
        for index, item in enumerate(items.members)
    ]
    old = function.params
    head, slash = len(old.posonly_params), isinstance(old.posonly_ind, cst.ParamSlash)
    end = len(made) - (old.star_kwarg is not None)
    keywords, star = end - len(old.kwonly_params), isinstance(old.star_arg, cst.Param | cst.ParamStar)
    params = old.with_changes(
        posonly_params=made[:head],
        posonly_ind=made[head] if slash else old.posonly_ind,
        params=made[head + slash : keywords - star],
        star_arg=made[keywords - 1] if star else old.star_arg,
        kwonly_params=made[keywords:end],
        star_kwarg=made[-1] if old.star_kwarg is not None else None,
    )
    return function.with_changes(params=params, whitespace_before_params=items.spaces[0])


def _placed(item: _Item, space: Space, comma: bool) -> _Item:
    """The parameter with `space` behind it, and behind a comma if it has one."""
    sign: cst.Comma | cst.MaybeSentinel = cst.MaybeSentinel.DEFAULT
    if comma:
        old = item.comma if isinstance(item.comma, cst.Comma) else cst.Comma()
        sign, space = old.with_changes(whitespace_after=space), _NOTHING
    if isinstance(item, cst.ParamStar):
        return item.with_changes(comma=sign)
    after = "whitespace_after" if isinstance(item, cst.ParamSlash) else "whitespace_after_param"
    return item.with_changes(comma=sign, **{after: space})
