"""What the user does not want to hear: findings that a comment or the configuration hides, and comments that
hide nothing."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from fixer.baseline import Baseline
from fixer.facts.text import decode, lines_of
from fixer.suppress import FileIgnores, Suppressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fixer.baseline import Kind
    from fixer.config import Config
    from fixer.facts.model import Facts
    from fixer.files import Files
    from fixer.finding import Finding
    from fixer.rules import LoadedRule

_NONE = Baseline()
_OURS = re.compile(rb"testfix:\s*ignore|(?i:noqa)[^\n\r]*TF[0-9]")


class Silence:
    """`rules` are those of the run, `others` the remaining ones."""

    def __init__(
        self,
        config: Config,
        files: Files,
        rules: Sequence[LoadedRule],
        others: Sequence[LoadedRule],
        baseline: Baseline = _NONE,
    ) -> None:
        self.baseline = baseline
        self.stale: dict[str, Counter[Kind]] = {}  # what the baseline knows and is not there
        self.files = files
        self.rules = [(rule.code, rule.name, rule.default) for rule in rules]
        self.others = [(rule.code, rule.name, rule.default) for rule in others]
        self.reviews = [rule.rule.review for rule in rules if rule.rule.review is not None]
        self.ignores = FileIgnores.read(config, files.root)
        self._suppressions: dict[str, tuple[bytes, Suppressions]] = {}
        self._written: dict[str, bool] = {}  # by path: whether comments may be written for testfix

    def heard(self, facts: Facts, findings: Sequence[Finding]) -> list[Finding]:
        """The findings of one file that nothing hides, and those about what hides nothing."""
        if not findings and not (self.reviews and self._is_addressed(facts.path)):
            return self._unknown(facts, [])
        left = [finding for finding in findings if not self.ignores.covers(finding)]
        try:
            suppressions = self._read(facts.path)
        except (OSError, SyntaxError, UnicodeError):
            return self._unknown(facts, left)
        hidden = [finding for finding in left if suppressions.covering(finding)]
        left = [finding for finding in left if finding not in hidden]
        if facts.problem is None:
            left += self._reviewed(facts, suppressions, hidden)
        return self._unknown(facts, left)

    def _unknown(self, facts: Facts, findings: list[Finding]) -> list[Finding]:
        """The findings that the baseline does not know."""
        if facts.path not in self.baseline.known:
            return findings
        try:
            lines = lines_of(decode(self.files.read(facts.path)))
        except (OSError, SyntaxError, UnicodeError):
            lines = []
        left, stale = self.baseline.without_known(facts.path, findings, lines)
        codes = {code for code, _, _ in self.rules} if facts.problem is None else frozenset({"TF001"})
        self.stale[facts.path] = Counter({kind: n for kind, n in stale.items() if kind[0] in codes})
        return left

    def _reviewed(
        self, facts: Facts, suppressions: Suppressions, hidden: Iterable[Finding]
    ) -> Iterator[Finding]:
        if not self.reviews or suppressions.is_empty:
            return
        unused = list(suppressions.unused(hidden, self.rules, self.others))
        for review in self.reviews:
            for finding in review(facts.path, unused):
                hiding = (
                    each.words_for(finding.code, finding.rule) for each in suppressions.covering(finding)
                )
                if not self.ignores.covers(finding) and not any(
                    hiding
                ):  # a bare comment is not its own excuse
                    yield finding

    def _is_addressed(self, path: str) -> bool:
        """Whether the file may have a comment for testfix. Repairs write none."""
        if path not in self._written:
            try:
                content = self.files.read(path)
                short = b"testfix:" in content or b"TF" in content
                self._written[path] = short and _OURS.search(content) is not None
            except OSError:
                self._written[path] = False
        return self._written[path]

    def _read(self, path: str) -> Suppressions:
        content = self.files.read(path)
        known, suppressions = self._suppressions.get(path, (None, Suppressions()))
        if known != content:
            suppressions = Suppressions.read(decode(content))
            self._suppressions[path] = content, suppressions
        return suppressions
