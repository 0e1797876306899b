"""Suppression: a comment that hides findings. `suppress.py` reads them from source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer import selectors
from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fixer.span import Span

# What other tools call the same defect: ruff's and flake8's code, mypy's.
OTHER_CODES: Mapping[str, frozenset[str]] = {"TF101": frozenset({"F821", "name-defined"})}


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment, or one of several in a comment. `codes` are the words as written; none means everything.

    `span` is its place, `comment` the whole comment and `column` (from 1) where that begins. `own`: written
    for testfix alone. `alone`: the comment has the line to itself.
    """

    span: Span
    codes: tuple[str, ...] = ()
    whole_file: bool = False
    own: bool = False
    comment: str = ""
    column: int = 1
    alone: bool = False

    def speaks_of(self, code: str, rule: str) -> bool:
        """Whether it names the rule, by its code, its name, a prefix, or what another tool calls it."""
        return not self.codes or bool(self.words_for(code, rule))

    def words_for(self, code: str, rule: str) -> list[str]:
        """Those of its words that name the rule."""
        others = OTHER_CODES.get(code, frozenset())
        return [word for word in self.codes if selectors.matches(word, code, rule) or word in others]


@dataclass(frozen=True, slots=True)
class UnusedSuppression:
    """A comment of which `words` hide nothing; without words, the whole of it."""

    suppression: Suppression
    words: tuple[str, ...]
