"""Whether a file that this Python refuses is sound for a newer one."""

from __future__ import annotations

import ast
import warnings


def needs_newer_python(source: bytes) -> bool:
    """Whether this Python's parser refuses the file and LibCST, which knows newer syntax, takes it."""
    if _is_parsed_here(source):
        return False
    from fixer.codemods.parse import parses  # LibCST: few suites have such a file

    return parses(source)


def _is_parsed_here(source: bytes) -> bool:
    """Whether the parser takes it, so that only a later stage of the compiler refused (`return` outside)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
