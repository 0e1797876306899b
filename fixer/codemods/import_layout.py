"""How a `from` statement is laid out, and one more name in it without disturbing that."""

from __future__ import annotations

from itertools import product
from typing import TypeAlias

import libcst as cst

_Space: TypeAlias = cst.BaseParenthesizableWhitespace  # SimpleWhitespace or ParenthesizedWhitespace
_ONE_SPACE = cst.SimpleWhitespace(" ")


def join_names(
    statement: cst.ImportFrom, alias: cst.ImportAlias, before: str | None, limit: int, module: cst.Module
) -> cst.ImportFrom:
    """The statement with `alias` in front of the member that binds `before`, or behind the last one.

    One name a line stays so, several a line are filled up to `limit` characters, comments stay with
    the names they belong to, and there is a trailing comma where there was one.
    """
    assert not isinstance(statement.names, cst.ImportStar)
    names = list(statement.names)
    index = next((i for i, name in enumerate(names) if _bound(name) == before), len(names))
    spaces = _separators(statement)
    breaks = [space for space in spaces if _has_break(space)]
    if not breaks:
        return _inserted(statement, index, alias, _ONE_SPACE, _ONE_SPACE)
    line_break = _plain(breaks[-1])
    if len(breaks) == len(spaces):
        return _inserted(statement, index, alias, line_break, line_break)
    widest = max(limit, _widest(statement, module))
    for left, right in _fillings(index, names, line_break):
        result = _inserted(statement, index, alias, left, right)
        if _widest(result, module) <= widest:
            return result
    return _inserted(statement, index, alias, line_break, line_break)


