"""A module without the bodies of its functions: what is left says what the module and its classes declare.

Most of a test file is function bodies, and none of that is needed to know which fixtures a file declares
and requests. The parser takes a fraction of the time over the rest.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fixer.facts.symbols import Table

_CLASS = (1, "class")  # `symtable` calls its types by number before 3.13 and by name from then on
_FUNCTION = (0, "function")
_NO_NAMES = frozenset({"lambda", "genexpr", "listcomp", "setcomp", "dictcomp", "__annotate__"})
# Hooks, and what they hand `metafunc` to: what they do to tests and fixtures is in their bodies.
_KEEP_BODY, _KEEP_WITH = "pytest_", "metafunc"
# All of a header on one line, as most are.
_PLAIN_HEADER = re.compile(r"([^()#\"'\\]*\([^()#\"'\\]*\)[^()#\"'\\:]*:)[ \t]*")
# What can stand in a header: strings and comments (to skip), brackets, and the colon that ends it.
_HEADER = re.compile(r"\"\"\"|'''|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|#[^\n]*|[()\[\]{}:]")
# Comments and strings: what can hold quotes that begin no string.
_QUOTED = re.compile(
    r"""#[^\n]*|\"{3}(?s:\\.|[^\\])*?\"{3}|'{3}(?s:\\.|[^\\])*?'{3}"""
    r"""|\"(?s:\\.|[^\"\\\n])*\"|'(?s:\\.|[^'\\\n])*'"""
)


@dataclass(frozen=True, slots=True)
class Headers:
    """`text` has the line numbers of the source. `functions` are those of `functions_of`, sorted. `bodies`
    maps the 1-based line of each `def` whose body was taken out to that body's text, `ends` to the last line
    (from 1) that belongs to the function."""

    text: str
    functions: Sequence[tuple[int, str]]
    bodies: Mapping[int, str]
    ends: Mapping[int, int]


def functions_of(top: Table) -> Iterator[tuple[int, str]]:
    """(1-based line of the `def`, name) of every function that a module or a class in it declares, but not
    of those inside functions."""
    pending: list[Any] = [top]
    while pending:
        for child in pending.pop().children:
            if child.type in _FUNCTION:
                if child.name not in _NO_NAMES:
                    yield child.lineno, child.name
            elif child.type in _CLASS or child.name not in _NO_NAMES:
                pending.append(child)  # classes; since 3.12 also the scopes of type parameters


def headers_only(text: str, lines: Sequence[str], top: Table) -> Headers | None:
    """The headers of a module; `text` has "\\n" line ends, `lines` are its lines without them, and `top` is
    its symbol table.

    None where the text is laid out so that function bodies cannot be told by their indentation.
    """
    if "\f" in text:
        return None
    functions = sorted(functions_of(top))
    marks = [mark for mark in ('"""', "'''") if mark in text]
    pieces: list[str] = []
    bodies: dict[int, str] = {}
    ends: dict[int, int] = {}
    done = 0  # everything before this character is in `pieces`
    start, above = 0, 0  # of the `def`: its line's first character, and how many lines are above that
    for line, name in functions:
        start += sum(map(len, lines[above : line - 1])) + line - 1 - above
        above = line - 1
        if start < done or line > len(lines):
            return None
        first_line = lines[above]
        indent = first_line[: len(first_line) - len(first_line.lstrip(" \t"))]
        plain = _PLAIN_HEADER.fullmatch(first_line)
        header_end = start + plain.end(1) if plain is not None else _end_of_header(text, start)
        if header_end is None:
            return None
        end = _end_of_block(text, header_end, len(indent), marks)
        below = text.count("\n", header_end, end)
        last = line + text.count("\n", start, header_end) + below
        ends[line] = last - text.count("\n", _end_of_code(text, header_end, end), end)
        first = text.find("\n", header_end) + 1
        kept = name.startswith(_KEEP_BODY) or text.find(_KEEP_WITH, start, header_end) >= 0
        if kept or not first or _is_code(text[header_end:first]):
            continue
        body = text[first:end]
        pieces.append(f"{text[done:first]}{indent} pass")
        pieces.append("\n" * (below - 1))
        bodies[line] = body
        done = end
    pieces.append(text[done:])
    return Headers("".join(pieces), functions, bodies, ends)


def _is_code(rest: str) -> bool:
    """Whether something stands behind the colon: the body, on the same line."""
    return rest.partition("#")[0].strip() != ""


def _end_of_header(text: str, start: int) -> int | None:
    """The place just behind the colon that ends the `def` at `start`."""
    depth = 0
    at = start
    while True:
        match = _HEADER.search(text, at)
        if match is None:
            return None
        token, at = match.group(), match.end()
        if token in ('"""', "'''"):
            at = text.find(token, at) + 3
            if at < 3:
                return None
        elif token in "([{":
            depth += 1
        elif token in ")]}":
            depth -= 1
        elif token == ":" and depth == 0:
            return at


def _end_of_block(text: str, start: int, width: int, marks: Sequence[str]) -> int:
    """The start of the first line behind the block whose header ends at `start`; `marks` are the triple
    quotes of the text."""
    pattern = _block_end(width)
    at = start
    while True:
        match = pattern.search(text, at)
        if match is None:
            return len(text)
        end = match.start() + 1
        # A string that reaches to the margin is no end. Quotes are counted first, which is quick.
        if all(text.count(mark, start, end) % 2 == 0 for mark in marks):
            return end
        closed = _string_around(text, start, end)
        if closed is None:
            return end
        at = start = closed


def _string_around(text: str, start: int, place: int) -> int | None:
    """Where the string ends that is open at `place`; None if none is. `start` lies outside of strings."""
    for match in _QUOTED.finditer(text, start):
        if match.end() > place:
            return match.end() if match.start() < place else None
    return None


def _end_of_code(text: str, start: int, end: int) -> int:
    """Where the code between `start` and `end` ends: before the blank lines and comments behind it."""
    while True:
        end = start + len(text[start:end].rstrip())
        line = max(text.rfind("\n", start, end) + 1, start)
        if not text[line:end].lstrip().startswith("#") or line == start:
            return end
        end = line


@functools.cache
def _block_end(width: int) -> re.Pattern[str]:
    """A line at most `width` blanks from the margin that could begin a statement. It begins with a literal,
    and so is found fast."""
    return re.compile(rf"\n[ \t]{{0,{width}}}[^\s#)\]}}]")
