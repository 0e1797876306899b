"""The blank lines and comments around a statement that goes or comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_Line = TypeVar("_Line")


def joined(
    above: Sequence[_Line],
    below: Sequence[_Line],
    is_blank: Callable[[_Line], bool],
    *,
    start: bool = False,
    end: bool = False,
) -> list[_Line]:
    """The lines above and below a statement that goes, with the blank lines of the wider side alone.

    `start`: no statement stands above; `end`: nothing stands below. Blank lines at the end of the file stay
    as they are, those that would come to stand at its start go.
    """
    over, under = _run_at_end(above, is_blank), _run_at_end(below[::-1], is_blank)
    if end or (over < under and not (start and over == len(above))):
        return [*above[: len(above) - over], *below]
    return [*above, *below[under:]]


def without_comment_block(
    lines: Sequence[_Line], is_comment: Callable[[_Line], bool], *, start: bool = False
) -> list[_Line]:
    """The lines above a statement without the comments that touch it; those at the start of a file are the
    file's own."""
    count = _run_at_end(lines, is_comment)
    return list(lines) if start and count == len(lines) else list(lines[: len(lines) - count])


def _run_at_end(lines: Sequence[_Line], is_part: Callable[[_Line], bool]) -> int:
    count = 0
    while count < len(lines) and is_part(lines[-1 - count]):
        count += 1
    return count
