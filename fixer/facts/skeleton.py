"""A shorter module with the same line numbers, in which the functions of no interest are empty.

Most of a test file is function bodies. To see how one name is used, the syntax tree of the others is not
needed, and building it would cost more than everything else testfix does with the file.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DEF = re.compile(r"([ \t]*)(?:async[ \t]+)?def[ \t]")
_CODE = re.compile(r"([ \t]*)[^\s#)\]}]")  # a line that could begin a statement


def lines_mentioning(words: Iterable[str], lines: Sequence[str], text: str) -> list[int]:
    """The 1-based lines of `text` in which one of `words` occurs. `lines` are the same text, split."""
    if "\r" in text:
        text = "\n".join(lines)
    places = set()
    for word in words:
        at = text.find(word)
        while at >= 0:
            places.add(at)
            at = text.find(word, at + len(word))
    found: list[int] = []
    line, last = 1, 0
    for at in sorted(places):
        line += text.count("\n", last, at)
        last = at
        found.append(line)
    return found


def skeleton(lines: Sequence[str], def_lines: frozenset[int], keep: Sequence[int]) -> str:
    """`lines` with each function blanked in which no line of `keep` stands.

    `def_lines` are the 1-based lines where the compiler saw functions begin, `keep` sorted 1-based lines.
    The caller must check that what it looks for is still in the result: a string that reaches back to the
    margin can mislead the search for a function's end.
    """
    wanted = set(keep)
    result = list(lines)
    line = 1
    while line <= len(lines):
        match = _DEF.match(lines[line - 1]) if line in def_lines else None
        if match is None:
            line += 1
            continue
        end = _end_of_block(lines, line, len(match.group(1)))
        block = range(line, end)
        if wanted.isdisjoint(block) and _strings_closed(lines[line - 1 : end - 1]):
            result[line - 1] = f"{match.group(1)}def _(): pass"
            result[line : end - 1] = [""] * (end - line - 1)
            line = end
        else:
            line += 1
    return "\n".join(result)


def _end_of_block(lines: Sequence[str], start: int, indent: int) -> int:
    """The 1-based line behind the block whose header begins on line `start`."""
    for number, line in enumerate(islice(lines, start, None), start + 1):
        match = _CODE.match(line)
        if match is not None and len(match.group(1)) <= indent:
            return number
    return len(lines) + 1


def _strings_closed(lines: Sequence[str]) -> bool:
    block = "\n".join(lines)
    return block.count('"""') % 2 == 0 and block.count("'''") % 2 == 0 and not block.rstrip().endswith("\\")