def black_form(line: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
    """One name a line in parentheses with a trailing comma; the comment moves behind the parenthesis."""
    statement = line.body[0]
    assert isinstance(statement, cst.ImportFrom) and not isinstance(statement.names, cst.ImportStar)
    trailing = line.trailing_whitespace
    first = cst.TrailingWhitespace()
    if trailing.comment is not None:
        first = cst.TrailingWhitespace(trailing.whitespace, trailing.comment)
    indented, closing = _break("    "), _break("")
    names = [name.with_changes(comma=cst.Comma(whitespace_after=indented)) for name in statement.names]
    names[-1] = names[-1].with_changes(comma=cst.Comma(whitespace_after=closing))
    statement = statement.with_changes(
        lpar=cst.LeftParen(indented.with_changes(first_line=first)),
        rpar=cst.RightParen(),
        names=names,
        whitespace_after_import=_ONE_SPACE,
    )
    return line.with_changes(
        body=[statement], trailing_whitespace=cst.TrailingWhitespace(newline=trailing.newline)
    )


def _bound(name: cst.ImportAlias) -> str | None:
    return name.evaluated_alias or name.evaluated_name


def _separators(statement: cst.ImportFrom) -> list[_Space]:
    """The white space between the names; for a single name, what stands in front of it."""
    names = statement.names
    assert not isinstance(names, cst.ImportStar)
    spaces = [name.comma.whitespace_after for name in names[:-1] if isinstance(name.comma, cst.Comma)]
    if not spaces:
        spaces.append(_opening(statement))
    return list(spaces)


def _opening(statement: cst.ImportFrom) -> _Space:
    if statement.lpar is None:
        return statement.whitespace_after_import
    return statement.lpar.whitespace_after


def _has_break(space: _Space) -> bool:
    if isinstance(space, cst.SimpleWhitespace):
        return "\\" in space.value
    return isinstance(space, cst.ParenthesizedWhitespace)


def _break(indent: str) -> cst.ParenthesizedWhitespace:
    return cst.ParenthesizedWhitespace(
        cst.TrailingWhitespace(), indent=True, last_line=cst.SimpleWhitespace(indent)
    )


def _plain(space: _Space) -> _Space:
    """The line break alone, without the comments in it."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return space
    return space.with_changes(
        first_line=cst.TrailingWhitespace(newline=space.first_line.newline), empty_lines=()
    )


def _fillings(index: int, names: list[cst.ImportAlias], line_break: _Space) -> list[tuple[_Space, _Space]]:
    """Ways to set a new name among several a line, best first: no new line, then one, then two."""
    choices: tuple[_Space, _Space] = (_ONE_SPACE, line_break)
    pairs = list(product(choices, choices))
    old: _Space = _ONE_SPACE
    if 0 < index < len(names):
        comma = names[index - 1].comma
        if isinstance(comma, cst.Comma) and _has_break(comma.whitespace_after):
            old = line_break
    if old is line_break:  # the name behind already starts a line: fill the line above, then that one
        return [(_ONE_SPACE, line_break), (line_break, _ONE_SPACE), (line_break, line_break)]
    return [pairs[0], (line_break, _ONE_SPACE), (_ONE_SPACE, line_break), (line_break, line_break)]


def _widest(statement: cst.ImportFrom, module: cst.Module) -> int:
    code = module.code_for_node(statement)
    return max(len(text) for text in code.replace("\r", "\n").split("\n"))


def _inserted(
    statement: cst.ImportFrom, index: int, alias: cst.ImportAlias, left: _Space, right: _Space
) -> cst.ImportFrom:
    """The statement with `alias` at `index`, `left` and `right` the white space around it.

    Comments behind the name above stay with that name, those on lines of their own with the name below.
    """
    assert not isinstance(statement.names, cst.ImportStar)
    names = list(statement.names)
    if index == len(names):
        return _appended(statement, names, alias, left)
    if index == 0:
        old = _opening(statement)
        above, below = _shared(old, old, right)
        names.insert(0, alias.with_changes(comma=cst.Comma(whitespace_after=below)))
        if statement.lpar is None:
            return statement.with_changes(names=names)
        lpar = statement.lpar.with_changes(whitespace_after=above)
        return statement.with_changes(names=names, lpar=lpar)
    comma = names[index - 1].comma
    assert isinstance(comma, cst.Comma)
    above, below = _shared(comma.whitespace_after, left, right)
    names[index - 1] = names[index - 1].with_changes(comma=comma.with_changes(whitespace_after=above))
    names.insert(index, alias.with_changes(comma=cst.Comma(whitespace_after=below)))
    return statement.with_changes(names=names)


def _appended(
    statement: cst.ImportFrom, names: list[cst.ImportAlias], alias: cst.ImportAlias, left: _Space
) -> cst.ImportFrom:
    last = names[-1]
    if isinstance(last.comma, cst.Comma):
        above, below = _shared(last.comma.whitespace_after, left, _plain(last.comma.whitespace_after))
        names[-1] = last.with_changes(comma=last.comma.with_changes(whitespace_after=above))
        names.append(alias.with_changes(comma=cst.Comma(whitespace_after=below)))
        return statement.with_changes(names=names)
    end = statement.rpar.whitespace_before if statement.rpar is not None else cst.SimpleWhitespace("")
    above, below = _shared(end, left, _plain(end))
    names[-1] = last.with_changes(comma=cst.Comma(whitespace_after=above))
    names.append(alias)
    if statement.rpar is None:
        return statement.with_changes(names=names)
    return statement.with_changes(names=names, rpar=statement.rpar.with_changes(whitespace_before=below))


def _shared(old: _Space, left: _Space, right: _Space) -> tuple[_Space, _Space]:
    """`left` with the comment that ended the line in `old`, `right` with the comment lines in it."""
    if not isinstance(old, cst.ParenthesizedWhitespace):
        return left, right
    if old.first_line.comment is not None:
        if not isinstance(left, cst.ParenthesizedWhitespace):
            left = _plain(old)
        assert isinstance(left, cst.ParenthesizedWhitespace)
        left = left.with_changes(first_line=old.first_line)
    if any(line.comment is not None for line in old.empty_lines) or (
        old.empty_lines and isinstance(right, cst.ParenthesizedWhitespace)
    ):
        if not isinstance(right, cst.ParenthesizedWhitespace):
            right = _plain(old)
        assert isinstance(right, cst.ParenthesizedWhitespace)
        right = right.with_changes(empty_lines=old.empty_lines)
    if isinstance(left, cst.ParenthesizedWhitespace) and left.empty_lines:
        left = left.with_changes(empty_lines=())
    return left, right
