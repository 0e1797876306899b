"""TF102: `mock`, the backport, imported where `unittest.mock` serves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.finding import Finding, Fix, Safety
from fixer.import_statement import Import, statements
from fixer.known.mock_names import mock_names, why_missing
from fixer.rule import Rule, Withheld

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.model import BackportImport, Facts
    from fixer.project.project import Project

CODE, NAME = "TF102", "mock-backport"

_WHY = "`unittest.mock` offers the same on every Python from 3.8 on, and the project does not declare `mock`"


def judge(facts: Facts, project: Project) -> Iterator[Finding | Withheld]:
    """A finding for every import statement of the backport, unless something provides it."""
    if not facts.backport or project.has_distribution("mock"):
        return
    if project.modules.find("mock", facts.path) is not None:
        return
    for found in facts.backport:
        if not found.fallback:
            message = "imports the `mock` backport, which the project does not declare"
            yield Finding(CODE, NAME, facts.path, found.span, found.old[0].bound, message)


def plan(findings: Sequence[Finding], project: Project) -> list[Finding]:
    """One fix for all imports of a file: they share the names that the file uses."""
    outcomes: dict[str, Fix | str] = {}
    planned = []
    for finding in findings:
        path = finding.path
        if path not in outcomes:
            imports = [found for found in project.facts[path].backport if not found.fallback]
            outcomes[path] = _fix(path, imports)
        outcome = outcomes[path]
        if isinstance(outcome, str):
            planned.append(replace(finding, reason_unfixed=outcome))
        else:
            planned.append(replace(finding, fix=outcome))
    return planned


def _fix(path: str, imports: Sequence[BackportImport]) -> Fix | str:
    """The fix, or the reason why there is none."""
    from fixer.edits import ReplaceImport

    known = mock_names()
    for found in imports:
        asked = [what.name for what in found.old if what.name is not None and what.name not in ("*", "mock")]
        missing = [name for name in (*asked, *sorted(found.used)) if name not in known]
        if missing:
            return why_missing(missing[0])
        if not found.movable and (not found.alone or len(statements(_new(found))) > 1):
            return f"two statements would have to take the place of the one on line {found.span.line}"
    edits = tuple(
        ReplaceImport(path, found.span.line, found.span.column, found.old, _new(found)) for found in imports
    )
    return Fix(f"{CODE}:{path}", edits, Safety.SAFE, _WHY)


def _new(found: BackportImport) -> tuple[Import, ...]:
    return tuple(dict.fromkeys(map(_standard, found.old)))


def _standard(what: Import) -> Import:
    """The import from the standard library that binds the same name to the same thing."""
    if what.name is None or (what.module, what.name) == ("mock", "mock"):
        alias = what.asname if what.asname != "mock" else None
        return Import("unittest", "mock", alias)
    return Import("unittest.mock", what.name, what.asname)


rule = Rule(CODE, "`mock` imported where `unittest.mock` serves", judge, plan)
