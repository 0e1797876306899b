"""White space between the members of a list with commas, and the comments in it."""

from __future__ import annotations

from typing import TypeAlias

import libcst as cst

Space: TypeAlias = cst.BaseParenthesizableWhitespace  # SimpleWhitespace or ParenthesizedWhitespace
ONE_SPACE = cst.SimpleWhitespace(" ")

# Comments for tools do not count towards the length of a line (as in ruff and black).
_PRAGMAS = ("noqa", "type:", "pyright:", "pylint:", "flake8:", "ruff:", "isort:", "nosec", "pragma:")


def is_pragma(comment: cst.Comment) -> bool:
    """Whether the comment speaks to a tool."""
    return comment.value.lstrip("# ").startswith(_PRAGMAS)


def has_break(space: Space) -> bool:
    """Whether what follows stands on another line."""
    if isinstance(space, cst.SimpleWhitespace):
        return "\\" in space.value
    return isinstance(space, cst.ParenthesizedWhitespace)


def new_line(indent: str) -> cst.ParenthesizedWhitespace:
    """A line break, and the next line `indent` deeper than the statement."""
    return cst.ParenthesizedWhitespace(
        cst.TrailingWhitespace(), indent=True, last_line=cst.SimpleWhitespace(indent)
    )


def indented(space: Space, indent: str) -> cst.ParenthesizedWhitespace:
    """A line break, with the comments of `space`, and the next line `indent` deeper than the statement."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return new_line(indent)
    return space.with_changes(indent=True, last_line=cst.SimpleWhitespace(indent))


def plain(space: Space) -> Space:
    """The line break alone, without the comments in it."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return space
    return space.with_changes(
        first_line=cst.TrailingWhitespace(newline=space.first_line.newline), empty_lines=()
    )


def shared(old: Space, left: Space, right: Space) -> tuple[Space, Space]:
    """`left` with the comment that ended the line in `old`, `right` with the comment lines in it."""
    if not isinstance(old, cst.ParenthesizedWhitespace):
        return left, right
    if old.first_line.comment is not None:
        if not isinstance(left, cst.ParenthesizedWhitespace):
            left = plain(old)
        assert isinstance(left, cst.ParenthesizedWhitespace)
        left = left.with_changes(first_line=old.first_line)
    if any(line.comment is not None for line in old.empty_lines) or (
        old.empty_lines and isinstance(right, cst.ParenthesizedWhitespace)
    ):
        if not isinstance(right, cst.ParenthesizedWhitespace):
            right = plain(old)
        assert isinstance(right, cst.ParenthesizedWhitespace)
        right = right.with_changes(empty_lines=old.empty_lines)
    if isinstance(left, cst.ParenthesizedWhitespace) and left.empty_lines:
        left = left.with_changes(empty_lines=())
    return left, right


def fillings(old: Space, line_break: Space) -> list[tuple[Space, Space]]:
    """White space around a new member among several a line where `old` stands now, best first: no new line,
    then one, then two."""
    if has_break(old):  # the member behind already starts a line: fill the line above, then that one
        return [(ONE_SPACE, line_break), (line_break, ONE_SPACE), (line_break, line_break)]
    return [
        (ONE_SPACE, ONE_SPACE),
        (line_break, ONE_SPACE),
        (ONE_SPACE, line_break),
        (line_break, line_break),
    ]
