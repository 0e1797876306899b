"""Bytes to text as Python itself reads a source file, and its lines as the compiler counts them."""

from __future__ import annotations

import codecs
import re

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
_BLANK = re.compile(rb"^[ \t\f]*(?:[#\r\n]|$)")
_LINE_END = re.compile(r"\r\n|\r|\n")


def encoding_of(source: bytes) -> str:
    """The encoding a source file declares (PEP 263): "utf-8-sig" with a BOM, "utf-8" by default.

    Raises SyntaxError where Python would: an unknown encoding, or a BOM beside another one.
    """
    bom = source.startswith(codecs.BOM_UTF8)
    first, second, *_ = [*source[3 * bom :][:1000].splitlines(), b"", b""]
    cookie = _COOKIE.match(first)
    if cookie is None and _BLANK.match(first):
        cookie = _COOKIE.match(second)
    if cookie is None:
        return "utf-8-sig" if bom else "utf-8"
    declared = cookie.group(1).decode("ascii", "replace")
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        raise SyntaxError(f"unknown encoding: {declared}") from None
    if name == "utf-8-sig":  # Python reads every "utf-8-..." as plain UTF-8
        name = "utf-8"
    if bom:
        if name != "utf-8":
            raise SyntaxError(f"encoding problem: a UTF-8 byte order mark, but the file declares {declared}")
        return "utf-8-sig"
    return name


def decode(source: bytes) -> str:
    """The text of a source file, line ends as they are. Raises SyntaxError or UnicodeDecodeError."""
    return source.decode(encoding_of(source))


def encode(text: str, source: bytes) -> bytes:
    """`text` in the encoding of `source`, the file it came from. Raises UnicodeEncodeError."""
    return text.encode(encoding_of(source))


def lines_of(text: str) -> list[str]:
    """The physical lines without their ends, as the compiler counts them.

    Not `str.splitlines`, which also breaks at form feeds and other characters that Python lets stand.
    """
    return _LINE_END.split(text) if "\r" in text else text.split("\n")


def line_end_of(source: bytes) -> str:
    """How most lines of a file end: CRLF or LF."""
    return "\r\n" if 2 * source.count(b"\r\n") > source.count(b"\n") else "\n"
