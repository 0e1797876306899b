"""Judging and repairing, round after round, until a round changes nothing. Writes nothing to the disk."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from fixer.culprits import Culprits, apart, paths_of, side_by_side
from fixer.facts.read import ALL_PARTS, read_facts
from fixer.failure import Failures
from fixer.finding import Finding, Fix, Safety
from fixer.frozen import dataclass
from fixer.loader import DiskLoader
from fixer.newer_syntax import needing_newer_python
from fixer.project.project import Project, Settings
from fixer.rule import Withheld
from fixer.silence import Silence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fixer.cache import Cache
    from fixer.compose import Composed
    from fixer.config import Config
    from fixer.drafts import Drafts
    from fixer.facts.model import Facts
    from fixer.files import Files
    from fixer.rewriting import Rewritten
    from fixer.rules import LoadedRule
    from fixer.span import Span

_MOST_ROUNDS = 10  # repairs that open the way for others are followed this far
_MOST_TRIALS = 64  # sets of fixes that are tried to find out which ones do harm

Key: TypeAlias = tuple[str, str, str]
Stake: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The findings of the suite as it was found, and the ids of the fixes that were applied.

    `together` has the files that each applied fix edits.
    """

    findings: tuple[Finding, ...]
    withheld: tuple[Withheld, ...]
    fixed: frozenset[str]
    together: frozenset[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class _State:
    """The files as repaired so far, and what is known of them."""

    after: dict[str, bytes]
    facts: dict[str, Facts]
    others: dict[str, Facts]
    judged: list[Finding]
    project: Project


class Rounds:
    """`facts` are those of the files under judgement; repairs are laid over `files`. `only_asked`: no other
    file is repaired."""

    def __init__(
        self,
        config: Config,
        rules: Sequence[LoadedRule],
        files: Files,
        facts: dict[str, Facts],
        jobs: int,
        silence: Silence | None = None,
        only_asked: bool = False,
        cache: Cache | None = None,
    ) -> None:
        self.config = config
        self.rules = {loaded.code: loaded.rule for loaded in rules}
        self.files = files
        self.facts = facts
        self.jobs = jobs
        self.loader = DiskLoader(files, config, facts, cache)
        self.settings = Settings(
            config.imports, config.renames, config.mock_style, config.kwargs, config.recipes, config.endpoints
        )
        self.silence = silence or Silence(config, files, rules, ())
        self.only_asked = only_asked
        self.refused: dict[str, str] = {}  # fix id -> why it would do harm
        self.unplaced: dict[str, str] = {}  # fix id -> why its import has no place in the file as it is
        self.judged: list[Finding] = []  # of the files as they are now
        self.others: dict[str, Facts] = {}  # of files that repairs touch but nobody asked about
        self.failures = Failures()
        self.known: set[Stake] = set()  # what findings before any repair were about
        self.project = Project(self.facts, self.loader, self.settings)

    def check(self) -> Outcome:
        """Judge and plan; the fixes that would be applied count as fixed."""
        self.facts.update(needing_newer_python(self.facts, self.loader.needs_newer_python))
        findings, withheld = self._judge()
        findings = self._plan(findings)
        wanted = self._wanted(findings)
        if wanted:
            self.unplaced.update(self._compose(wanted).refused)
            findings = self._explained(findings)
        return Outcome(tuple(findings), tuple(withheld), frozenset(fix.id for fix in self._wanted(findings)))

    def repair(self) -> Outcome:
        """Judge, plan and repair until nothing more changes."""
        self.facts.update(needing_newer_python(self.facts, self.loader.needs_newer_python))
        self.judged, withheld = self._judge()
        self.failures.settle()
        self.known = {_stake(finding) for finding in self.judged}
        reported = findings = self._plan(self.judged)
        fixed: dict[Key | Stake, Fix] = {}
        brought: dict[str, Fix] = {}  # by the name that it binds
        ids: set[str] = set()
        together: set[frozenset[str]] = set()
        changed = False  # since something was refused
        for _ in range(_MOST_ROUNDS):
            self.unplaced.clear()  # what had no place may have one now
            wanted = self._wanted(findings)
            applied = self._apply(wanted) if wanted else set()
            if not applied and not (changed and self.refused):
                break
            if not applied:
                self.refused.clear()  # what would have done harm may do none now
            changed = bool(applied)
            ids |= applied
            done = [fix for fix in wanted if fix.id in applied]
            together |= {frozenset(e.path for e in fix.edits) for fix in done}
            brought |= {name: fix for fix in done for name in self._drafts.binds(fix)}
            for f in findings:
                if f.fix is not None and f.fix.id in applied:
                    fixed |= {_key(f): f.fix, _stake(f): f.fix}
            findings = self._plan(self.judged)
        left = {_key(finding) for finding in self.judged}
        reported = [
            f
            if (f.fix is not None and f.fix.id in ids) or _key(f) in left
            else replace(f, fix=fixed.get(_key(f)) or fixed.get(_stake(f)) or brought.get(f.name, f.fix))
            for f in reported
        ]
        return Outcome(tuple(self._explained(reported)), tuple(withheld), frozenset(ids), frozenset(together))

    def alone(self, findings: Iterable[Finding]) -> Iterator[tuple[str, dict[str, bytes]]]:
        """For each fix that may be applied: its id, and the new contents if it is the only one."""
        fixes = {
            f.fix.id: f.fix for f in findings if f.fix is not None and f.fix.safety is not Safety.SUGGESTION
        }
        self._read_others(fixes.values())
        for fix in fixes.values():
            composed = self._compose([fix])
            done = self._drafts.rewrite(composed.edits)
            if not composed.refused and not any(result.refused for result in done.values()):
                yield fix.id, {path: result.content for path, result in done.items()}

    def _judge(self) -> tuple[list[Finding], list[Withheld]]:
        """What the rules say of the files under judgement."""
        self.project = Project(self.facts | self.others, self.loader, self.settings)
        return self._judged(self.facts)

    def _judged(self, facts_by_path: Mapping[str, Facts]) -> tuple[list[Finding], list[Withheld]]:
        findings: list[Finding] = []
        withheld: list[Withheld] = []
        for facts in facts_by_path.values():
            found: list[Finding] = []
            for code in self.rules:
                for item in self._said(code, facts):
                    if isinstance(item, Withheld):
                        withheld.append(item)
                    else:
                        found.append(item)
            findings += self.silence.heard(facts, found)
        findings.sort(key=_place)
        return findings, withheld

    def _said(self, code: str, facts: Facts) -> list[Finding | Withheld]:
        """What a rule says of one file; nothing where it fails, which does not stop the run."""
        try:
            return list(self.rules[code].judge(facts, self.project))
        except Exception as error:
            self.failures.add(facts.path, f"judge it for {code}", error)
            return []

    def _plan(self, findings: Sequence[Finding]) -> list[Finding]:
        planned: list[Finding] = []
        for code, rule in self.rules.items():
            own = [finding for finding in findings if finding.code == code]
            try:
                planned += rule.plan(own, self.project) if own else []
            except Exception as error:
                self.failures.add(own[0].path, f"plan the repairs for {code}", error)
                planned += [replace(each, reason_unfixed="testfix itself failed to plan it") for each in own]
        planned.sort(key=_place)
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

    @cached_property
    def _drafts(self) -> Drafts:
        from fixer.drafts import Drafts  # nothing that a healthy suite needs

        return Drafts(self.loader, self.settings.renames, self.jobs, self._facts_of, self._reason_against)

    def _compose(self, fixes: Iterable[Fix]) -> Composed:
        return self._drafts.compose(fixes, self.project.modules)

    def _reason_against(self, path: str) -> str | None:
        """Why a file cannot be edited, None if it can or can be created."""
        if self.only_asked and path not in self.facts:
            return f"it also edits {path}, and only the source that was handed over may be changed"
        try:
            problem = self._facts_of(path).problem
        except FileNotFoundError:
            return f"the folder for {path} does not exist"
        except OSError as error:
            return f"{path} cannot be read: {error.strerror or error}"
        return None if problem is None else f"{path} cannot be edited: {problem.message}"

    def _facts_of(self, path: str) -> Facts:
        """The facts of any file, be it under judgement or not. Raises OSError."""
        if path in self.facts:
            return self.facts[path]
        if path not in self.others:
            self.others[path] = read_facts(path, self.files.read_any(path) or b"", ALL_PARTS)
        return self.others[path]

    def _apply(self, fixes: Sequence[Fix]) -> set[str]:
        """Apply what can be applied of `fixes` and return the ids. A fix that would break a file, or bring a
        finding that is not known, is refused, and the others are applied without it."""
        self._read_others(fixes)
        base = self._state()
        while fixes:
            composed = self._compose(fixes)
            self.unplaced.update(composed.refused)
            left: Sequence[Fix] = [fix for fix in fixes if fix.id not in composed.refused]
            if len(left) == len(fixes):
                left = self._rewritable(fixes)
            if len(left) == len(fixes):
                new = self._lay_over(self._drafts.rewrite(composed.edits), [*self.facts, *self.others])
                if not new:
                    break
                self._install(base)
                left = self._harmless(fixes, new)
            fixes = left
        self._drafts.forget()
        return {fix.id for fix in fixes}

    def _harmless(self, fixes: Sequence[Fix], new: Mapping[str, str]) -> Sequence[Fix]:
        """The fixes without those that bring the `new` findings. Files that no repair edits together are
        searched side by side, so that many culprits take no more trials than one; and only the files with the
        findings are judged to find out, because judging all of a large project takes long."""
        groups = apart(fixes)
        suspected = [group for group in groups if not new.keys().isdisjoint(paths_of(group))]
        innocent = [fix for group in groups if group not in suspected for fix in group]
        known = frozenset().union(*map(paths_of, suspected))
        if not new.keys() <= known or self._reasons_against([innocent], new)[0]:
            suspected, innocent = [list(fixes)], []  # what a file needs can be in any other
        refused = self._culprits(suspected, innocent, new)
        if not refused and len(suspected) > 1:  # each is harmless by itself, and not together
            refused = self._culprits([list(fixes)], [], new)
        self.refused.update(refused)
        return [fix for fix in fixes if fix.id not in refused]

    def _culprits(
        self, groups: Sequence[Sequence[Fix]], innocent: Sequence[Fix], new: Mapping[str, str]
    ) -> dict[str, str]:
        """Of each group the fixes that bring a new finding into its files with the `innocent` applied."""
        base = self._state()
        self._lay_over(self._drafts.rewrite(self._compose(innocent).edits), ())
        first = next(iter(new.values())) if len(groups) == 1 else None
        culprits = [Culprits(_MOST_TRIALS) for _ in groups]
        searches = [each.search(group, first) for each, group in zip(culprits, groups, strict=True)]
        side_by_side(
            searches, lambda asked: self._reasons_against([some or [] for some in asked], new, groups)
        )
        self._install(base)
        return {name: why for each in culprits for name, why in each.refused.items()}

    def _reasons_against(
        self, sets: Sequence[Sequence[Fix]], judged: Iterable[str], groups: Sequence[Sequence[Fix]] = ()
    ) -> list[str | None]:
        """What speaks against applying each set: in the files of its group; of a single one, in any."""
        base = self._state()
        composed = self._compose([fix for some in sets for fix in some])
        done = self._drafts.rewrite(composed.edits)
        reasons = {path: each.refused for path, each in done.items() if each.refused}
        if not reasons and not composed.refused:
            reasons.update(self._lay_over(done, judged))
            self._install(base)
        if len(sets) == 1:
            return [next(iter([*composed.refused.values(), *reasons.values()]), None)]
        return [
            next((composed.refused[fix.id] for fix in some if fix.id in composed.refused), None)
            or next((reasons[path] for path in reasons if path in paths_of(group)), None)
            for some, group in zip(sets, groups, strict=True)
        ]

    def _read_others(self, fixes: Iterable[Fix]) -> None:
        """Read and judge the files that only the fixes touch: what is wrong with them already is no news."""
        new: dict[str, Facts] = {}
        for path in {edit.path for fix in fixes for edit in fix.edits}.difference(self.facts, self.others):
            with contextlib.suppress(OSError):
                new[path] = self._facts_of(path)
        if new:
            self.project = Project(self.facts | self.others, self.loader, self.settings)
            self.known |= {_stake(finding) for finding in self._judged(new)[0]}
            self.failures.settle()

    def _rewritable(self, fixes: Sequence[Fix]) -> Sequence[Fix]:
        """The fixes without those that would break a file, which takes no judging to find out."""
        while True:
            done = self._drafts.rewrite(self._compose(fixes).edits)
            broken = [path for path, result in done.items() if result.refused]
            if not broken:
                return fixes
            for path in broken:

                def reason_against(some: Sequence[Fix], path: str = path) -> str | None:
                    edits = self._compose(some).edits
                    return self._drafts.rewrite({path: edits[path]})[path].refused if path in edits else None

                culprits = Culprits(_MOST_TRIALS)
                own = [fix for fix in fixes if any(edit.path == path for edit in fix.edits)]
                culprits.accepted(own, reason_against)
                self.refused.update(culprits.refused)
            left = [fix for fix in fixes if fix.id not in self.refused]
            if len(left) == len(fixes):  # each file can do without, but not with all that is left
                self.refused.update((fix.id, str(done[broken[0]].refused)) for fix in fixes)
                return []
            fixes = left

    def _lay_over(self, done: Mapping[str, Rewritten], paths: Iterable[str]) -> dict[str, str]:
        """Take the new contents over and judge the files `paths`; by path, why a new finding is a reason
        against them."""
        for path, result in done.items():
            self.files.replace(path, result.content)
            (self.facts if path in self.facts else self.others)[path] = result.facts
        self.project = Project(self.facts | self.others, self.loader, self.settings)
        self.judged = []
        reasons: dict[str, str] = {}
        for path in paths:
            failed = self.failures.times
            found = self._judged({path: self._facts_of(path)})[0]
            if self.failures.times > failed and path not in self.failures.before:
                reasons[path] = "testfix itself failed to judge the result"
            if path in self.facts:
                self.judged += found
            for finding in found:
                if _stake(finding) not in self.known and self.rules[finding.code].blocks:
                    where = "" if finding.path in done else f" in {finding.path}"
                    reasons[path] = f"it would bring {finding.code}{where}: {finding.message}"
        self.judged.sort(key=_place)
        return reasons

    def _state(self) -> _State:
        return _State(dict(self.files.after), dict(self.facts), dict(self.others), self.judged, self.project)

    def _install(self, state: _State) -> None:
        self.files.after = dict(state.after)
        self.facts.update(state.facts)
        self.others = dict(state.others)
        self.judged, self.project = state.judged, state.project


def _place(finding: Finding) -> tuple[str, Span, str]:
    return finding.path, finding.span, finding.code


def _key(finding: Finding) -> Key:
    """What a finding is known by while lines move."""
    return finding.code, finding.path, finding.name


def _stake(finding: Finding) -> Stake:
    """What a finding is about. A repair can change what is to be said of it: a name that nothing explained is
    an unrequested fixture once that fixture is visible."""
    return finding.path, finding.name
