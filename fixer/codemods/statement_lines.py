"""Which lines of a source make up the statement around a line: as few as the codemods need to see."""

from __future__ import annotations

import ast
import warnings
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# What has to stand in front of a header for it to be a statement of its own.
_OPENERS = {
    "elif": ("if 1:", " pass"),
    "except": ("try:", " pass"),
}


def import_lines(lines: Sequence[str], line: int) -> tuple[int, int] | None:
    """First and last line (from 1) of the import statement that starts at the beginning of `line`.

    None where it shares its lines with another statement: that takes `Statements`.
    """
    if not lines[line - 1].startswith(("import", "from")):
        return None
    depth = 0
    for number in range(line, len(lines) + 1):
        code = lines[number - 1].partition("#")[0]  # there is no string in an import
        if ";" in code or '"' in code or "'" in code:
            return None
        depth += code.count("(") - code.count(")")
        if depth == 0 and not code.rstrip().endswith("\\"):
            return line, number
    return None


def parse(source: str) -> ast.Module:
    """The syntax tree; what the user's strings and comparisons deserve a warning for is not our concern.

    Raises SyntaxError where the source does not parse.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


class Statements:
    """The simple statements of a source and the headers of its compound ones. Parsed when first asked.

    Each method raises SyntaxError where the source does not parse. Lines count from 1.
    """

    def __init__(self, source: str, lines: Sequence[str]) -> None:
        self._source = source
        self._lines = lines

    @cached_property
    def _tree(self) -> ast.Module:
        return parse(self._source)

    @cached_property
    def _found(self) -> list[tuple[int, int]]:
        return sorted(_spans(self._tree.body, self._lines))

    def around(self, line: int) -> tuple[int, int]:
        """First and last line of the smallest one around `line`. Those that share a line count as one."""
        around = [span for span in self._found if span[0] <= line <= span[1]]
        if not around:
            return line, line
        first, last = min(around, key=lambda span: span[1] - span[0])
        while True:
            touching = [span for span in self._found if span[0] <= last and span[1] >= first]
            wider = (min(span[0] for span in touching), max(span[1] for span in touching))
            if wider == (first, last):
                return first, last
            first, last = wider

    def function_at(self, line: int) -> tuple[int, int] | None:
        """First and last line of the innermost function whose `def` or `async` stands on `line`."""
        found = [
            node
            for node in ast.walk(self._tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno == line
        ]
        if not found:
            return None
        node = min(found, key=_last_line)
        return min([line, *(decorator.lineno for decorator in node.decorator_list)]), _last_line(node)


def _spans(body: Sequence[ast.AST], lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    for node in body:
        inner: list[ast.AST] = []
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            value = getattr(node, field, None)
            if isinstance(value, list):
                inner.extend(value)
        starts = [_first_line(node)]
        starts.extend(decorator.lineno for decorator in getattr(node, "decorator_list", ()))
        start = min(starts)
        if not inner:
            end = _last_line(node)
            while end < len(lines) and lines[end - 1].rstrip().endswith("\\") and "#" not in lines[end - 1]:
                end += 1
            yield start, end
            continue
        below = min(_first_line(child) for child in inner)
        for child in inner:
            below = min([below, *(item.lineno for item in getattr(child, "decorator_list", ()))])
        if below > start and lines[below - 1][: _column(inner, below)].strip() == "":
            yield start, _header_end(lines, start, below - 1)
            yield from _spans(inner, lines)
        else:  # the body stands on the header's line
            yield start, _last_line(node)


def _header_end(lines: Sequence[str], start: int, end: int) -> int:
    """Leaves comments and blank lines between header and body to themselves."""
    while end > start and lines[end - 1].strip()[:1] in {"", "#"}:
        end -= 1
    return end


def _column(nodes: Sequence[ast.AST], line: int) -> int:
    columns = [getattr(node, "col_offset", 0) for node in nodes if _first_line(node) == line]
    return min(columns) if columns else 0


def _first_line(node: ast.AST) -> int:
    if isinstance(node, ast.match_case):
        return node.pattern.lineno
    line = getattr(node, "lineno", 1)
    assert isinstance(line, int)
    return line


def _last_line(node: ast.AST) -> int:
    if isinstance(node, ast.match_case):
        return _last_line(node.body[-1])
    line = getattr(node, "end_lineno", 1)
    assert isinstance(line, int)
    return line


def frame(piece: str, newline: str) -> tuple[str, str]:
    """The text to put in front of and behind a statement or header so that it parses as a module."""
    indent = piece[: len(piece) - len(piece.lstrip(" \t\x0c"))]
    word = piece.strip().partition(" ")[0].partition("(")[0].rstrip(":")
    above = "match 1:" if word == "case" else "if 1:"
    prefix = f"{above}{newline}" if indent else ""
    if word in _OPENERS:
        prefix += "".join(f"{indent}{line}{newline}" for line in _OPENERS[word])
    end = "" if piece.endswith(("\n", "\r")) else newline
    for suffix in ("", f"{end}{indent} pass{newline}"):
        if _parses(prefix + piece + suffix):
            return prefix, suffix
    return prefix, f"{end}{indent} pass{newline}"


def _parses(text: str) -> bool:
    try:
        parse(text)
    except SyntaxError:
        return False
    return True
