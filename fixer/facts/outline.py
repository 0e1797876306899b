"""What a file imports and defines, read by byte search: no parser runs.

It answers "who imports `X`, and from where?" and "who defines `X`?" over a whole project, for files that
are otherwise of no interest. Text inside a multi-line string can look like a statement; what is built on
an outline is evidence to be counted, and must be confirmed where a single one decides.
"""

from __future__ import annotations

import re

from fixer.edits import Import
from fixer.facts.model import ImportedName, Outline

_IMPORT = re.compile(rb"import(?:[ \t]*\(|[ \t\\])")
_COMMENT = re.compile(rb"#[^\n]*")
_DEFINITION = re.compile(
    rb"\n(?:(?:(class)|(?:async[ \t]+)?def)[ \t]+(\w+)|([^\W\d]\w*)[ \t]*(?::[^=\n]+)?=(?!=))"
)
_ALL = re.compile(rb"\n__all__[ \t]*(?::[^=\n]+)?(\+?=)[ \t]*([\[(])([^\])]*)[\])]")
_WHOLE_ALL = re.compile(_ALL.pattern + rb"[ \t]*(?:#[^\n]*)?(?=\n|$)")
_QUOTED = re.compile(rb"""["'](\w+)["']""")
_TRIPLE = re.compile(rb'"""|\'\'\'')
_BUILTIN = re.compile(
    rb"""\bbuiltins\.(\w+)[ \t]*=(?!=)|setattr\(\s*(?:__)?builtins(?:__)?,\s*["'](\w+)["']"""
    rb"""|\bbuiltins\.__dict__\[\s*["'](\w+)["']\s*\][ \t]*="""
)


def read_outline(path: str, source: bytes) -> Outline:
    """The outline of a file. Never fails: what cannot be read is left out."""
    if b"\r" in source:
        source = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    text = b"\n" + source.removeprefix(b"\xef\xbb\xbf")
    imports, stars = _imports(text)
    defined = []
    quotes = _Quotes(text)
    for match in _DEFINITION.finditer(text):
        if quotes.inside(match.start()):
            continue
        kind, function_or_class, value = match.groups()
        if value is not None:
            defined.append((_name(value), "value"))
        else:
            defined.append((_name(function_or_class), _kind(text, match.start(), kind is not None)))
    builtins = _BUILTIN.findall(text) if b"builtins" in text else []
    return Outline(
        path,
        tuple(imports),
        tuple(defined),
        _exports(text),
        tuple(stars),
        frozenset(_name(a or b or c) for a, b, c in builtins),
    )


class _Quotes:
    """Follows triple quotes along a text, to tell code from what only looks like it inside a string."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.at = 0
        self.open = b""

    def inside(self, at: int) -> bool:
        """Whether byte `at` (never less than the last time) lies in a triple-quoted string."""
        for mark in _TRIPLE.findall(self.text, self.at, at):
            if not self.open:
                self.open = mark
            elif mark == self.open:
                self.open = b""
        self.at = at
        return bool(self.open)


def _kind(text: bytes, at: int, is_class: bool) -> str:
    """How the function or class whose line begins behind byte `at` is bound."""
    above = text[text.rfind(b"\n", 0, at) + 1 : at]
    if not above.startswith((b"@", b")")):
        return "class" if is_class else "function"
    decorators = text[max(text.rfind(b"\n\n", 0, at), 0) : at]
    return "fixture" if b"fixture" in decorators else "decorated"


def _imports(text: bytes) -> tuple[list[ImportedName], list[str]]:
    found: list[ImportedName] = []
    stars: list[str] = []
    typing_only = b"TYPE_CHECKING:" in text
    quotes = _Quotes(text)
    for match in _IMPORT.finditer(text):  # the word alone: a literal is what `re` finds fastest
        line = text.rfind(b"\n", 0, match.start()) + 1
        before = text[line : match.start()]
        words = before.split()
        if (words and (len(words) != 2 or words[0] != b"from")) or quotes.inside(line):
            continue
        module = _name(words[1]) if words else None
        top_level = not before.startswith((b" ", b"\t"))
        for_typing = typing_only and not top_level and _below_type_checking(text, line - 1)
        for item in _items(text, match.end()):
            if len(item) == 1:
                name, alias = item[0], None
            elif len(item) == 3 and item[1] == "as":
                name, alias = item[0], item[2] if item[2] != item[0] else None
            else:
                continue
            if name == "*":
                if top_level and module is not None:
                    stars.append(module)
                continue
            what = Import(name, None, alias) if module is None else Import(module, name, alias)
            found.append(ImportedName(what, top_level, for_typing))
    return found, stars


def _items(text: bytes, start: int) -> list[list[str]]:
    """The words of each item of an import list that begins at byte `start`: a name, or `name as alias`."""
    if text[start - 1 : start] == b"(":
        end = text.find(b")", start)
        listed = text[start:end] if end > 0 else b""
        if b"#" in listed:
            listed = _COMMENT.sub(b"", listed)
    else:
        end = text.find(b"\n", start)
        while end > 0 and text[end - 1 : end] == b"\\":
            end = text.find(b"\n", end + 1)
        listed = text[start : end if end > 0 else len(text)].partition(b"#")[0].partition(b";")[0]
        listed = listed.replace(b"\\\n", b" ")
    return [item.split() for item in _name(listed).split(",")]


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
