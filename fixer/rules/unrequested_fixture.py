"""TF202: the name of a visible fixture, used in a test or fixture that does not request it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.finding import Finding, Fix, Safety
from fixer.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.model import Facts
    from fixer.project.project import Project

CODE, NAME = "TF202", "unrequested-fixture"


def judge(facts: Facts, project: Project) -> Iterator[Finding]:
    """A finding for each use of a name that is undefined, and a fixture that can be had."""
    for found in project.unrequested(facts):
        use, function = found.use, found.function
        message = f"`{use.name}` is a fixture that `{function.name}` does not request"
        yield Finding(CODE, NAME, facts.path, use.span, use.name, message)


def plan(findings: Sequence[Finding], project: Project) -> list[Finding]:
    """One fix for all uses of a fixture in a function: the parameter."""
    from fixer.edits import AddParameter

    functions = {
        (facts.path, found.use.span): found.function
        for facts in (project.facts[path] for path in dict.fromkeys(each.path for each in findings))
        for found in project.unrequested(facts)
    }
    planned = []
    for finding in findings:
        function = functions[(finding.path, finding.span)]
        if any(each.kind == "positional-only" and each.has_default for each in function.parameters):
            reason = f"the parameters of `{function.name}` leave no place for one without a default"
            planned.append(replace(finding, reason_unfixed=reason))
            continue
        edit = AddParameter(finding.path, function.line, function.column, function.name, finding.name)
        fix_id = f"{CODE}:{finding.path}:{function.line}:{finding.name}"
        why = "nothing binds the name, and the fixture is visible from here"
        planned.append(replace(finding, fix=Fix(fix_id, (edit,), Safety.SAFE, why)))
    return planned


rule = Rule(
    CODE,
    "a visible fixture used in a body but not requested",
    judge,
    plan,
    reads=("body",),
)
