"""Whether a file may call something with a keyword that some version refuses: a byte search, no parser.

What it looks for is in suspect_words.py, which is made from the tables in `known/`.
"""

from __future__ import annotations

import re
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING

from fixer.facts import keyword_scan
from fixer.facts.suspect_words import SUSPECTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixer.facts.suspect_words import Suspect

_IMPORT = re.compile(rb"import[ \t]")  # begins with a literal, and so is found fast
_WORD = re.compile(rb"(\w+)\s*$")
_SPLAT = re.compile(rb"\*\*[A-Za-z_{(]")
_PARTIAL = re.compile(rb"partial\(\s*(?:\w+\.)*(\w+)")
_BEFORE = (b" ", b"\t", b"\n", b"(", b",")
_APART = bytes.maketrans(b"(,=", b"   ")
_TAIL = itemgetter(slice(-24, None))  # a keyword, and what stands around it
_UNCALLED = re.compile(rb"(?![\w(\"'`])")
_NEAR = 200  # bytes in which most commas and comments stand before an argument
_FURTHEST = 4000  # bytes between a call's bracket and its keyword
_MODULES = {module.encode(): module for module in SUSPECTS}
_BY_KEYWORD = {
    module: {
        keyword: [suspect for suspect in suspects if suspect.keyword == keyword]
        for keyword in dict.fromkeys(suspect.keyword for suspect in suspects)
    }
    for module, suspects in SUSPECTS.items()
}
_KEYWORDS = frozenset(keyword for keywords in _BY_KEYWORD.values() for keyword in keywords)
_CALLEES = {
    module: frozenset(word.decode().partition("(")[0] for suspect in suspects for word in suspect.words)
    for module, suspects in SUSPECTS.items()
}
_NONE_FIRST = b"(None"  # behind a word: its first argument counts as a keyword
_BARE_CALLEES = {
    module: frozenset(
        word.removesuffix(_NONE_FIRST).decode()
        for suspect in suspects
        for word in suspect.words
        if word.endswith(_NONE_FIRST) or suspect.keyword == word
    )
    for module, suspects in SUSPECTS.items()
}


def suspected_modules() -> frozenset[str]:
    """The top-level modules that the tables speak of."""
    return frozenset(SUSPECTS)


def is_suspected(path: str, has_keywords: bool) -> bool:
    """Whether the tables may speak of a call of `path`, with keywords or without any."""
    top, _, rest = path.partition(".")
    if top.startswith("<"):
        top = "asyncio" if top == "<event_loop>" else top.strip("<>")
    top = top.removesuffix("()")
    callees = _CALLEES if has_keywords else _BARE_CALLEES
    return bool(rest) and path.rpartition(".")[2] in callees.get(top, frozenset())


def may_be_refused(source: bytes) -> bool:
    """Whether the bytes of a file hold a suspected module, keyword and callee in the same call, as far as
    a search can tell; False means that no entry of the tables applies."""
    modules, renamed = _imported(source)
    return bool(modules) and any(map(_Search(source, renamed).module, modules))


def _imported(source: bytes) -> tuple[list[str], set[bytes]]:
    """Those of `_MODULES` that the file seems to import (`asyncio` for the fixture `event_loop` too), and the
    names to which an import gives another name."""
    found: set[bytes] = set()
    renamed: set[bytes] = set()
    for match in _IMPORT.finditer(source):
        at = match.start()
        before = source[source.rfind(b"\n", 0, at) + 1 : at].strip()
        end = source.find(b"\n", at)
        listed = source[at + 7 : end if end > 0 else len(source)]
        if not before:
            found.update(name.strip().partition(b" ")[0].partition(b".")[0] for name in listed.split(b","))
        elif before.startswith(b"from"):
            found.add(before[4:].strip().partition(b".")[0])
        elif b"from" in before.split():
            found.add(before.split()[-1].partition(b".")[0])
        if b" as " in listed:
            renamed.update(name.split()[0] for name in listed.split(b",") if b" as " in name)
    if b"event_loop" in source:
        found.add(b"asyncio")
    return [_MODULES[name] for name in _MODULES.keys() & found], renamed


