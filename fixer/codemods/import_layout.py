"""How a `from` statement is laid out, and one more name in it without disturbing that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from fixer.codemods.spacing import ONE_SPACE, Space, fillings, has_break, indented, plain, shared

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    breaks = [space for space in spaces if has_break(space)]
    if not breaks:
        return _inserted(statement, index, alias, ONE_SPACE, ONE_SPACE)
    line_break = plain(breaks[-1])
    if len(breaks) == len(spaces):
        return _inserted(statement, index, alias, line_break, line_break)
    widest = max(limit, _widest(statement, module))
    old: Space = ONE_SPACE
    if 0 < index < len(names):
        comma = names[index - 1].comma
        old = comma.whitespace_after if isinstance(comma, cst.Comma) else old
    for left, right in fillings(old, line_break):
        result = _inserted(statement, index, alias, left, right)
        if _widest(result, module) <= widest:
            return result
    return _inserted(statement, index, alias, line_break, line_break)


def black_form(line: cst.SimpleStatementLine) -> cst.SimpleStatementLine:
    """One name a line in parentheses with a trailing comma; the comment behind a statement that was on one
    line moves behind the parenthesis."""
    statement = line.body[0]
    assert isinstance(statement, cst.ImportFrom) and not isinstance(statement.names, cst.ImportStar)
    spaces = _spaces(statement)
    opening, trailing = indented(spaces[0], "    "), line.trailing_whitespace
    if trailing.comment is not None and not any(map(has_break, spaces)):
        first = cst.TrailingWhitespace(trailing.whitespace, trailing.comment)
        opening = opening.with_changes(first_line=first)
        trailing = cst.TrailingWhitespace(newline=trailing.newline)
    last = len(statement.names)
    names = [
        name.with_changes(comma=cst.Comma(whitespace_after=indented(space, "    " if number < last else "")))
        for number, (name, space) in enumerate(zip(statement.names, spaces[1:], strict=True), 1)
    ]
    statement = statement.with_changes(
        lpar=cst.LeftParen(opening),
        rpar=cst.RightParen(),
        names=names,
        whitespace_after_import=ONE_SPACE,
    )
    return line.with_changes(body=[statement], trailing_whitespace=trailing)


def with_comments(line: cst.SimpleStatementLine, comments: Mapping[str, str]) -> cst.SimpleStatementLine:
    """The statement, one name a line, with a comment behind each name that `comments` has one for."""
    statement = line.body[0]
    assert isinstance(statement, cst.ImportFrom) and not isinstance(statement.names, cst.ImportStar)
    trailing = isinstance(statement.names[-1].comma, cst.Comma)
    if not trailing or not all(isinstance(each, cst.ParenthesizedWhitespace) for each in _spaces(statement)):
        line = black_form(line)
        statement = line.body[0]
    assert isinstance(statement, cst.ImportFrom) and not isinstance(statement.names, cst.ImportStar)
    names = [_with_comment(name, comments.get(_bound(name) or "")) for name in statement.names]
    return line.with_changes(body=[statement.with_changes(names=names)])


def _with_comment(name: cst.ImportAlias, comment: str | None) -> cst.ImportAlias:
    """The name with the comment behind its comma, which ends the line."""
    if comment is None:
        return name
    assert isinstance(name.comma, cst.Comma)
    space = name.comma.whitespace_after
    assert isinstance(space, cst.ParenthesizedWhitespace)
    first = cst.TrailingWhitespace(cst.SimpleWhitespace("  "), cst.Comment(comment))
    after = space.with_changes(first_line=first)
    return name.with_changes(comma=name.comma.with_changes(whitespace_after=after))


def _bound(name: cst.ImportAlias) -> str | None:
    return name.evaluated_alias or name.evaluated_name


def _separators(statement: cst.ImportFrom) -> list[Space]:
    """The white space between the names; for a single name, what stands in front of it."""
    names = statement.names
    assert not isinstance(names, cst.ImportStar)
    spaces = [name.comma.whitespace_after for name in names[:-1] if isinstance(name.comma, cst.Comma)]
    if not spaces:
        spaces.append(_opening(statement))
    return list(spaces)


def _spaces(statement: cst.ImportFrom) -> list[Space]:
    """The white space in front of the first name, and behind each one and its comma."""
    assert not isinstance(statement.names, cst.ImportStar)
    end: Space = cst.SimpleWhitespace("")
    if statement.rpar is not None:
        end = statement.rpar.whitespace_before
    commas = [name.comma for name in statement.names]
    after = [comma.whitespace_after if isinstance(comma, cst.Comma) else end for comma in commas]
    return [_opening(statement), *after]


def _opening(statement: cst.ImportFrom) -> Space:
    if statement.lpar is None:
        return statement.whitespace_after_import
    return statement.lpar.whitespace_after


def _widest(statement: cst.ImportFrom, module: cst.Module) -> int:
    code = module.code_for_node(statement)
    return max(len(text) for text in code.replace("\r", "\n").split("\n"))


def _inserted(
    statement: cst.ImportFrom, index: int, alias: cst.ImportAlias, left: Space, right: Space
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
        above, below = shared(old, old, right)
        names.insert(0, alias.with_changes(comma=cst.Comma(whitespace_after=below)))
        if statement.lpar is None:
            return statement.with_changes(names=names)
        lpar = statement.lpar.with_changes(whitespace_after=above)
        return statement.with_changes(names=names, lpar=lpar)
    comma = names[index - 1].comma
    assert isinstance(comma, cst.Comma)
    above, below = shared(comma.whitespace_after, left, right)
    names[index - 1] = names[index - 1].with_changes(comma=comma.with_changes(whitespace_after=above))
    names.insert(index, alias.with_changes(comma=cst.Comma(whitespace_after=below)))
    return statement.with_changes(names=names)


def _appended(
    statement: cst.ImportFrom, names: list[cst.ImportAlias], alias: cst.ImportAlias, left: Space
) -> cst.ImportFrom:
    last = names[-1]
    if isinstance(last.comma, cst.Comma):
        above, below = shared(last.comma.whitespace_after, left, plain(last.comma.whitespace_after))
        names[-1] = last.with_changes(comma=last.comma.with_changes(whitespace_after=above))
        names.append(alias.with_changes(comma=cst.Comma(whitespace_after=below)))
        return statement.with_changes(names=names)
    end = statement.rpar.whitespace_before if statement.rpar is not None else cst.SimpleWhitespace("")
    above, below = shared(end, left, plain(end))
    names[-1] = last.with_changes(comma=cst.Comma(whitespace_after=above))
    names.append(alias)
    if statement.rpar is None:
        return statement.with_changes(names=names)
    return statement.with_changes(names=names, rpar=statement.rpar.with_changes(whitespace_before=below))
