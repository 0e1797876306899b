"""TF201: a requested fixture that pytest cannot see from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.finding import Finding
from fixer.project.fixtures.explain import undecorated
from fixer.rule import Rule, Withheld
from fixer.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.model import Facts
    from fixer.project.fixtures.lacks import Lack
    from fixer.project.project import Project

CODE, NAME = "TF201", "missing-fixture"
UNCOLLECTED = "no pytest configuration collects the file (`testfix fixtures FILE` says why)"
_SHOWN = 3  # tests that a message names


def judge(facts: Facts, project: Project) -> Iterator[Finding | Withheld]:
    """A finding for each place that asks for a fixture which some test does not find."""
    model = project.fixtures
    if facts.path.rpartition("/")[2] != "conftest.py" and not model.suites_of(facts.path):
        yield Withheld(CODE, facts.path, Span(1, 1, 1, 1), "", UNCOLLECTED)
    for lack in model.lacks(facts.path):
        if undecorated(lack, model) is not None or _is_unrequested(lack, facts, project):
            continue
        if lack.cause is not None:
            yield Withheld(CODE, lack.path, lack.span, lack.name, lack.cause)
        else:
            yield Finding(CODE, NAME, lack.path, lack.span, lack.name, _message(lack))


def plan(findings: Sequence[Finding], project: Project) -> list[Finding]:
    """Repairs for all who ask for a fixture together; every message says what pytest does not."""
    from fixer.repairs.missing_fixture import MissingFixtures
    from fixer.repairs.move_fixture import move_fixture
    from fixer.repairs.respell_request import respell_lack
    from fixer.repairs.scaffold_fixture import scaffold_fixture

    planner = MissingFixtures(CODE, project, move_fixture, scaffold_fixture, respell_lack)
    return planner.plan(findings)


def _is_unrequested(lack: Lack, facts: Facts, project: Project) -> bool:
    """Whether the tests of the lack use what they do not take, which TF202 says of each use."""
    if lack.kind != "no argument":
        return False
    told = {
        (found.function, found.use.name) for found in project.unrequested(facts) if found.kind == "argument"
    }
    return all((result.test.function, lack.name) in told for result in lack.results)


def _message(lack: Lack) -> str:
    """What pytest would say; and of a fixture's request, which tests it breaks."""
    if lack.kind == "indirect":
        return f"indirect fixture '{lack.name}' doesn't exist"
    if lack.kind == "look-up":
        return f"fixture '{lack.name}' not found, if this line runs"
    if lack.kind != "missing":
        return f"function uses {lack.kind} '{lack.name}'"
    if not lack.by:
        return f"fixture '{lack.name}' not found"
    tests = lack.tests
    shown = ", ".join(tests[:_SHOWN]) + (f" and {len(tests) - _SHOWN} more" if len(tests) > _SHOWN else "")
    return f"fixture '{lack.name}' not found, which `{lack.by}` requests for {shown}"


rule = Rule(
    CODE,
    "a requested fixture that pytest cannot see from there",
    judge,
    plan,
    reads=("body",),
)
