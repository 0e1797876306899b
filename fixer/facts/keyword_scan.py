"""The keywords that a file passes to what it calls by some name: a search over its bytes, no parser.

Most files pass only keywords that exist, and this is enough to say so. What it finds too much costs a closer
look and nothing else.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    rb"""[rRbBuUfF]{0,2}(?:\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''"""
    rb"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|#[^\n]*|[()\[\]{}]|\b(\w+)[ \t]*=(?!=)""",
    re.DOTALL,
)
_FURTHEST = 20_000  # bytes of one call


def passed_keywords(source: bytes, name: str) -> frozenset[str]:
    """All keywords, as far as can be seen, that calls of `name` (`module.name` too) pass in `source`."""
    found: set[bytes] = set()
    call = name.encode() + b"("
    at = source.find(call)
    while at >= 0:
        before = source[at - 1 : at]
        if not (before.isalnum() or before in (b"_", b".")) or before > b"\x7f":
            found.update(_keywords(source, at + len(call)))
        at = source.find(call, at + len(call))
    return frozenset(word.decode("utf-8", "replace") for word in found)


def members_called(source: bytes, module: str) -> frozenset[str]:
    """The names `x` of `module.x(`."""
    if module.encode() + b"." not in source:
        return frozenset()
    pattern = rb"(?<![\w.])%s\.(\w+)\(" % re.escape(module.encode())
    return frozenset(word.decode("utf-8", "replace") for word in re.findall(pattern, source))


def _keywords(source: bytes, start: int) -> list[bytes]:
    depth = 1
    found = []
    for token in _TOKEN.finditer(source, start, start + _FURTHEST):
        word = token.group(1)
        if word is not None:
            if depth == 1:
                found.append(word)
            continue
        mark = token.group()
        if mark in (b"(", b"[", b"{"):
            depth += 1
        elif mark in (b")", b"]", b"}"):
            depth -= 1
            if depth == 0:
                break
    return found
