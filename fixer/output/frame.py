"""One source line with carets under a span."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixer.output.printable import cells

if TYPE_CHECKING:
    from fixer.span import Span

CUT = "..."
CONTEXT = 20  # columns kept in front of the span where a long line is cut

_LINE_END = re.compile(r"\r\n|\r|\n")


def source_lines(text: str) -> list[str]:
    """The lines as Python counts them: unlike `splitlines`, a form feed ends none."""
    return _LINE_END.split(text)


def frame(line: str, span: Span, width: int) -> tuple[str, str]:
    """The line as shown, at most about `width` columns of it, and the carets that go below.

    A span that goes on over further lines is marked to the end of this one.
    """
    body = line.rstrip()
    shown = cells(body)
    start = min(span.column - 1, len(shown))
    end = len(shown) if span.end_line > span.line else min(span.end_column - 1, len(shown))
    end = max(end, start)
    first, last = _window([size for _, size in shown], start, end, width)
    head = CUT if first else ""
    tail = CUT if last < len(shown) else ""
    before = len(head) + sum(size for _, size in shown[first:start])
    marked = sum(size for _, size in shown[start : min(end, last)])
    text = head + "".join(part for part, _ in shown[first:last]) + tail
    return text, " " * before + "^" * max(marked, 1)


def _window(sizes: list[int], start: int, end: int, width: int) -> tuple[int, int]:
    """The characters to show: all, or those around the span that fit into `width` columns."""
    if sum(sizes) <= width:
        return 0, len(sizes)
    room = max(width - 2 * len(CUT), 1)
    first = start
    kept = sum(sizes[start:end])
    spare = min(CONTEXT, max(room - kept, 0)) if kept < room else 0
    if sum(sizes[:end]) <= room:
        first = 0
    else:
        while first > 0 and sizes[first - 1] <= spare:
            first -= 1
            spare -= sizes[first]
    last = first
    used = 0
    while last < len(sizes) and used + sizes[last] <= room:
        used += sizes[last]
        last += 1
    return first, max(last, min(first + 1, len(sizes)))
