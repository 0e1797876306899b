"""TF302: a keyword that a function, class or dataclass of the project does not have."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.finding import Finding
from fixer.rule import Rule, Withheld

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.model import Facts
    from fixer.project.project import Project

CODE, NAME = "TF302", "unknown-project-keyword"


def judge(facts: Facts, project: Project) -> Iterator[Finding | Withheld]:
    """A finding for every keyword that is none of the callee's parameters."""
    if facts.problem is not None:
        return
    for unknown in project.unknown_keywords(facts.path):
        callee = unknown.callee
        message = f"`{callee.name}` ({callee.place}:{callee.line}) has no parameter `{unknown.keyword.name}`"
        span = unknown.keyword.span
        yield Finding(CODE, NAME, facts.path, span, unknown.keyword.name, message, unknown.nearest)


def plan(findings: Sequence[Finding], project: Project) -> list[Finding]:
    """Repaired only where an entry of the user's says how."""
    from fixer.repairs.own_keywords import repair_own

    planned = []
    for finding in findings:
        for unknown in project.unknown_keywords(finding.path):
            if unknown.keyword.span == finding.span:
                fix, reason = repair_own(CODE, finding.path, unknown, project)
                planned.append(replace(finding, fix=fix, reason_unfixed=reason))
                break
    return planned


rule = Rule(CODE, "a keyword that the project's own callee does not have", judge, plan)
