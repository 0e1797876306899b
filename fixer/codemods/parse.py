"""A second opinion on syntax."""

from __future__ import annotations

import libcst as cst

from fixer.codemods.depth import is_too_deep


def parses(source: bytes) -> bool:
    """Whether LibCST, which knows newer syntax than an older Python does, can parse the file.

    Whatever it raises means no: it has more ways to fail than it documents (`CSTLogicError` on text that
    is no Python at all).
    """
    if is_too_deep(source.decode("latin-1"), compiles=False):
        return False
    try:
        cst.parse_module(source)
    except Exception:
        return False
    return True
