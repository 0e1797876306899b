"""What a file imports and defines, read by byte search: no parser runs.

It answers "who imports `X`, and from where?" and "who defines `X`?" over a whole project, for files that
are otherwise of no interest. Text inside a multi-line string can look like a statement; what is built on
an outline is evidence to be counted, and must be confirmed where a single one decides.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from fixer.edits import Import
from fixer.facts.model import ImportedName, Outline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PARENTHESIS, _BACKSLASH = b"(\\"

_IMPORT = re.compile(rb"import(?:[ \t]*\(|[ \t\\])")
_COMMENT = re.compile(rb"#[^\n]*")
_WORD = re.compile(rb"[\w\x80-\xff]+")
_DEFINITION = re.compile(
    rb"\n(?:(?:(class)|(?:async[ \t]+)?def)[ \t]+(\w+)|([^\W\d]\w*)[ \t]*(?::[^=\n]+)?=(?!=))"
)
_MAY_DEFINE = re.compile(rb"\n(?:(?:class|def|async[ \t]+def)[ \t]+)?([A-Za-z_]\w*)")
_ALL = re.compile(rb"\n__all__[ \t]*(?::[^=\n]+)?(\+?=)[ \t]*([\[(])([^\])]*)[\])]")
_WHOLE_ALL = re.compile(_ALL.pattern + rb"[ \t]*(?:#[^\n]*)?(?=\n|$)")
_QUOTED = re.compile(rb"""["'](\w+)["']""")
_BUILTIN = re.compile(
    rb"""\bbuiltins\.(\w+)[ \t]*=(?!=)|setattr\(\s*(?:__)?builtins(?:__)?,\s*["'](\w+)["']"""
    rb"""|\bbuiltins\.__dict__\[\s*["'](\w+)["']\s*\][ \t]*="""
)


def read_outline(path: str, source: bytes) -> Outline:
    """The outline of a file. Never fails: what cannot be read is left out."""
    text = _normal(source)
    imports, stars = _imports(text)
    return Outline(path, tuple(imports), tuple(_defined(text)), _exports(text), tuple(stars), _builtins(text))


def read_mentions(path: str, source: bytes, names: frozenset[bytes]) -> Outline:
    """What the outline of a file says of `names` (UTF-8), at a fraction of its cost: most statements of most
    files are passed over. `imports` are those of each statement that mentions one of the names, `exports` and
    `star_imports` are left out, `builtins` are whole."""
    text = _normal(source)
    imports, _ = _imports(text, names)
    return Outline(path, tuple(imports), tuple(_defined_of(text, names)), builtins=_builtins(text))


def read_imported_modules(source: bytes) -> frozenset[str]:
    """The modules that a file imports, or imports from, as it writes them."""
    text = _normal(source)
    return frozenset(found.what.module for found in _imports(text)[0])


def _normal(source: bytes) -> bytes:
    """The text with a line end before its first line, and no other line ends than that."""
    if b"\r" in source:
        source = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return b"\n" + source.removeprefix(b"\xef\xbb\xbf")


def _defined(text: bytes) -> Iterator[tuple[str, str]]:
    """The definitions at the margin, and how each is bound."""
    return _definitions(text, _DEFINITION.finditer(text))


def _defined_of(text: bytes, names: frozenset[bytes]) -> Iterator[tuple[str, str]]:
    """Those of `names` alone."""
    if names.isdisjoint(_MAY_DEFINE.findall(text)):
        return iter(())
    starts = (match.start() for match in _MAY_DEFINE.finditer(text) if match[1] in names)
    return _definitions(text, filter(None, (_DEFINITION.match(text, start) for start in starts)))


def _definitions(text: bytes, matches: Iterable[re.Match[bytes]]) -> Iterator[tuple[str, str]]:
    quotes = _Quotes(text)
    for match in matches:
        if quotes.inside(match.start()):
            continue
        kind, function_or_class, value = match.groups()
        if value is not None:
            yield _name(value), "value"
        else:
            yield _name(function_or_class), _kind(text, match.start(), kind is not None)


def _builtins(text: bytes) -> frozenset[str]:
    found = _BUILTIN.findall(text) if b"builtins" in text else []
    return frozenset(_name(a or b or c) for a, b, c in found)


class _Quotes:
    """Follows triple quotes along a text, to tell code from what only looks like it inside a string."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.open = b""
        self.ahead = {mark: self.find(mark, 0) for mark in (b'"""', b"'''")}  # where each stands next
        self.next = min(self.ahead.values())

    def inside(self, at: int) -> bool:
        """Whether byte `at` (never less than the last time) lies in a triple-quoted string."""
        while self.next < at:
            behind = self.next + 3
            self.open = b"" if self.open else self.text[self.next : behind]
            for mark, place in self.ahead.items():
                if place < behind:
                    self.ahead[mark] = self.find(mark, behind)
            self.next = self.ahead[self.open] if self.open else min(self.ahead.values())
        return bool(self.open)

    def find(self, mark: bytes, start: int) -> int:
        found = self.text.find(mark, start)
        return found if found >= 0 else len(self.text)


def _kind(text: bytes, at: int, is_class: bool) -> str:
    """How the function or class whose line begins behind byte `at` is bound."""
    above = text[text.rfind(b"\n", 0, at) + 1 : at]
    if not above.startswith((b"@", b")")):
        return "class" if is_class else "function"
    decorators = text[max(text.rfind(b"\n\n", 0, at), 0) : at]
    return "fixture" if b"fixture" in decorators else "decorated"


def _imports(text: bytes, names: frozenset[bytes] | None = None) -> tuple[list[ImportedName], list[str]]:
    """The imports, and the modules of which everything is imported; where `names` are given, of those
    statements alone that mention one of them."""
    found: list[ImportedName] = []
    stars: list[str] = []
    typing_only = b"TYPE_CHECKING:" in text
    quotes = _Quotes(text)
    for match in _IMPORT.finditer(text):  # the word alone: a literal is what `re` finds fastest
        start = match.start()
        listed = _listed(text, match.end())
        if names is not None and names.isdisjoint(_WORD.findall(listed)):
            continue
        line = text.rfind(b"\n", 0, start) + 1
        before = text[line:start]
        words = before.split()
        if (words and (len(words) != 2 or words[0] != b"from")) or quotes.inside(line):
            continue
        top_level = not before.startswith((b" ", b"\t"))
        for_typing = typing_only and not top_level and _below_type_checking(text, line - 1)
        for what in _imported(words[1] if words else None, listed):
            if what.name != "*":
                found.append(ImportedName(what, top_level, for_typing))
            elif top_level:
                stars.append(what.module)
    return found, stars


def _listed(text: bytes, start: int) -> bytes:
    """The list of an import that begins at byte `start`, without comments and continuations."""
    if text[start - 1] == _PARENTHESIS:
        end = text.find(b")", start)
        listed = text[start:end] if end > 0 else b""
        return _COMMENT.sub(b"", listed) if b"#" in listed else listed
    end = text.find(b"\n", start)
    while end > 0 and text[end - 1] == _BACKSLASH:
        end = text.find(b"\n", end + 1)
    listed = text[start : end if end > 0 else len(text)].partition(b"#")[0].partition(b";")[0]
    return listed.replace(b"\\\n", b" ")


@lru_cache(maxsize=4096)  # the same statements stand in many files
def _imported(module: bytes | None, listed: bytes) -> tuple[Import, ...]:
    """What an import of the items `listed` binds, from `module` or without one; "*" is a name here."""
    found = []
    for item in _name(listed).split(","):
        words = item.split()
        if len(words) == 1:
            name, alias = words[0], None
        elif len(words) == 3 and words[1] == "as":
            name, alias = words[0], words[2] if words[2] != words[0] else None
        else:
            continue
        if module is not None:
            found.append(Import(_name(module), name, alias))
        elif name != "*":
            found.append(Import(name, None, alias))
    return tuple(found)


def _below_type_checking(text: bytes, at: int) -> bool:
    """Whether the last line at the margin above byte `at` is an `if TYPE_CHECKING:`."""
    block = max(text.rfind(b"\nif TYPE_CHECKING:", 0, at), text.rfind(b".TYPE_CHECKING:", 0, at))
    return block >= 0 and re.search(rb"\n[^\s#]", text[text.find(b"\n", block + 1) : at]) is None


def _exports(text: bytes) -> tuple[str, ...] | None:
    if b"\n__all__" not in text:
        return None
    names: list[str] = []
    for match in _ALL.finditer(text):
        names += [_name(name) for name in _QUOTED.findall(match.group(3))]
    # One that is built in any other way, or goes on behind the bracket, is not known.
    known = text.count(b"__all__") == len(_ALL.findall(text)) == len(_WHOLE_ALL.findall(text))
    return tuple(names) if known else None


def _name(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
