"""TF202: the name of a visible fixture, used in a test or fixture that does not request it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.finding import Finding, Fix, Safety
from fixer.project.fixtures.explain import requests
from fixer.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.model import Facts
    from fixer.project.project import Project

CODE, NAME = "TF202", "unrequested-fixture"
_WHY = {
    "fixture": "nothing binds the name, and the fixture is visible from here",
    "itself": "the value of the fixture is meant: its function has no such attribute",
    "argument": "nothing binds the name, and pytest refuses the test as it is",
}


def judge(facts: Facts, project: Project) -> Iterator[Finding]:
    """A finding for each use of a name that is undefined, and a fixture that can be had."""
    for found in project.unrequested(facts):
        use, function = found.use, found.function
        message = f"`{use.name}` is a fixture that `{function.name}` does not request"
        if found.kind == "itself":
            message += ", and here it is the function that makes it"
        elif found.kind == "argument":
            message = f"`{use.name}` is an argument of parametrize that `{function.name}` does not take"
        yield Finding(CODE, NAME, facts.path, use.span, use.name, message)


def plan(findings: Sequence[Finding], project: Project) -> list[Finding]:
    """One fix for all uses of a fixture in a function: the parameter, added or spelt as they are."""
    from fixer.edits import AddParameter
    from fixer.repairs.respell_request import respell_request

    uses = {
        (facts.path, found.use.span): found
        for facts in (project.facts[path] for path in dict.fromkeys(each.path for each in findings))
        for found in project.unrequested(facts)
    }
    # A function has no such attributes; whether it may be handed on or called, only running it shows.
    proven = {
        (path, found.function.line, found.use.name)
        for (path, _), found in uses.items()
        if found.kind != "itself" or (found.use.attribute is not None and not found.use.nested)
    }
    planned = []
    for finding in findings:
        function = uses[(finding.path, finding.span)].function
        respelt = respell_request(uses[(finding.path, finding.span)], finding.path, project)
        if respelt is not None:
            planned.append(replace(finding, fix=respelt))
            continue
        if any(each.kind == "positional-only" and each.has_default for each in function.parameters):
            reason = f"the parameters of `{function.name}` leave no place for one without a default"
            planned.append(replace(finding, reason_unfixed=reason))
            continue
        edit = AddParameter(finding.path, function.line, function.column, function.name, finding.name)
        fix_id = f"{CODE}:{finding.path}:{function.line}:{finding.name}"
        if (finding.path, function.line, finding.name) not in proven:
            safety, why = (
                Safety.UNSAFE,
                "it may run as it is, with the function that makes the fixture",
            )
        elif uses[(finding.path, finding.span)].kind != "itself" and _is_imported_elsewhere(finding, project):
            safety, why = Safety.UNSAFE, "other files import something of that name, though fewer"
        else:
            safety, why = Safety.SAFE, _WHY[uses[(finding.path, finding.span)].kind]
        planned.append(replace(finding, fix=Fix(fix_id, (edit,), safety, why)))
    return planned


def _is_imported_elsewhere(finding: Finding, project: Project) -> bool:
    """Whether the name might be imported as well: others do, and nothing in the file requests it."""
    body = project.loader.body(finding.path)
    return bool(project.evidence.sources(finding.name)) and not (body and requests(body, finding.name))


rule = Rule(
    CODE,
    "a visible fixture used in a body but not requested",
    judge,
    plan,
    reads=("body",),
)
