"""TF301: a keyword that the callee refuses, in the version that holds there."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from fixer.finding import Finding
from fixer.rule import Rule, Withheld

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.model import Facts
    from fixer.project.keywords import Refused
    from fixer.project.project import Project

CODE, NAME = "TF301", "unexpected-keyword"


def judge(facts: Facts, project: Project) -> Iterator[Finding | Withheld]:
    """A finding for every keyword that no version takes which can hold there."""
    for refused in project.refused_keywords(facts):
        keyword = refused.keyword
        yield Finding(CODE, NAME, facts.path, keyword.span, keyword.name, refused.message)
    for call in facts.calls.calls:
        if project.keywords.passes_unknown(call, facts.path):
            cause = "its keywords come from a `**` that cannot be read"
            yield Withheld(CODE, facts.path, call.span, call.spelled, cause)


def plan(findings: Sequence[Finding], project: Project) -> list[Finding]:
    """One fix for all refused keywords of a call."""
    from fixer.repairs.call_keywords import repair_call

    planned = []
    for path in dict.fromkeys(finding.path for finding in findings):
        outcomes = {}
        refused = list(project.refused_keywords(project.facts[path]))
        for _, group in groupby(refused, key=lambda each: each.call.span):
            of_call: list[Refused] = list(group)
            fix, reasons = repair_call(CODE, path, of_call)
            for each in of_call:
                outcomes[each.keyword.span, each.keyword.name] = fix, reasons.get(each.keyword.name)
        for finding in findings:
            if finding.path == path:
                fix, reason = outcomes[finding.span, finding.name]
                planned.append(replace(finding, fix=None if reason else fix, reason_unfixed=reason))
    return planned


rule = Rule(CODE, "a keyword that the callee refuses", judge, plan, reads=("calls",))
