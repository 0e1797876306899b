"""What a rule is. A rule is a module in `rules/` with a `rule` in it and a page of the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fixer.facts.model import Facts
    from fixer.finding import Finding
    from fixer.project.project import Project
    from fixer.span import Span
    from fixer.suppression import UnusedSuppression


@dataclass(frozen=True, slots=True)
class Withheld:
    """A place a rule looked at and did not judge, with the cause in a few words (for counting)."""

    code: str
    path: str
    span: Span
    name: str
    cause: str


@dataclass(frozen=True, slots=True)
class Rule:
    """`judge` sees one file against the project; `plan` sees all findings of the run together.

    `plan` returns the same findings in the same order, each with either a fix or a reason why not.
    Both are pure functions. `plan`, which most runs never call, imports what it repairs with itself: a clean
    file must not wait for it. The rule's name is its module's name with dashes. `blocks`: a repair that
    would bring a finding of this rule is not made; a matter of style is no reason against one. `reads`: the
    `facts.model.Parts` that it asks for in every file; what no rule asks for is not read.
    `review` is asked after all rules have judged a file, with the suppressions there that hide nothing; what
    it finds has its fix already.
    """

    code: str
    summary: str
    judge: Callable[[Facts, Project], Iterable[Finding | Withheld]]
    plan: Callable[[Sequence[Finding], Project], Sequence[Finding]]
    default: bool = True
    blocks: bool = True
    reads: tuple[str, ...] = ()
    review: Callable[[str, Sequence[UnusedSuppression]], Iterable[Finding]] | None = None
