"""From the bytes of a file before and after to what changed in it, for formats that show a repair as text."""

from __future__ import annotations

import re

from fixer.facts.text import decode
from fixer.report import TextEdit
from fixer.span import Span

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def text_edits(path: str, before: bytes | None, after: bytes) -> list[TextEdit]:
    """The changed lines, in order; places are those of the file before. A BOM is no character of its line."""
    from difflib import SequenceMatcher

    old, new = _lines(before or b""), _lines(after)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    matcher = SequenceMatcher(None, old[head:], new[head:], autojunk=False)
    return [
        TextEdit(path, _span(old, head + a, head + b), "".join(new[head + c : head + d]))
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    ]


def _lines(content: bytes) -> list[str]:
    return _LINES.findall(decode(content).removeprefix("\ufeff"))


def _span(lines: list[str], first: int, last: int) -> Span:
    """From the start of line `first` (from 0) to the start of line `last`, or to the end of the file."""
    start, stop = ((_end(lines) if line == len(lines) else (line + 1, 1)) for line in (first, last))
    return Span(*start, *stop)


def _end(lines: list[str]) -> tuple[int, int]:
    """Just behind the last character."""
    if lines and not lines[-1].endswith(("\n", "\r")):
        return len(lines), len(lines[-1]) + 1
    return len(lines) + 1, 1
