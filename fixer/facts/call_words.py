"""Whether a file may call something with a keyword that some version refuses: a byte search, no parser.

What it looks for is in suspect_words.py, which is made from the tables in `known/`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixer.facts.suspect_words import SUSPECTS

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(rb"(\w+)\s*$")
_FURTHEST = 4000  # bytes between a call's bracket and its keyword
_MODULES = frozenset(SUSPECTS)
_CALLEES = {
    module: frozenset(word.decode() for suspect in suspects for word in suspect.words)
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
    for module, suspects in SUSPECTS.items():
        if module.encode() not in source:
            continue
        for suspect in suspects:
            if any(word not in source for word in suspect.beside):
                continue
            if not suspect.keyword:
                if any(word in source for word in suspect.words):
                    return True
            elif suspect.keyword in source and _passes(source, suspect.keyword, suspect.words):
                return True
    return False


def _passes(source: bytes, keyword: bytes, words: frozenset[bytes]) -> bool:
    """Whether one of `words` is called with `keyword`, or stands where it is not called at once."""
    quoted = b'"%s"' % keyword in source or b"'%s'" % keyword in source
    if quoted and b"**" in source and any(word in source for word in words):
        return True
    given = False
    for found in re.finditer(rb"%s[ \t]*=(?!=)" % keyword, source):
        given = True
        if any(word in words for word in _callees_around(source, found.start())):
            return True
    # A partial, an alias, an assignment: only words that hardly ever mean anything else are looked for.
    return given and any(b"_" in word and source.count(word) > source.count(word + b"(") for word in words)


def _callees_around(source: bytes, at: int) -> Iterable[bytes]:
    """The words before the two innermost brackets that are open at byte `at`."""
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
