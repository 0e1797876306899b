"""The pipeline: discover, read, then rounds of judging and repairing, then write. The only writer."""

from __future__ import annotations

import enum
import os
from typing import TYPE_CHECKING

from fixer.discover import discover
from fixer.facts.model import Facts, Parts
from fixer.files import Files
from fixer.reading import Progress, Unread, read_all
from fixer.report import Change, FileError, Report
from fixer.root import find_root
from fixer.rounds import Outcome, Rounds
from fixer.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fixer.config import Config


class Mode(enum.Enum):
    """What becomes of the repairs: written, shown as a diff, or only planned."""

    REPAIR = "repair"
    DIFF = "diff"
    CHECK = "check"


def run(
    config: Config, paths: Sequence[str], mode: Mode, cwd: Path, progress: Progress | None = None
) -> Report:
    """One run over `paths` (relative to `cwd`; none: all of it). Raises ConfigError for bad input."""
    words = list(paths) or ["."]
    root = find_root(words, cwd, config.file)
    discovered = discover(words, config, root, cwd)
    files = Files(root)
    jobs = config.jobs or available_processors()
    rules = [rule for rule in load_rules() if config.enables(rule.code, rule.name, rule.default)]
    asked = {part for loaded in rules for part in loaded.rule.reads}
    parts = Parts(*(part in asked for part in Parts._fields))
    read = read_all(root, discovered.files, jobs, parts, progress)
    facts = {path: found for path, found in read.items() if isinstance(found, Facts)}
    errors = [*discovered.errors]
    errors += [FileError(found.path, found.message) for found in read.values() if isinstance(found, Unread)]
    rounds = Rounds(config, rules, files, facts, jobs)
    outcome = rounds.check() if mode is Mode.CHECK else rounds.repair()
    failed = _write(files) if mode is Mode.REPAIR else {}
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
        errors=(*errors, *(FileError(path, message) for path, message in failed.items())),
        notes=(
            *rounds.loader.warnings,
            *(
                f"{path} {found.problem.message}; it was left alone."
                for path, found in rounds.facts.items()
                if found.problem is not None and found.problem.newer
            ),
        ),
        sources=_sources(files, outcome),
    )


def available_processors() -> int:
    """The processors this process may use, which can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _write(files: Files) -> dict[str, str]:
    """Write every changed file; for those that could not be written, why."""
    failed = {}
    for path, content in sorted(files.after.items()):
        if content == files.before[path]:
            continue
        try:
            files.write(path)
        except OSError as error:
            failed[path] = f"could not be written: {error.strerror or error}"
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
