"""Text that is safe to print: nothing in it moves the cursor, changes colours or hides what follows."""

from __future__ import annotations

import unicodedata

TAB = 4  # columns between tab stops in a shown source line


def printable(text: str) -> str:
    """The text with control, format, separator and surrogate characters as escapes such as `\\x1b`."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def cells(text: str) -> list[tuple[str, int]]:
    """For each character of a source line what to show for it and how many terminal columns that takes."""
    shown: list[tuple[str, int]] = []
    column = 0
    for char in text:
        if char == "\t":
            width = TAB - column % TAB
            shown.append((" " * width, width))
        elif not char.isprintable():
            escaped = _escape(char)
            width = len(escaped)
            shown.append((escaped, width))
        else:
            width = char_width(char)
            shown.append((char, width))
        column += width
    return shown


def char_width(char: str) -> int:
    """Terminal columns of one printable character: 0 where it combines, 2 for East Asian wide, else 1."""
    if char.isascii():
        return 1
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
