"""Words in the bytes of a file. No parser: strings and comments count."""

from __future__ import annotations

import re
from itertools import accumulate

_BRACKET = re.compile(rb"[()]")
_LONGEST_HEADER = 4000  # bytes


def occurrences(content: bytes, word: str) -> int:
    """How often `word` occurs where a word begins."""
    return len(re.findall(_beginning_with(word), content)) if word.encode() in content else 0


def is_mentioned(content: bytes, word: str) -> bool:
    """Whether `word` occurs as a whole word."""
    return re.search(_beginning_with(word) + rb"\b", content) is not None


def may_request(content: bytes, name: str) -> bool:
    """Whether `name` stands where a function takes a parameter: behind a bracket or comma in what follows a
    `def`, before that is closed."""
    for match in re.finditer(_beginning_with(name) + rb"(?=[ \t\r\n]*[,):=])", content):
        at = match.start()
        start = content.rfind(b"def ", max(at - _LONGEST_HEADER, 0), at)
        header = content[start:at].rstrip() if start >= 0 else b""
        if header.endswith((b"(", b",", b"*")):
            depths = [*accumulate(1 if bracket == b"(" else -1 for bracket in _BRACKET.findall(header))]
            if depths[-1:] == [1] and 0 not in depths:
                return True
    return False


def _beginning_with(word: str) -> bytes:
    """A pattern for `word` where no other word goes on in it. It begins with a literal and looks back from
    behind it, because `re` finds a literal a hundred times as fast as a boundary."""
    literal = re.escape(word.encode())
    return rb"%b(?<!\w%b)" % (literal, literal)
