"""TF203: a function that tests request as a fixture, and that lost its decorator."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.finding import Finding
from fixer.project.fixtures.explain import undecorated
from fixer.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.model import Facts
    from fixer.project.project import Project

CODE, NAME = "TF203", "undecorated-fixture"


def judge(facts: Facts, project: Project) -> Iterator[Finding]:
    """A finding for each request of such a function."""
    model = project.fixtures
    for lack in model.lacks(facts.path):
        found = undecorated(lack, model)
        if found is not None:
            message = (
                f"fixture '{lack.name}' not found: `{lack.name}` in {found.path}, line {found.function.line},"
                " has no `@pytest.fixture`"
            )
            yield Finding(CODE, NAME, lack.path, lack.span, lack.name, message)


def plan(findings: Sequence[Finding], project: Project) -> list[Finding]:
    """One fix for all requests of a function: its decorator."""
    from fixer.repairs.decorate import decorate

    model = project.fixtures
    lacks = {(lack.path, lack.span, lack.name): lack for f in findings for lack in model.lacks(f.path)}
    planned = []
    for finding in findings:
        found = undecorated(lacks[(finding.path, finding.span, finding.name)], model)
        fix = decorate(CODE, found, project) if found is not None else None
        reason = None if fix is not None else "the function is no longer there"
        planned.append(replace(finding, fix=fix, reason_unfixed=reason))
    return planned


rule = Rule(
    CODE,
    "a function requested as a fixture that lost its decorator",
    judge,
    plan,
    reads=("body",),
)
