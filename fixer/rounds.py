"""Judging and repairing, round after round, until a round changes nothing. Writes nothing to the disk."""

from __future__ import annotations

import ast
import sys
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from fixer.compose import Composed, compose
from fixer.facts.prologue import read_prologue
from fixer.facts.text import decode
from fixer.finding import Finding, Fix, Safety
from fixer.loader import DiskLoader
from fixer.project.project import Project, Settings
from fixer.rewriting import Rewritten, Task, rewrite_all
from fixer.rule import Withheld
from fixer.style_files import StyleFiles
from fixer.suppress import FileIgnores, Suppressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fixer.config import Config
    from fixer.facts.model import Facts, Prologue
    from fixer.files import Files
    from fixer.rules import LoadedRule

_MOST_ROUNDS = 5  # repairs that open the way for others are followed this far

Key: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The findings of the suite as it was found, and the ids of the fixes that were applied."""

    findings: tuple[Finding, ...]
    withheld: tuple[Withheld, ...]
    fixed: frozenset[str]


class Rounds:
    """`facts` are those of the files under judgement; repairs are laid over `files`."""

    def __init__(
        self, config: Config, rules: Sequence[LoadedRule], files: Files, facts: dict[str, Facts], jobs: int
    ) -> None:
        self.config = config
        self.rules = {loaded.code: loaded.rule for loaded in rules}
        self.files = files
        self.facts = facts
        self.jobs = jobs
        self.loader = DiskLoader(files, config)
        self.styles = StyleFiles(files.root)
        self.settings = Settings(config.imports, config.renames, config.mock_style, config.kwargs)
        self.ignores = FileIgnores.read(config, files.root)
        self.refused: dict[str, str] = {}  # fix id -> why it would do harm
        self.unplaced: dict[str, str] = {}  # fix id -> why its import has no place in the file as it is
        self.judged: list[Finding] = []  # of the files as they are now
        self._suppressions: dict[str, tuple[bytes, Suppressions]] = {}
        self.project = Project(self.facts, self.loader, self.settings)

    def check(self) -> Outcome:
        """Judge and plan; the fixes that would be applied count as fixed."""
        self._excuse_newer_syntax()
        findings, withheld = self._judge()
        findings = self._plan(findings)
        composed = self._compose(self._wanted(findings))
        self.unplaced.update(composed.refused)
        findings = self._explained(findings)
        return Outcome(tuple(findings), tuple(withheld), frozenset(fix.id for fix in self._wanted(findings)))

    def repair(self) -> Outcome:
        """Judge, plan and repair until nothing more changes."""
        self._excuse_newer_syntax()
        self.judged, withheld = self._judge()
        reported = findings = self._plan(self.judged)
        fixed: dict[Key, Fix] = {}
        ids: set[str] = set()
        for _ in range(_MOST_ROUNDS):
            self.unplaced.clear()  # what had no place may have one now
            wanted = self._wanted(findings)
            applied = self._apply(wanted, {_key(finding) for finding in reported})
            if not applied:
                break
            ids |= applied
            fixed |= {_key(f): f.fix for f in findings if f.fix is not None and f.fix.id in applied}
            findings = self._plan(self.judged)
        left = {_key(finding) for finding in self.judged}
        reported = [
            f
            if (f.fix is not None and f.fix.id in ids) or _key(f) in left
            else replace(f, fix=fixed.get(_key(f), f.fix))
            for f in reported
        ]
        return Outcome(tuple(self._explained(reported)), tuple(withheld), frozenset(ids))

    def _judge(self) -> tuple[list[Finding], list[Withheld]]:
        self.project = Project(self.facts, self.loader, self.settings)
        findings: list[Finding] = []
        withheld: list[Withheld] = []
        for path, facts in self.facts.items():
            found: list[Finding] = []
            for rule in self.rules.values():
                for item in rule.judge(facts, self.project):
                    if isinstance(item, Withheld):
                        withheld.append(item)
                    else:
                        found.append(item)
            if found:
                findings += self._unsuppressed(path, found)
        findings.sort(key=lambda finding: (finding.path, finding.span, finding.code))
        return findings, withheld

    def _unsuppressed(self, path: str, findings: Iterable[Finding]) -> list[Finding]:
        left = [finding for finding in findings if not self.ignores.covers(finding)]
        try:
            content = self.files.read(path)
            known, suppressions = self._suppressions.get(path, (None, Suppressions()))
            if known != content:
                suppressions = Suppressions.read(decode(content))
                self._suppressions[path] = content, suppressions
        except (OSError, SyntaxError, UnicodeError):
            return left
        return [finding for finding in left if suppressions.covers(finding) is None]

    def _plan(self, findings: Sequence[Finding]) -> list[Finding]:
        planned: list[Finding] = []
        for code, rule in self.rules.items():
            own = [finding for finding in findings if finding.code == code]
            planned += rule.plan(own, self.project) if own else []
        planned.sort(key=lambda finding: (finding.path, finding.span, finding.code))
        return planned

    def _wanted(self, findings: Iterable[Finding]) -> list[Fix]:
        """The fixes that this run may apply, each once."""
        allowed = {Safety.SAFE, Safety.UNSAFE} if self.config.unsafe_fixes else {Safety.SAFE}
        fixes = {f.fix.id: f.fix for f in findings if f.fix is not None and f.fix.safety in allowed}
        return [fix for fix in fixes.values() if fix.id not in self.refused and fix.id not in self.unplaced]

    def _explained(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings whose fix turned out not to be applicable, with the reason in its place."""
        reasons = self.unplaced | self.refused
        return [
            replace(finding, fix=None, reason_unfixed=reasons[finding.fix.id])
            if finding.fix is not None and finding.fix.id in reasons
            else finding
            for finding in findings
        ]

    def _compose(self, fixes: Sequence[Fix]) -> Composed:
        return compose(fixes, self._prologue, self._first_use, self.styles.of, self.project.modules)

    def _prologue(self, path: str) -> Prologue:
        return read_prologue(decode(self.files.read(path)))

    def _first_use(self, path: str, name: str) -> int | None:
        facts = self.facts[path]
        names = {name, *(old for old, new in self.settings.renames.items() if new == name)}
        lines = (use.span.line for use in facts.undefined if use.name in names and not use.deferred)
        return min(lines, default=None)

    def _apply(self, fixes: Sequence[Fix], known: set[Key]) -> set[str]:
        """Apply what can be applied of `fixes` and return the ids. A fix that would break a file, or bring a
        finding that is not `known`, is refused, and the others are applied without it."""
        while fixes:
            composed = self._compose(fixes)
            self.unplaced.update(composed.refused)
            fixes = [fix for fix in fixes if fix.id not in composed.refused]
            done = self._rewrite(composed)
            failed = {path: result.refused for path, result in done.items() if result.refused}
            if not failed:
                failed = self._lay_over(done, known)
                if not failed:
                    return {fix.id for fix in fixes}
            self._refuse_culprits(fixes, failed, known)
            fixes = [fix for fix in fixes if fix.id not in self.refused]
        return set()

    def _rewrite(self, composed: Composed) -> dict[str, Rewritten]:
        tasks = [
            Task(path, self.files.read(path), self.facts[path], edits)
            for path, edits in sorted(composed.edits.items())
            if edits
        ]
        return rewrite_all(tasks, self.jobs)

    def _lay_over(self, done: dict[str, Rewritten], known: set[Key]) -> dict[str, str]:
        """Take the new contents over, unless some file has a new finding: then why, by path."""
        contents = dict(self.files.after)
        before = dict(self.facts)
        for path, result in done.items():
            self.files.replace(path, result.content)
            self.facts[path] = result.facts
        judged = self._judge()[0]
        failed = {
            finding.path: f"it would bring {finding.code}: {finding.message}"
            for finding in judged
            if _key(finding) not in known and self.rules[finding.code].blocks
        }
        if failed:
            self.files.after = contents
            self.facts.update(before)
            judged = self._judge()[0]
        self.judged = judged
        return failed

    def _refuse_culprits(self, fixes: Sequence[Fix], failed: dict[str, str], known: set[Key]) -> None:
        """Refuse those fixes of the failed files that fail alone; if none does, the last one of each."""
        for path, reason in failed.items():
            involved = [fix for fix in fixes if any(edit.path == path for edit in fix.edits)]
            alone = {fix.id: self._rewrite(self._compose([fix])).get(path) for fix in involved}
            culprits = {each: done.refused for each, done in alone.items() if done and done.refused}
            self.refused.update(culprits or {fix.id: reason for fix in involved[-1:] or fixes})

    def _excuse_newer_syntax(self) -> None:
        """Ask LibCST about each file that the parser of this Python refuses: it may need a newer one."""
        for path, facts in self.facts.items():
            problem = facts.problem
            if problem is None or not problem.syntax:
                continue
            from fixer.codemods.parse import parses

            source = self.files.read(path)
            if not _is_parsed_here(source) and parses(source):
                version = ".".join(map(str, sys.version_info[:2]))
                message = f"needs a newer Python than {version}, which testfix runs on"
                self.facts[path] = replace(facts, problem=replace(problem, message=message, newer=True))


def _is_parsed_here(source: bytes) -> bool:
    """Whether the parser takes it, so that only a later stage of the compiler refused (`return` outside)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _key(finding: Finding) -> Key:
    """What a finding is known by while lines move."""
    return finding.code, finding.path, finding.name
