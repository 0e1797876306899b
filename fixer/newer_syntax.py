"""Files that the parser of this Python refuses, and that a newer one takes."""

from __future__ import annotations

import ast
import sys
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fixer.facts.model import Facts
    from fixer.files import Files


def needing_newer_python(facts_by_path: Mapping[str, Facts], files: Files) -> dict[str, Facts]:
    """The facts of such files, with a problem that says so. LibCST is asked about all with a syntax error."""
    found: dict[str, Facts] = {}
    for path, facts in facts_by_path.items():
        problem = facts.problem
        if problem is None or not problem.syntax:
            continue
        from fixer.codemods.parse import parses

        source = files.read(path)
        if not _is_parsed_here(source) and parses(source):
            version = ".".join(map(str, sys.version_info[:2]))
            message = f"needs a newer Python than {version}, which testfix runs on"
            found[path] = replace(facts, problem=replace(problem, message=message, newer=True))
    return found


def _is_parsed_here(source: bytes) -> bool:
    """Whether the parser takes it, so that only a later stage of the compiler refused (`return` outside)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
