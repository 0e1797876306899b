"""Whether a file that this Python refuses is sound for a newer one."""

from __future__ import annotations

import ast
import sys
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fixer.facts.model import Facts


def needing_newer_python(
    facts_by_path: Mapping[str, Facts], needs: Callable[[str], bool]
) -> dict[str, Facts]:
    """The facts of files with an error of syntax that need a newer Python, with a problem that says so."""
    found: dict[str, Facts] = {}
    version = ".".join(map(str, sys.version_info[:2]))
    for path, facts in facts_by_path.items():
        problem = facts.problem
        if problem is not None and problem.syntax and needs(path):
            message = f"needs a newer Python than {version}, which testfix runs on"
            found[path] = replace(facts, problem=replace(problem, message=message, newer=True))
    return found


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
