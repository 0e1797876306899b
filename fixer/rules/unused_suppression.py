"""TF002: a comment that was to hide findings of testfix, and hides none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixer.finding import Finding, Fix, Safety
from fixer.rule import Rule, Withheld

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.model import Facts
    from fixer.project.project import Project
    from fixer.suppression import Suppression, UnusedSuppression

CODE, NAME = "TF002", "unused-suppression"


def judge(facts: Facts, project: Project) -> Iterator[Finding | Withheld]:
    """Nothing: what is unused shows once the other rules have judged (`review`)."""
    return iter(())


def review(path: str, unused: Sequence[UnusedSuppression]) -> Iterator[Finding]:
    """A finding for each, with the fix that removes it or the words in it that hide nothing."""
    from fixer.edits import ReplaceComment

    for each in unused:
        suppression = each.suppression
        idle = [word for word in each.words if word != CODE]
        if each.words and not idle:
            continue
        start = suppression.span.column - suppression.column
        stop = start + suppression.span.end_column - suppression.span.column
        what = suppression.comment[start:stop]
        name = ", ".join(idle) or what
        message = f"`{what}` hides nothing" if not idle else f"`{name}` in `{what}` hides nothing"
        new = _without(suppression, start, stop, idle)
        place = (suppression.span.line, suppression.column)
        edit = ReplaceComment(path, *place, suppression.comment, new)
        fix = Fix(f"{CODE}:{path}:{place}", (edit,), Safety.SAFE, "no finding is on what it speaks for")
        yield Finding(CODE, NAME, path, suppression.span, name, message, fix=fix)


def plan(findings: Sequence[Finding], project: Project) -> list[Finding]:
    """They have their fix."""
    return list(findings)


def _without(suppression: Suppression, start: int, stop: int, idle: Sequence[str]) -> str:
    """The comment without the suppression, or without the words `idle` in it."""
    comment = suppression.comment
    before, what, after = comment[:start].rstrip(), comment[start:stop], comment[stop:].strip()
    if idle:
        kept = [word for word in suppression.codes if word not in idle]
        codes = re.search(r"[:\[](?=[^:\[]*$)\s*", what)
        assert codes is not None  # it has words, so they stand behind one of these
        return (
            comment[:start]
            + what[: codes.end()]
            + ", ".join(kept)
            + what[len(what.rstrip("]")) :]
            + comment[stop:]
        )
    if after and not after.startswith("#"):
        after = f"# {after}"
    return "  ".join(filter(None, (before, after)))


rule = Rule(
    CODE, "a suppression of testfix that suppresses nothing", judge, plan, blocks=False, review=review
)
