"""TF103: `unittest.mock` imported in another style than the one configured or prevailing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.finding import Finding, Fix, Safety
from fixer.rule import Rule, Withheld

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.model import Facts
    from fixer.project.project import Project

CODE, NAME = "TF103", "mock-style"

_SHOWN = {
    "from": "`from unittest.mock import ...`",
    "module": "`from unittest import mock`",
    "dotted": "`import unittest.mock`",
}


def judge(facts: Facts, project: Project) -> Iterator[Finding | Withheld]:
    """A finding for every import statement of mock in another style than the project's."""
    if facts.problem is not None:
        return
    style, _ = _style(project)
    if style is None or project.mock_evidence.styles.get(facts.path, frozenset()) <= {style}:
        return
    from fixer.facts.mock_usage import style_of  # few files come here

    usage = project.loader.mock_usage(facts.path)
    for site in usage.sites if usage is not None else ():
        others = [what for what in site.old if style_of(what) != style]
        if others:
            message = f"imports mock in another style than {_SHOWN[style]}"
            yield Finding(CODE, NAME, facts.path, site.span, others[0].bound, message)


def plan(findings: Sequence[Finding], project: Project) -> list[Finding]:
    """One fix for all imports and uses of a file."""
    outcomes: dict[str, Fix | str] = {}
    for finding in findings:
        if finding.path not in outcomes:
            outcomes[finding.path] = _fix(finding.path, project)
    return [
        replace(finding, reason_unfixed=outcome)
        if isinstance(outcome := outcomes[finding.path], str)
        else replace(finding, fix=outcome)
        for finding in findings
    ]


def _fix(path: str, project: Project) -> Fix | str:
    from fixer.repairs.mock_style import Unchangeable, restyle

    style, why = _style(project)
    usage = project.loader.mock_usage(path)
    assert style is not None and usage is not None
    names = frozenset(what.bound for site in usage.sites for what in site.old)
    importer = project.mock_evidence.importer(path, names)
    if importer is not None:
        return f"{importer} imports mock from here"
    try:
        edits = restyle(path, usage, style)
    except Unchangeable as reason:
        return str(reason)
    return Fix(f"{CODE}:{path}", edits, Safety.SAFE, why)


def _style(project: Project) -> tuple[str | None, str]:
    """The style that the project shall have, and why; None where nothing says."""
    if project.settings.mock_style is not None:
        return project.settings.mock_style, "as [tool.testfix] mock-style says; every use is known"
    prevailing = project.mock_evidence.prevailing
    if prevailing is None:
        return None, ""
    style, files, total = prevailing
    return style, f"{files} of the {total} files that import mock do it so; every use is known"


rule = Rule(
    CODE,
    "mock imported in another style than the one configured or prevailing",
    judge,
    plan,
    default=False,
    blocks=False,
)
