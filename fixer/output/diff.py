"""A unified diff that `git apply` takes. All bytes: a source file need not be UTF-8."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeAlias

from fixer.output.paint import Paint
from fixer.output.printable import printable
from fixer.output.view import shown_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fixer.report import Change, Report

CONTEXT = 3
NO_NEWLINE = b"\\ No newline at end of file\n"
EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"  # git's name for a file without content

Block: TypeAlias = tuple[int, int, int, int]  # lines before[a:b] become after[c:d], from 0

_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}


def render_diff(report: Report, cwd: Path) -> bytes:
    """The changes in one diff, paths relative to `cwd`: run `git apply` there.

    New empty files come last: their git header would swallow the plain header of a file behind them.
    """
    changes = sorted(report.changes, key=_is_new_and_empty)
    return b"".join(file_diff(change, shown_path(report, change.path, cwd)) for change in changes)


def paint_diff(diff: bytes, color: bool) -> str:
    """The diff for a terminal: coloured, undecodable and control characters as escapes."""
    paint = Paint(color)
    lines: list[str] = []
    for raw in diff.decode("utf-8", "backslashreplace").split("\n"):
        line = "\t".join(printable(part) for part in raw.removesuffix("\r").split("\t"))
        if line.startswith(("diff --git ", "new file mode ", "--- ", "+++ ")):
            line = paint.bold(line)
        elif line.startswith("@@"):
            line = paint.cyan(line)
        elif line.startswith("+"):
            line = paint.green(line)
        elif line.startswith("-"):
            line = paint.red(line)
        lines.append(line)
    return "\n".join(lines)


def file_diff(change: Change, path: str) -> bytes:
    """The diff of one file; empty where nothing changes."""
    if change.before == change.after:
        return b""
    head = f"--- {_label('a/' + path)}\n"
    if change.before is None:
        head = f"diff --git {_quoted('a/' + path)} {_quoted('b/' + path)}\nnew file mode 100644\n"
        if not change.after:
            return f"{head}index 0000000..{EMPTY_BLOB[:7]}\n".encode()
        head += "--- /dev/null\n"
    before, after = _lines(change.before or b""), _lines(change.after)
    out = [f"{head}+++ {_label('b/' + path)}\n".encode()]
    for hunk in _hunks(changed_blocks(before, after)):
        out += _hunk(before, after, hunk)
    return b"".join(out)


def _is_new_and_empty(change: Change) -> bool:
    return change.before is None and not change.after


def changed_blocks(before: Sequence[bytes], after: Sequence[bytes]) -> list[Block]:
    """The differing stretches in order. Common lines at both ends never reach the slow comparison."""
    head = 0
    shorter = min(len(before), len(after))
    while head < shorter and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shorter - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    end, new_end = len(before) - tail, len(after) - tail
    if head == end and head == new_end:
        return []
    if head in (end, new_end):
        return [(head, end, head, new_end)]
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, before[head:end], after[head:new_end], autojunk=end - head > 2000)
    return [
        (head + a, head + b, head + c, head + d)
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    ]


def _hunks(blocks: Sequence[Block]) -> list[list[Block]]:
    """Blocks whose context lines touch or overlap share a hunk."""
    hunks: list[list[Block]] = []
    for block in blocks:
        if hunks and block[0] - hunks[-1][-1][1] <= 2 * CONTEXT:
            hunks[-1].append(block)
        else:
            hunks.append([block])
    return hunks


def _hunk(before: Sequence[bytes], after: Sequence[bytes], blocks: Sequence[Block]) -> list[bytes]:
    start = max(blocks[0][0] - CONTEXT, 0)
    stop = min(blocks[-1][1] + CONTEXT, len(before))
    new_start = blocks[0][2] - (blocks[0][0] - start)
    new_stop = blocks[-1][3] + (stop - blocks[-1][1])
    out = [f"@@ -{_range(start, stop)} +{_range(new_start, new_stop)} @@\n".encode()]
    at = start
    for first, last, new_first, new_last in blocks:
        out += [_line(b" ", line) for line in before[at:first]]
        out += [_line(b"-", line) for line in before[first:last]]
        out += [_line(b"+", line) for line in after[new_first:new_last]]
        at = last
    return out + [_line(b" ", line) for line in before[at:stop]]


def _lines(content: bytes) -> list[bytes]:
    """Lines with their line feeds, as git counts them: a carriage return is part of a line."""
    lines = content.split(b"\n")
    last = lines.pop()
    return [line + b"\n" for line in lines] + ([last] if last else [])


def _line(sign: bytes, line: bytes) -> bytes:
    return sign + line if line.endswith(b"\n") else sign + line + b"\n" + NO_NEWLINE


def _range(start: int, stop: int) -> str:
    """First line and number of lines; an empty range names the line in front of it."""
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _label(path: str) -> str:
    """A tab ends a name with blanks in it, as git writes it: what follows could be a date."""
    quoted = _quoted(path)
    return quoted + "\t" if " " in quoted else quoted


def _quoted(path: str) -> str:
    """Quoted as git does (core.quotePath): control characters, quotes, backslashes, bytes above 127."""
    name = os.fsencode(path) if os.name != "nt" else path.encode("utf-8", "surrogateescape")
    if all(32 <= byte < 127 and byte not in _ESCAPES for byte in name):
        return name.decode("ascii")
    return '"' + "".join(_ESCAPES.get(b) or (chr(b) if 32 <= b < 127 else f"\\{b:03o}") for b in name) + '"'
