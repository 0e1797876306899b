"""Where the string literals of a file hold one of a set of addresses, in whole path segments."""

from __future__ import annotations

import io
import itertools
import re
import tokenize
from typing import TYPE_CHECKING

from fixer.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# f-strings are tokens of several kinds from Python 3.12 on (PEP 701), and one STRING before that.
_TEXT = frozenset({tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)})
_BEGINNINGS = frozenset({tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT})
_OPEN, _CLOSED = ("(", "[", "{"), (")", "]", "}")
_PLAIN = re.compile(r"[rRuU]?[\"']")  # no f-string, which is never a docstring
_BEFORE = r"(?<![\w/.+%-])"
_BEHIND = r"(?=[/?#\s\"'\\,;)\]>]|$)"


def read_endpoints(text: str, moved: Mapping[str, str]) -> tuple[tuple[Span, str], ...]:
    """Each occurrence of a key of `moved` in a literal, with its place; none that is part of its own value.

    Docstrings are no literals here. Raises what `tokenize` raises: SyntaxError or tokenize.TokenError.
    """
    if not any(old in text for old in moved):
        return ()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    words = sorted(moved, key=len, reverse=True)
    ends = (re.escape(old) + ("" if old.endswith("/") else _BEHIND) for old in words)
    pattern = re.compile(_BEFORE + f"(?:{'|'.join(ends)})")
    lines = text.split("\n")
    found = []
    for first, last in _literals(text):
        for number in range(first[0], last[0] + 1):
            line = lines[number - 1]
            start = first[1] if number == first[0] else 0
            end = last[1] if number == last[0] else len(line)
            for match in pattern.finditer(line):
                old = match[0]
                if start <= match.start() and match.end() <= end and not _is_moved(line, match, moved[old]):
                    found.append((Span(number, match.start() + 1, number, match.end() + 1), old))
    return tuple(dict.fromkeys(found))


def _literals(text: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The start and end of the text of every literal: line from 1, column from 0."""
    before, depth = tokenize.NEWLINE, 0
    for token, following in itertools.pairwise(tokenize.generate_tokens(io.StringIO(text).readline)):
        depth += (token.string in _OPEN) - (token.string in _CLOSED) if token.type == tokenize.OP else 0
        stands_alone = (
            not depth and before in _BEGINNINGS and following.type in (tokenize.NEWLINE, tokenize.COMMENT)
        )
        if token.type in _TEXT and not (stands_alone and _PLAIN.match(token.string)):
            yield token.start, token.end
        before = token.type


def _is_moved(line: str, match: re.Match[str], new: str) -> bool:
    """Whether the occurrence is the beginning of the new address already."""
    if not new.startswith(match[0]):
        return False
    rest = line[match.start() + len(new) :]
    return line.startswith(new, match.start()) and re.match(_BEHIND, rest) is not None
