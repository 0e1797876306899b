"""A second opinion on syntax."""

from __future__ import annotations

import libcst as cst


def parses(source: bytes) -> bool:
    """Whether LibCST, which knows newer syntax than an older Python does, can parse the file."""
    try:
        cst.parse_module(source)
    except (cst.ParserSyntaxError, UnicodeError, LookupError, RecursionError):
        return False
    return True
