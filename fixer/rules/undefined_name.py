"""TF101: a name that nothing binds, and the import that would."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.finding import Finding, Fix
from fixer.rule import Rule, Withheld

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.model import Facts
    from fixer.project.project import Project

CODE, NAME = "TF101", "undefined-name"


def judge(facts: Facts, project: Project) -> Iterator[Finding | Withheld]:
    """A finding for every use of a name that is bound neither in the file nor behind its back."""
    if not facts.undefined:
        return
    known = project.bound_unseen(facts)
    unknown = [each for each in facts.star_imports if project.star_exports(each, facts.path) is None]
    for use in facts.undefined:
        if use.guarded or use.name in known:
            continue
        cause = None
        if facts.injects_unknown and (use.deferred or use.span.line >= facts.injects_line):
            cause = f"{facts.injects_unknown} may bind it"
        elif unknown:
            cause = f"`from {unknown[0]} import *` cannot be followed"
        if cause:
            yield Withheld(CODE, facts.path, use.span, use.name, cause)
        elif all(use.span != found.use.span for found in project.unrequested(facts)):  # else TF202 says so
            yield Finding(CODE, NAME, facts.path, use.span, use.name, f"`{use.name}` is not defined")


def plan(findings: Sequence[Finding], project: Project) -> list[Finding]:
    """One fix for all uses of a name in a file."""
    from fixer.repairs.import_name import fix_undefined

    fixes: dict[tuple[str, str], tuple[Fix | None, tuple[str, ...], str]] = {}
    planned = []
    for finding in findings:
        key = (finding.path, finding.name)
        if key not in fixes:
            uses = [use for use in project.facts[finding.path].undefined if use.name == finding.name]
            fixes[key] = fix_undefined(f"{CODE}:{finding.path}:{finding.name}", uses, finding.path, project)
        fix, candidates, reason = fixes[key]
        unfixed = None if fix is not None else reason
        planned.append(replace(finding, fix=fix, candidates=candidates, reason_unfixed=unfixed))
    return planned


rule = Rule(CODE, "a name used that nothing binds", judge, plan)