class _Search:
    """What is found in one file, each keyword looked for once."""

    def __init__(self, source: bytes, renamed: set[bytes]) -> None:
        self.source = source
        self.renamed = renamed
        # What stands before each "=": a fraction of the file, split into words once for all keywords.
        self.assigned = b"=".join(set(map(_TAIL, source.split(b"=")))) + b"="
        self.passed = _KEYWORDS.intersection(self.assigned.translate(_APART).split())
        self.found: dict[bytes, set[bytes]] = {}
        self.elsewhere: dict[bytes, set[bytes]] = {}

    def module(self, name: str) -> bool:
        for keyword, suspects in _BY_KEYWORD[name].items():
            if not keyword:
                if any(
                    self.is_called(name.encode(), word, each.fine) for each in suspects for word in each.words
                ):
                    return True
            elif self.callees(keyword) and any(
                self.passes(name.encode(), keyword, each) for each in suspects
            ):
                return True
        return False

    def is_called(self, module: bytes, word: bytes, fine: frozenset[bytes]) -> bool:
        """Whether `word` is called with a keyword that is not `fine`, or stands where it is not called."""
        if word not in self.source:
            return False
        if word.endswith(_NONE_FIRST) or keyword_scan.keywords_of_any(self.source, word) - fine:
            return True
        return _is_uncalled(self.source, module, word)

    def passes(self, module: bytes, keyword: bytes, suspect: Suspect) -> bool:
        """Whether a call of the suspect passes the keyword, or may do so under another name."""
        found = self.callees(keyword)
        if not suspect.words & found and not (
            (keyword_scan.SPLAT in found and any(map(self.takes_splat, suspect.words)))
            or suspect.words & self.other_names(module)
        ):
            return False
        return suspect.maker in self.source and all(
            re.search(rb"\b%s ?=" % word, self.assigned) for word in suspect.beside
        )

    def other_names(self, module: bytes) -> set[bytes]:
        """What an import, an assignment or a partial may give another name to."""
        if module not in self.elsewhere:
            found = set(self.renamed)
            found.update(re.findall(rb"= %s\.(\w+)[ \t\r]*\n" % module, self.source))
            found.update(_PARTIAL.findall(self.source))
            self.elsewhere[module] = found
        return self.elsewhere[module]

    def callees(self, keyword: bytes) -> set[bytes]:
        """The last names of what is called with `keyword`; SPLAT where it is a key and there is a `**`."""
        if keyword in self.found:
            return self.found[keyword]
        source = self.source
        found = self.found[keyword] = set()
        for needle in (keyword + b"=", keyword + b" =") if keyword in self.passed else ():
            at = source.find(needle) if needle in self.assigned else -1
            while at >= 0:
                if source[at - 1 : at] in _BEFORE and _is_argument(source, at):
                    found.update(_callees_around(source, at))
                at = source.find(needle, at + len(needle))
        if keyword in self.keys:
            found.add(keyword_scan.SPLAT)
        return found

    @cached_property
    def keys(self) -> frozenset[bytes]:
        """The keywords that are a text, where there is a `**` to hand them on."""
        if not _has_splat(self.source):
            return frozenset()
        return _KEYWORDS.intersection(self.source.split(b'"') + self.source.split(b"'"))

    def takes_splat(self, word: bytes) -> bool:
        return keyword_scan.SPLAT in keyword_scan.keywords_of_any(self.source, word)


def _is_uncalled(source: bytes, module: bytes, word: bytes) -> bool:
    """Whether the file speaks of `module.word` without calling it, or imports `word` under another name."""
    dotted = b"." + word
    at = source.find(dotted)
    while at >= 0:
        start, end = source.rfind(module, max(at - 80, 0), at), at + len(dotted)
        if start >= 0 and _UNCALLED.match(source, end) and re.fullmatch(rb"[\w.]*", source[start:at]):
            return True
        at = source.find(dotted, end)
    renamed = word + b" as "
    at = source.find(renamed)
    while at >= 0:
        if b"import" in source[source.rfind(b"\n", 0, at) + 1 : at]:
            return True
        at = source.find(renamed, at + 1)
    return False


def _has_splat(source: bytes) -> bool:
    """Whether some `**` may hand keywords on."""
    return any(_is_argument(source, match.start()) for match in _SPLAT.finditer(source))


def _is_argument(source: bytes, at: int) -> bool:
    """Whether what begins at byte `at` stands behind a bracket or comma, or a comment behind one."""
    before = source[max(at - _NEAR, 0) : at].rstrip()
    if b"\n" not in before and at > _NEAR:  # a long comment, or a long line
        before = source[max(at - _FURTHEST, 0) : at].rstrip()
    return before.endswith((b"(", b",")) or b"#" in before[before.rfind(b"\n") + 1 :]


def _may_be_quoted(source: bytes, opened: int, at: int) -> bool:
    """Whether the bracket at byte `opened` may stand in a string that ends before byte `at`."""
    behind = source[opened:at]
    if b"'" not in behind and b'"' not in behind:
        return False
    line = source[source.rfind(b"\n", 0, opened) + 1 : opened]
    return line.count(b"'") % 2 + line.count(b'"') % 2 > 0 or b"'''" in behind or b'"""' in behind


def _callees_around(source: bytes, at: int) -> Iterator[bytes]:
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
        if not _may_be_quoted(source, opened, at):
            return
