"""TF204: the same fixture declared over and over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.finding import Finding, Fix
from fixer.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.model import Facts
    from fixer.project.fixtures.declarations import Declaration
    from fixer.project.fixtures.interchangeable import Interchangeable
    from fixer.project.project import Project

CODE, NAME = "TF204", "duplicate-fixture"
_SHOWN = 3  # places that a message names


def judge(facts: Facts, project: Project) -> Iterator[Finding]:
    """A finding for each declaration in the file that others of its suite repeat."""
    if facts.problem is not None or not project.fixtures.occurrences(facts.path, "fixture"):
        return
    for name in sorted(project.fixtures.declarations.module(facts.path).own):
        for group in project.interchangeable.get(name, ()):
            for each in group.declarations:
                if each.path == facts.path and each.function is not None:
                    others = [f"{one.path}:{one.line}" for one in group.declarations if one is not each]
                    message = f"fixture `{name}` is declared the same way in {_listed(others)}"
                    yield Finding(CODE, NAME, facts.path, each.function.span, name, message)


def plan(findings: Sequence[Finding], project: Project) -> list[Finding]:
    """One fix for all declarations of a set."""
    from fixer.repairs.move_fixture import unite

    outcomes: dict[int, Fix | str] = {}
    planned = []
    for finding in findings:
        group = _group(finding, project)
        if id(group) not in outcomes:
            outcomes[id(group)] = unite(CODE, group, project)
        outcome = outcomes[id(group)]
        planned.append(
            replace(finding, fix=outcome)
            if isinstance(outcome, Fix)
            else replace(finding, reason_unfixed=outcome)
        )
    return planned


def _group(finding: Finding, project: Project) -> Interchangeable:
    def is_it(each: Declaration) -> bool:
        return (each.path, each.line) == (finding.path, finding.span.line)

    return next(
        group for group in project.interchangeable[finding.name] if any(map(is_it, group.declarations))
    )


def _listed(places: Sequence[str]) -> str:
    if len(places) > _SHOWN:
        return f"{', '.join(places[:_SHOWN])} and {len(places) - _SHOWN} more places"
    return " and ".join(filter(None, (", ".join(places[:-1]), places[-1])))


rule = Rule(
    CODE,
    "the same fixture declared over and over",
    judge,
    plan,
    reads=("body",),
    default=False,
    blocks=False,
)
