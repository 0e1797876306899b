"""TF402: a literal address that the user's map moves elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.finding import Finding, Fix, Safety
from fixer.rule import Rule, Withheld

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.model import Facts
    from fixer.project.project import Project

CODE, NAME = "TF402", "moved-endpoint"


def judge(facts: Facts, project: Project) -> Iterator[Finding | Withheld]:
    """A finding for every literal that holds a moved address."""
    if facts.problem is not None or not project.settings.endpoints:
        return
    for span, old in project.loader.endpoints(facts.path, project.settings.endpoints):
        message = f"`{old}` has moved to `{project.settings.endpoints[old]}`"
        yield Finding(CODE, NAME, facts.path, span, old, message)


def plan(findings: Sequence[Finding], project: Project) -> list[Finding]:
    """Each is rewritten on its own: the map is the user's word."""
    return [replace(finding, fix=_fix(finding, project)) for finding in findings]


def _fix(finding: Finding, project: Project) -> Fix:
    from fixer.edits import ReplaceInString

    new = project.settings.endpoints[finding.name]
    where = f"{finding.path}:{finding.span.line}:{finding.span.column}"
    edit = ReplaceInString(finding.path, finding.span, finding.name, new)
    return Fix(f"{CODE}:{where}", (edit,), Safety.SAFE, "the configuration says so")


rule = Rule(CODE, "a literal address that the configuration moves", judge, plan)
