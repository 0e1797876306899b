"""A second opinion on syntax."""

from __future__ import annotations

import re

import libcst as cst

_DEEPEST = 200


def parses(source: bytes) -> bool:
    """Whether LibCST, which knows newer syntax than an older Python does, can parse the file.

    Whatever it raises means no: it has more ways to fail than it documents (`CSTLogicError` on text that
    is no Python at all).
    """
    if _is_deep(source):  # LibCST would overflow the stack, which nothing catches
        return False
    try:
        cst.parse_module(source)
    except Exception:
        return False
    return True


def _is_deep(source: bytes) -> bool:
    """Whether brackets are nested deeper than CPython's tokenizer allows (MAXLEVEL in `tokenizer.h`: 200).
    Those in strings and comments count too, so a few odd files do without the second opinion."""
    depth = 0
    for bracket in re.findall(rb"[\[\](){}]", source):
        depth = depth + 1 if bracket in b"[({" else max(depth - 1, 0)
        if depth > _DEEPEST:
            return True
    return False
