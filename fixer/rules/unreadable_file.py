"""TF001: a file of which nothing can be said, because it cannot be read as Python."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.finding import Finding
from fixer.rule import Rule, Withheld
from fixer.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.model import Facts
    from fixer.project.project import Project

CODE, NAME = "TF001", "unreadable-file"


def judge(facts: Facts, project: Project) -> Iterator[Finding | Withheld]:
    """One finding for a file that is broken; a file that needs a newer Python is not."""
    problem = facts.problem
    if problem is None:
        return
    span = Span(problem.line, 1, problem.line, 1)
    if problem.newer:
        yield Withheld(CODE, facts.path, span, "", problem.message)
    else:
        message = f"cannot be read: {problem.message}"
        yield Finding(CODE, NAME, facts.path, span, "", message)


def plan(findings: Sequence[Finding], project: Project) -> list[Finding]:
    """Nothing is repaired here."""
    return [
        replace(finding, reason_unfixed="only its author knows what it should say") for finding in findings
    ]


rule = Rule(CODE, "a file that cannot be decoded or parsed", judge, plan)
