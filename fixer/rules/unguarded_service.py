"""TF401: a test or fixture that reaches a declared service, and fails hard where it is down."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.finding import Finding
from fixer.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.model import Facts
    from fixer.project.project import Project

CODE, NAME = "TF401", "unguarded-service"


def judge(facts: Facts, project: Project) -> Iterator[Finding]:
    """A finding for the first call of each test or fixture that reaches a service nothing guards."""
    if facts.problem is not None:
        return
    for found in project.unguarded(facts.path):
        service = found.service
        message = (
            f"`{found.function.name}` reaches {service.name} ({service.url}), and fails where it is down"
        )
        yield Finding(CODE, NAME, facts.path, found.reach.span, service.name, message)


def plan(findings: Sequence[Finding], project: Project) -> list[Finding]:
    """The guard of the service is requested, and made in one conftest for all."""
    from fixer.repairs.guard_service import guard_service

    planned = []
    for finding in findings:
        found = next(
            each for each in project.unguarded(finding.path)
            if (each.reach.span, each.service.name) == (finding.span, finding.name)
        )  # fmt: skip
        fix = guard_service(CODE, found, project)
        if isinstance(fix, str):
            planned.append(replace(finding, reason_unfixed=fix))
        else:
            planned.append(replace(finding, fix=fix))
    return planned


rule = Rule(CODE, "a test that reaches a service and fails hard where it is down", judge, plan, default=False)
