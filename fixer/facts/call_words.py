"""Whether a file may call something with a keyword that some version refuses: a byte search, no parser.

What it looks for is in suspect_words.py, which is made from the tables in `known/`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixer.facts.suspect_words import SUSPECTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fixer.facts.suspect_words import Suspect

_IMPORT = re.compile(rb"import[ \t]")  # begins with a literal, and so is found fast
_WORD = re.compile(rb"(\w+)\s*$")
_BEFORE = (b" ", b"\t", b"\n", b"(", b",")
_FURTHEST = 4000  # bytes between a call's bracket and its keyword
_MODULES = frozenset(SUSPECTS)
_CALLEES = {
    module: frozenset(word.decode().partition("(")[0] for suspect in suspects for word in suspect.words)
    for module, suspects in SUSPECTS.items()
}


def suspected_modules() -> frozenset[str]:
    """The top-level modules that the tables speak of."""
    return _MODULES


def is_suspected(path: str) -> bool:
    """Whether the tables may speak of the callee `path`."""
    top, _, rest = path.partition(".")
    if top.startswith("<"):
        top = "asyncio" if top == "<event_loop>" else top.strip("<>")
    top = top.removesuffix("()")
    return bool(rest) and path.rpartition(".")[2] in _CALLEES.get(top, frozenset())


def may_be_refused(source: bytes) -> bool:
    """Whether the bytes of a file hold a suspected module, keyword and callee in the same call, as far as
    a search can tell; False means that no entry of the tables applies."""
    return any(
        _holds(source, suspect)
        for module in _imported(source) & SUSPECTS.keys()
        for suspect in SUSPECTS[module]
    )


def _imported(source: bytes) -> set[str]:
    """The top-level modules that the file seems to import; `asyncio` for the fixture `event_loop` too."""
    found = set()
    for match in _IMPORT.finditer(source):
        start = source.rfind(b"\n", 0, match.start()) + 1
        words = source[start : match.start()].split()
        if not words:
            end = source.find(b"\n", match.end())
            for name in source[match.end() : end if end > 0 else len(source)].split(b","):
                found.add(name.strip().partition(b".")[0].partition(b" ")[0].decode("utf-8", "replace"))
        elif words[0] == b"from" or b"from" in words:
            found.add(words[-1].partition(b".")[0].decode("utf-8", "replace"))
    if b"event_loop" in source:
        found.add("asyncio")
    return found


def _holds(source: bytes, suspect: Suspect) -> bool:
    if not suspect.keyword:
        return any(word in source for word in suspect.words)
    if not _passes(source, suspect.keyword, suspect.words):
        return False
    return all(re.search(rb"\b%s=" % word, source) for word in suspect.beside)


def _passes(source: bytes, keyword: bytes, words: frozenset[bytes]) -> bool:
    """Whether one of `words` is called with `keyword`, or stands where it is not called at once."""
    if keyword not in source:
        return False
    given = False
    for needle in (keyword + b"=", keyword + b" ="):
        at = source.find(needle)
        while at >= 0:
            if source[at - 1 : at] in _BEFORE:
                given = True
                if any(word in words for word in _callees_around(source, at)):
                    return True
            at = source.find(needle, at + len(needle))
    if b"**" in source and (b'"%s"' % keyword in source or b"'%s'" % keyword in source):
        return any(word in source for word in words)
    # A partial, an alias, an assignment: only words that hardly ever mean anything else are looked for.
    return given and any(b"_" in word and source.count(word) > source.count(word + b"(") for word in words)


def _callees_around(source: bytes, at: int) -> Iterable[bytes]:
    """The word before the innermost bracket that is open at byte `at`.

    Where a string could hold brackets, the word before the next one too.
    """
    depth, end, found = 0, at, 0
    lowest = max(at - _FURTHEST, 0)
    while found < 2:
        opened = source.rfind(b"(", lowest, end)
        if opened < 0:
            return
        closed = source.rfind(b")", lowest, end)
        if closed > opened:
            depth, end = depth + 1, closed
            continue
        end = opened
        if depth:
            depth -= 1
            continue
        found += 1
        word = _WORD.search(source, max(opened - 80, 0), opened)
        if word is not None:
            yield word[1]
        if b"'" not in source[opened:at] and b'"' not in source[opened:at]:
            return
