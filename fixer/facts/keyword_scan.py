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
_DEFINES = re.compile(rb"(class|def|async[ \t]+def)[ \t]+")
_ANNOTATION = re.compile(rb"^([ \t]+)(\w+)[ \t]*:([^\n]*)", re.M)
# Not a field of a dataclass, or perhaps none: the rest stands on further lines.
_NO_FIELD = re.compile(rb"ClassVar|init|\([ \t]*(?:#[^\n]*)?$")
_INDENT = re.compile(rb"^[ \t]+(?=\S)", re.M)
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
    return frozenset(name for name in names if may_lack(source, name, passed_keywords(source, name)))


def may_lack(source: bytes, name: str, keywords: Iterable[str]) -> bool:
    """Whether `name`, a function or class at the margin of `source` or a method (`Class.method`), may not
    take one of the keywords: its definition does not mention it as a parameter or field."""
    wanted = [word.encode() for word in keywords]
    if not wanted:
        return False
    owner, _, method = name.rpartition(".")
    if not owner:
        mentioned = _mentioned(source, name.encode())
        return not all(_has_word(mentioned, word) for word in wanted)
    starts = _places(source, b"def %b(" % method.encode())
    headers = [_header(source, start) for start in starts]  # of any class: the text does not tell which
    return not headers or not all(_has_word(header, word) for header in headers for word in wanted)


def _has_word(text: bytes, word: bytes) -> bool:
    return word in text and re.search(rb"\b%b\b" % re.escape(word), text) is not None


def _header(source: bytes, start: int) -> bytes:
    """From a `def` or `class` to the colon that ends it."""
    end = _HEADER_END.search(source, start)
    return source[start : end.start() if end else len(source)]


def _places(source: bytes, word: bytes) -> Iterator[int]:
    """Where `word` occurs."""
    at = source.find(word)
    while at >= 0:
        yield at
        at = source.find(word, at + len(word))


def _definition(source: bytes, name: bytes, at: int) -> re.Match[bytes] | None:
    """The words before `name` at byte `at` of its line, if they define it at the margin. To look for the name
    first is many times as fast as to look for the statement."""
    after = source[at + len(name) : at + len(name) + 1]
    if after.isalnum() or after == b"_" or after > b"\x7f":
        return None
    return _DEFINES.fullmatch(source, source.rfind(b"\n", 0, at) + 1, at)


def _mentioned(source: bytes, name: bytes) -> bytes:
    """The header of a function; of a class that header, the one of its `__init__`, and its annotations."""
    found = [match for at in _places(source, name) if (match := _definition(source, name, at)) is not None]
    if not found:
        return b""
    start, at = found[-1].span()  # behind its overloads
    header = _header(source, start)
    if found[-1][1] != b"class":
        return header
    end = _END.search(source, at)
    body = source[at : end.start() if end else len(source)]
    init = body.rfind(b"def __init__(")
    end = _HEADER_END.search(body, init) if init >= 0 else None
    indent = _INDENT.search(body)  # deeper stand the names of functions, and words of docstrings
    fields = [
        word
        for blanks, word, rest in _ANNOTATION.findall(body)
        if indent and blanks == indent[0] and _NO_FIELD.search(rest) is None
    ]
    return b"\n".join((header, body[init : end.start()] if end else b"", *fields))


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
