"""Words in the bytes of a file. No parser: strings and comments count."""

from __future__ import annotations

import re


def occurrences(content: bytes, word: str) -> int:
    """How often `word` occurs where a word begins."""
    return len(re.findall(_beginning_with(word), content)) if word.encode() in content else 0


def is_mentioned(content: bytes, word: str) -> bool:
    """Whether `word` occurs as a whole word."""
    return re.search(_beginning_with(word) + rb"\b", content) is not None


def _beginning_with(word: str) -> bytes:
    """A pattern for `word` where no other word goes on in it. It begins with a literal and looks back from
    behind it, because `re` finds a literal a hundred times as fast as a boundary."""
    literal = re.escape(word.encode())
    return rb"%b(?<!\w%b)" % (literal, literal)
