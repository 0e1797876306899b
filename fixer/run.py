"""The pipeline: discover, read, then rounds of judging and repairing, then write. The only writer."""

from __future__ import annotations

import enum
import os
from typing import TYPE_CHECKING

from fixer import baseline_file
from fixer.baseline import Baseline
from fixer.cache import Cache
from fixer.discover import discover
from fixer.facts.model import Facts, Parts
from fixer.facts.read import read_facts
from fixer.files import Files
from fixer.reading import Progress, Unread, read_all
from fixer.report import Change, FileError, Report, TextEdit
from fixer.root import find_root
from fixer.rounds import Outcome, Rounds
from fixer.rules import load_rules
from fixer.silence import Silence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from fixer.config import Config
    from fixer.rules import LoadedRule


class Mode(enum.Enum):
    """What becomes of the repairs: written, shown as a diff, or only planned."""

    REPAIR = "repair"
    DIFF = "diff"
    CHECK = "check"
    BASELINE = "baseline"  # only planned, and what is found becomes the baseline


def run(
    config: Config,
    paths: Sequence[str],
    mode: Mode,
    cwd: Path,
    progress: Progress | None = None,
    keep_undo: bool = True,
    with_texts: bool = False,
    use_cache: bool = False,
    source: bytes | None = None,
) -> Report:
    """One run over `paths` (relative to `cwd`; none: all of it).

    `keep_undo`: what is written can be taken back by `testfix undo`. `with_texts`: with CHECK, also what each
    fix does as text. `use_cache`: what was read in earlier runs is not read again. `source`, where mode is
    not REPAIR: what is in the one file of `paths`; only that file is repaired. Raises ConfigError for bad
    input, UndoError where the journal cannot be kept.
    """
    words = list(paths) or ["."]
    root = find_root(words, cwd, config.file)
    discovered = discover(words, config, root, cwd, must_exist=source is None)
    files = Files(root)
    jobs = config.jobs or available_processors()
    known = load_rules()
    rules = [rule for rule in known if config.enables(rule.code, rule.name, rule.default)]
    asked = {part for loaded in rules for part in loaded.rule.reads}
    parts = Parts(*(part in asked for part in Parts._fields))
    baseline = Baseline() if mode is Mode.BASELINE else baseline_file.load(config, root)
    cache = Cache(root, config.cache_dir) if use_cache else None
    if source is None:
        read = read_all(root, discovered.files, jobs, parts, progress, cache)
    else:
        read = {path: read_facts(path, source, parts) for path in discovered.files}
        for path in discovered.files:
            files.give(path, source)
    facts = {path: found for path, found in read.items() if isinstance(found, Facts)}
    errors = [*discovered.errors]
    errors += [
        FileError(found.path, found.message, internal=found.internal)
        for found in read.values()
        if isinstance(found, Unread)
    ]
    others = [rule for rule in known if rule not in rules]
    silence = Silence(config, files, rules, others, baseline)
    rounds = Rounds(config, rules, files, facts, jobs, silence, source is not None, cache)
    outcome = rounds.check() if mode in (Mode.CHECK, Mode.BASELINE) else rounds.repair()
    if mode is Mode.BASELINE:
        _write_baseline(config, files, outcome, facts, rules)
    failed = _write(files, outcome, keep_undo) if mode is Mode.REPAIR else {}
    if cache is not None:
        cache.close()  # last: where there is little room, the files of the project come first
    return Report(
        root=root,
        files_checked=len(read),
        findings=outcome.findings,
        fixed=_really_fixed(outcome, failed),
        changes=tuple(
            Change(path, before, files.after[path])
            for path, before in sorted(files.before.items())
            if path not in failed and files.after.get(path, before) != before
        ),
        withheld=outcome.withheld,
        errors=(
            *errors,
            *(FileError(path, said, internal=True) for (path, _), said in rounds.failures.found.items()),
            *(FileError(path, message, unwritten=True) for path, message in failed.items()),
        ),
        notes=(
            *rounds.loader.warnings,
            *([cache.problem] if cache is not None and cache.problem else []),
            *_stale(baseline, silence, root, [rule.code for rule in rules]),
            *(
                f"{path} {found.problem.message}; it was left alone."
                for path, found in rounds.facts.items()
                if found.problem is not None and found.problem.newer
            ),
        ),
        sources=_sources(files, outcome),
        texts=_texts(rounds, outcome) if with_texts and mode is Mode.CHECK else {},
    )


def available_processors() -> int:
    """The processors this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _write_baseline(
    config: Config, files: Files, outcome: Outcome, facts: Collection[str], rules: Iterable[LoadedRule]
) -> None:
    from fixer.facts.text import lines_of

    lines = {path: lines_of(text) for path, text in _sources(files, outcome).items()}
    codes = {rule.code for rule in rules}
    baseline_file.write(config, files.root, outcome.findings, lines.__getitem__, facts, codes)


def _texts(rounds: Rounds, outcome: Outcome) -> dict[str, tuple[TextEdit, ...]]:
    from fixer.text_edits import text_edits

    texts = {}
    for name, contents in rounds.alone(outcome.findings):
        edits = [text_edits(path, rounds.files.read_any(path), after) for path, after in contents.items()]
        texts[name] = tuple(edit for of_file in edits for edit in of_file)
    return texts


def _stale(baseline: Baseline, silence: Silence, root: Path, codes: Sequence[str]) -> Iterator[str]:
    """A sentence about what the baseline knows and is no longer there."""
    gone = [(path, kind) for path, kinds in silence.stale.items() for kind in kinds.elements()]
    for path, kinds in baseline.known.items():
        if path not in silence.stale and not (root / path).exists():
            gone += [(path, kind) for kind, lines in kinds.items() for _ in lines if kind[0] in codes]
    if gone:
        first, *more = [f"{path}: {code} `{name}`" for path, (code, name) in sorted(gone)]
        rest = f" and {len(more)} more" if more else ""
        what = f"The baseline knows what is no longer there ({first}{rest})"
        yield f"{what}: `testfix --write-baseline` drops it."


def _write(files: Files, outcome: Outcome, keep_undo: bool) -> dict[str, str]:
    """Write every changed file; for those that could not be written, why."""
    changed = [path for path, content in sorted(files.after.items()) if content != files.before[path]]
    if not changed:
        return {}
    from fixer.writing import Replacement, together, write_all

    replacements = [Replacement(path, files.before[path], files.after[path]) for path in changed]
    groups = together(replacements, outcome.together)
    if not keep_undo:
        return write_all(files.root, groups)
    from fixer import undo

    journal = undo.record(files.root, replacements)
    failed = write_all(files.root, groups)
    undo.settle(files.root, journal, failed)
    return failed


def _really_fixed(outcome: Outcome, failed: dict[str, str]) -> frozenset[str]:
    """The applied fixes without those that touch a file that could not be written."""
    lost = {
        finding.fix.id
        for finding in outcome.findings
        if finding.fix is not None and any(edit.path in failed for edit in finding.fix.edits)
    }
    return outcome.fixed - lost


def _sources(files: Files, outcome: Outcome) -> dict[str, str]:
    """The text of each file with a finding, as it was before any repair."""
    from fixer.facts.text import encoding_of

    sources = {}
    for path in dict.fromkeys(finding.path for finding in outcome.findings):
        content = files.before.get(path)
        if content is None:
            content = files.read(path)
        try:
            encoding = encoding_of(content)
        except SyntaxError:
            encoding = "utf-8"
        sources[path] = content.decode(encoding, "replace")
    return sources
