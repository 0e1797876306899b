"""The keywords that a file passes to what it calls by some name: a search over its bytes, no parser.

Most files pass only keywords that exist, and this is enough to say so. What it finds too much costs a closer
look and nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SPLAT = b"**"
_TOKEN = re.compile(
    rb"""[rRbBuUfF]{0,2}(?:\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''"""
    rb"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|#[^\n]*|[()\[\]{}]|\b(\w+)[ \t]*=(?!=)|\*\*""",
    re.DOTALL,
)
_HEADER_END = re.compile(rb":[ \t]*(?:#[^\n]*)?\r?\n")
_END = re.compile(rb"\n[^\s#)\]}]")
_ANNOTATION = re.compile(rb"^[ \t]+(\w+)[ \t]*:", re.M)
_FURTHEST = 20_000  # bytes of one call


def passed_keywords(source: bytes, name: str) -> frozenset[str]:
    """All keywords, as far as can be seen, that calls of `name` (`module.name` too) pass in `source`."""
    found: set[bytes] = set()
    for start in _calls(source, name.encode(), b"_."):
        found.update(keywords_from(source, start))
    return frozenset(word.decode("utf-8", "replace") for word in found - {SPLAT})


def keywords_of_any(source: bytes, word: bytes) -> set[bytes]:
    """The keywords of all calls of something whose last name is `word`; SPLAT stands for a `**`."""
    found: set[bytes] = set()
    for start in _calls(source, word, b"_"):
        found.update(keywords_from(source, start))
    return found


def _calls(source: bytes, name: bytes, not_before: bytes) -> Iterator[int]:
    """Where the arguments of each `name(` begin, unless it is the end of a longer name."""
    call = name + b"("
    at = source.find(call)
    while at >= 0:
        before = source[at - 1 : at]
        if not (before.isalnum() or (before and before in not_before)) or before > b"\x7f":
            yield at + len(call)
        at = source.find(call, at + len(call))


def members_called(source: bytes, owner: str) -> frozenset[str]:
    """The names `x` of `owner.x(`, and `x.y` of `owner.x.y(`."""
    if owner.encode() + b"." not in source:
        return frozenset()
    found = re.finditer(rb"%s\.(\w+(?:\.\w+)?)\(" % re.escape(owner.encode()), source)
    return frozenset(
        match[1].decode("utf-8", "replace")
        for match in found
        if not source[match.start() - 1 : match.start()].isalnum()
        and source[match.start() - 1 : match.start()] not in (b"_", b".")
    )


def own_names_called(source: bytes, names: Iterable[str]) -> frozenset[str]:
    """Those of `names`, functions and classes at the margin of `source`, that it calls with a keyword which
    the definition does not mention as a parameter or field."""
    found = set()
    for name in names:
        passed = passed_keywords(source, name)
        mentioned = _mentioned(source, name) if passed else b""
        if any(not re.search(rb"\b%s\b" % re.escape(word.encode()), mentioned) for word in passed):
            found.add(name)
    return frozenset(found)


def _mentioned(source: bytes, name: str) -> bytes:
    """The header of a function; of a class that header, the one of its `__init__`, and its annotations."""
    start = re.search(rb"^(class|def|async[ \t]+def)[ \t]+%s\b" % re.escape(name.encode()), source, re.M)
    if start is None:
        return b""
    end = _HEADER_END.search(source, start.end())
    header = source[start.start() : end.start() if end else len(source)]
    if start[1] != b"class":
        return header
    end = _END.search(source, start.end())
    body = source[start.end() : end.start() if end else len(source)]
    init = body.find(b"def __init__(")
    end = _HEADER_END.search(body, init) if init >= 0 else None
    return b"\n".join((header, body[init : end.start()] if end else b"", *_ANNOTATION.findall(body)))


def keywords_from(source: bytes, start: int) -> list[bytes]:
    """The keywords, and SPLAT for each `**`, of the call whose arguments begin at byte `start`."""
    depth = 1
    found = []
    for token in _TOKEN.finditer(source, start, start + _FURTHEST):
        word = token.group(1)
        if word is not None:
            if depth == 1:
                found.append(word)
            continue
        mark = token.group()
        if mark == SPLAT and depth == 1:
            found.append(SPLAT)
        elif mark in (b"(", b"[", b"{"):
            depth += 1
        elif mark in (b")", b"]", b"}"):
            depth -= 1
            if depth == 0:
                break
    return found
