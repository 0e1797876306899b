"""What a file imports and defines, read by byte search: no parser runs.

It answers "who imports `X`, and from where?" and "who defines `X`?" over a whole project, for files that
are otherwise of no interest. Text inside a multi-line string can look like a statement; what is built on
an outline is evidence to be counted, and must be confirmed where a single one decides.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from fixer.facts.model import ImportedName, Outline
from fixer.import_statement import Import

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PARENTHESIS, _BACKSLASH = b"(\\"

_IMPORT = re.compile(rb"import(?:[ \t]*\(|[ \t\\])")
_COMMENT = re.compile(rb"#[^\n]*")
_DEFINITION = re.compile(
    rb"\n(?:(?:(class)|(?:async[ \t]+)?def)[ \t]+(\w+)|([^\W\d]\w*)[ \t]*(?::[^=\n]+)?=(?!=))"
)
_MAY_DEFINE = re.compile(rb"\n(?:(?:class|def|async[ \t]+def)[ \t]+)?([A-Za-z_]\w*)")
_ALL = re.compile(rb"\n__all__[ \t]*(?::[^=\n]+)?(\+?=)[ \t]*([\[(])([^\])]*)[\])]")
_WHOLE_ALL = re.compile(_ALL.pattern + rb"[ \t]*(?:#[^\n]*)?(?=\n|$)")
_QUOTED = re.compile(rb"""["'](\w+)["']""")
_BUILTINS_AS = re.compile(rb"\bbuiltins[ \t]+as[ \t]+(\w+)")


def read_outline(path: str, source: bytes) -> Outline:
    """The outline of a file. Never fails: what cannot be read is left out."""
    text = _normal(source)
    quotes = _Quotes(text)
    imports, stars = _imports(quotes)
    defined = _defined(quotes.again(), _DEFINITION.finditer(text))
    return Outline(path, tuple(imports), tuple(defined), _exports(text), tuple(stars), _builtins(text))


def read_mentions(path: str, source: bytes, names: frozenset[str]) -> Outline:
    """What the outline of a file says of `names`, at a fraction of its cost: most statements of most files
    are passed over. `imports` are those of each statement that binds one of the names, `exports` and
    `star_imports` are left out, `builtins` are whole."""
    text = _normal(source)
    quotes = _Quotes(text)
    imports, _ = _imports(quotes, names)
    defined = _defined(quotes.again(), _definitions_of(_encoded(names), text))
    return Outline(path, tuple(imports), tuple(defined), builtins=_builtins(text))


@lru_cache(maxsize=1)
def _encoded(names: frozenset[str]) -> frozenset[bytes]:
    return frozenset(name.encode() for name in names)


def read_imports(source: bytes) -> frozenset[Import]:
    """What a file imports, anywhere in it."""
    imports, _ = _imports(_Quotes(_normal(source)))
    return frozenset(found.what for found in imports)


def _normal(source: bytes) -> bytes:
    """The text with a line end before its first line, and no other line ends than that."""
    if b"\r" in source:
        source = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return b"\n" + source.removeprefix(b"\xef\xbb\xbf")


def _definitions_of(names: frozenset[bytes], text: bytes) -> Iterator[re.Match[bytes]]:
    """The matches of `_DEFINITION` that bind one of `names`."""
    if not names.isdisjoint(_MAY_DEFINE.findall(text)):
        for line in _MAY_DEFINE.finditer(text):
            match = _DEFINITION.match(text, line.start()) if line[1] in names else None
            if match is not None:
                yield match


def _defined(quotes: _Quotes, matches: Iterable[re.Match[bytes]]) -> Iterator[tuple[str, str]]:
    """What `matches` of `_DEFINITION` bind at the margin, and how."""
    for match in matches:
        if quotes.inside(match.start()):
            continue
        kind, function_or_class, value = match.groups()
        if value is not None:
            yield _name(value), "value"
        else:
            yield _name(function_or_class), _kind(quotes.text, match.start(), kind is not None)


def _builtins(text: bytes) -> frozenset[str]:
    if b"builtins" not in text:
        return frozenset()
    found = _builtin_set(frozenset(_BUILTINS_AS.findall(text))).findall(text)
    return frozenset(_name(a or b or c) for a, b, c in found)


@lru_cache(maxsize=8)
def _builtin_set(aliases: frozenset[bytes]) -> re.Pattern[bytes]:
    """What puts a name into `builtins`, which may have other names in the file, too."""
    module = b"|".join([b"builtins", *sorted(aliases)])
    return re.compile(
        rb"""\b(?:%b)\.(\w+)[ \t]*=(?!=)|setattr\(\s*(?:__builtins__|%b),\s*["'](\w+)["']"""
        rb"""|\b(?:%b)\.__dict__\[\s*["'](\w+)["']\s*\][ \t]*=(?!=)""" % (module, module, module)
    )


class _Quotes:
    """Follows triple quotes along a text, to tell code from what only looks like it inside a string."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.at = 0
        self.open = b""
        self.marks = [mark for mark in (b'"""', b"'''") if mark in text]

    def inside(self, at: int) -> bool:
        """Whether byte `at` (never less than the last time) lies in a triple-quoted string."""
        if len(self.marks) == 1:
            if self.text.count(self.marks[0], self.at, at) % 2:
                self.open = b"" if self.open else self.marks[0]
            self.at = at
        while len(self.marks) == 2 and self.at < at:
            places = {self.text.find(mark, self.at, at): mark for mark in self.marks}
            if self.open:
                places = {place: mark for place, mark in places.items() if mark == self.open}
            places.pop(-1, None)
            first = min(places, default=at)
            if first < at:
                self.open = b"" if self.open else places[first]
            self.at = first + 3 if first < at else at
        return bool(self.open)

    def again(self) -> _Quotes:
        """The same, to be asked from the beginning."""
        self.at, self.open = 0, b""
        return self


def _kind(text: bytes, at: int, is_class: bool) -> str:
    """How the function or class whose line begins behind byte `at` is bound."""
    above = text[text.rfind(b"\n", 0, at) + 1 : at]
    if not above.startswith((b"@", b")")):
        return "class" if is_class else "function"
    decorators = text[max(text.rfind(b"\n\n", 0, at), 0) : at]
    return "fixture" if b"fixture" in decorators else "decorated"


def _imports(quotes: _Quotes, names: frozenset[str] | None = None) -> tuple[list[ImportedName], list[str]]:
    """The imports, and the modules of which everything is imported; where `names` are given, only of
    statements that bind one of them."""
    found: list[ImportedName] = []
    stars: list[str] = []
    text = quotes.text
    typing_only = b"TYPE_CHECKING:" in text
    for match in _IMPORT.finditer(text):  # the word alone: a literal is what `re` finds fastest
        start, end = match.span()
        line = text.rfind(b"\n", 0, start) + 1
        bound, imports = _imported(text[line:start].strip(), _listed(text, end))
        if not imports or (names is not None and names.isdisjoint(bound)) or quotes.inside(line):
            continue
        top_level = text[line] not in b" \t"
        for_typing = typing_only and not top_level and _below_type_checking(text, line - 1)
        for what in imports:
            if what.name != "*":
                found.append(ImportedName(what, top_level, for_typing))
            elif top_level:
                stars.append(what.module)
    return found, stars


def _listed(text: bytes, start: int) -> bytes:
    """The list of an import that begins at byte `start`, as it is written, with a leading parenthesis."""
    if text[start - 1] == _PARENTHESIS:
        end = text.find(b")", start)
        return text[start - 1 : end] if end > 0 else b""
    end = text.find(b"\n", start)
    while end > 0 and text[end - 1] == _BACKSLASH:
        end = text.find(b"\n", end + 1)
    return text[start : end if end > 0 else len(text)]


@lru_cache(maxsize=8192)  # the same statements stand in many files
def _imported(before: bytes, listed: bytes) -> tuple[frozenset[str], tuple[Import, ...]]:
    """What is bound by an import of the items `listed`, with the text `before` on its line: names and
    imports, "*" among them. Nothing if it is no statement."""
    words = _name(before).split()
    if words and (len(words) != 2 or words[0] != "from"):
        return frozenset(), ()
    if listed.startswith(b"("):
        listed = _COMMENT.sub(b"", listed[1:])
    else:
        listed = listed.partition(b"#")[0].partition(b";")[0].replace(b"\\\n", b" ")
    found = []
    for item in map(str.split, _name(listed).split(",")):
        if len(item) == 1:
            name, alias = item[0], None
        elif len(item) == 3 and item[1] == "as":
            name, alias = item[0], item[2] if item[2] != item[0] else None
        else:
            continue
        if words:
            found.append(Import(words[1], name, alias))
        elif name != "*":
            found.append(Import(name, None, alias))
    return frozenset(what.bound for what in found), tuple(found)


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
