"""How deep the syntax tree of a text can be. LibCST has to be asked afterwards: where its parser overflows
the stack, nothing catches that."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass

# In units of what LibCST's parser needs for one operator: about 1,200 bytes of stack (LibCST 1.8, 64 bits). A
# main thread has 8 MB of it on Linux and macOS and 2 MB on Windows, so this leaves half.
_DEEPEST = 800
_BRACKET = 6
_BLOCK = 20
_OPERATOR = re.compile(r"[^\w\s,;:=)\]}]|\b(?:and|else|elif|for|if|in|is|lambda|not|or|await|yield)\b")
_FLAT = frozenset([",", ";", ":", "=", ")", "]", "}"])
_KEYWORDS = frozenset(["and", "else", "for", "if", "in", "is", "lambda", "not", "or", "await", "yield"])
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_INDENTATION = re.compile(r"^[ \t\f]*", re.MULTILINE)


def is_too_deep(text: str, compiles: bool = True) -> bool:
    """Whether LibCST should not be handed the text. Few texts are looked at closely.

    `compiles`: on the Python that this runs on, so that its tokenizer knows where strings end.
    """
    if _all_of(text) + _BLOCK * max(map(len, _INDENTATION.findall(text))) <= _DEEPEST:
        return False
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # `tokenize` skips what is behind a blank "\r"
    try:
        return _depth(text, compiles) > _DEEPEST
    except (tokenize.TokenError, SyntaxError):
        return True


def _all_of(text: str) -> int:
    """What a text can reach if everything in it nests, blocks apart."""
    brackets = sum(text.count(bracket) for bracket in _OPENING)
    return _BRACKET * brackets + len(_OPERATOR.findall(text))


def _fields(word: str) -> list[str]:
    """What is between braces, inner ones included. Doubled braces are not told apart."""
    fields, start, open_braces = [""], 0, 0
    for brace in re.finditer(r"[{}]", word):
        if brace[0] == "{":
            start = start if open_braces else brace.start()
            open_braces += 1
        elif open_braces:
            open_braces -= 1
            if not open_braces:
                fields.append(word[start : brace.end()])
    return fields if not open_braces else [word]


@dataclass(slots=True)
class _Level:
    """What is between two brackets: operators of the item before the next comma, the deepest bracket in it,
    and the deepest item."""

    operators: int = 0
    inside: int = 0
    deepest: int = 0

    def next_item(self) -> None:
        self.deepest = max(self.deepest, self.operators + self.inside)
        self.operators = self.inside = 0


def _depth(text: str, compiles: bool) -> int:
    """An upper bound: a way down the tree meets each operator of an item once, and enters one bracket. Raises
    TokenError and SyntaxError."""
    blocks = chained = 0
    deepest = 0
    levels = [_Level()]
    before = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind, word = token.type, token.string
        name = tokenize.tok_name[kind]
        if kind == tokenize.INDENT:
            blocks += 1
        elif kind == tokenize.DEDENT:
            blocks -= 1
        elif kind == tokenize.NEWLINE:
            levels[0].next_item()
            deepest = max(deepest, levels[0].deepest + chained + _BLOCK * blocks)
            levels = [_Level()]
        elif name.endswith("STRING_START") or word in _OPENING:
            levels.append(_Level())
        elif name.endswith("STRING_END") or word in _CLOSING:
            if len(levels) > 1:
                closed = levels.pop()
                closed.next_item()
                levels[-1].inside = max(levels[-1].inside, _BRACKET + closed.deepest)
            levels[-1].operators += 1
        elif word == ",":
            levels[-1].next_item()
        elif word == "elif":  # nests in the one before
            chained += 1
        elif kind == tokenize.STRING:
            levels[-1].operators += before == tokenize.STRING  # joined by standing side by side
            if not compiles:
                levels[-1].inside = max(levels[-1].inside, _all_of(word))
            elif "{" in word and "f" in word[:2].lower():  # before Python 3.12 one token
                levels[-1].inside = max(levels[-1].inside, *map(_all_of, _fields(word)))
        elif word in _KEYWORDS or (kind == tokenize.OP and word not in _FLAT):
            levels[-1].operators += 1
        before = kind
    return deepest
