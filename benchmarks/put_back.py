"""Take imported names away from healthy test files and see which tool puts them back.

    python benchmarks/put_back.py REPOSITORY... --tool testfix --tool testfix-unsafe --tool pyflyby

Nothing in the repositories is changed: every tool works on a copy of its own. README.md beside this file
says how trials are chosen and what counts as right.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from putback.copies import copy_of, restore, state_of
from putback.origin import Repository
from putback.score import OUTCOMES, Verdict, judge
from putback.tool import NAMES, Tool, find, run, tool
from putback.trial import KINDS, Pool, Trial, choose, healthy_files, rounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Subject:
    """A repository with the trials chosen from it."""

    name: str
    folder: Path
    repository: Repository
    pool: Pool
    trials: list[Trial]


@dataclass(frozen=True, slots=True)
class Result:
    """What one tool made of one repository. `seconds` is wall time, scoring not included."""

    tool: str
    subject: str
    verdicts: list[tuple[Trial, Verdict]]
    seconds: float
    runs: int
    other_files: list[str]  # files changed that had not been broken
    failed: list[str]  # what the calls said that crashed or did not end


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    ruff = find("ruff")
    tools = [tool(name, options.testfix, options.testfix_option) for name in options.tool]
    subjects = [_subject(folder.resolve(), ruff, options) for folder in options.repository]
    results: list[Result] = []
    with ThreadPoolExecutor(options.jobs) as pool:
        work = [pool.submit(_compete, each, subject, options) for each in tools for subject in subjects]
        for future in work:
            result = future.result()
            results.append(result)
            if not options.totals:
                _say(f"{result.tool} on {result.subject}: {_shares(result.verdicts)}, {result.seconds:.0f} s")
            if options.output:
                options.output.write_text(json.dumps(_as_json(options, subjects, results), indent=1))
    print(report(subjects, results, hide_repositories=options.totals))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repository", nargs="+", type=Path, help="a folder; it is only read")
    parser.add_argument("--tool", action="append", choices=NAMES, required=True)
    parser.add_argument("--trials-per-repo", type=int, default=400, metavar="N")
    parser.add_argument("--per-file", type=int, default=5, metavar="N", help="most trials from one file")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--single", action="store_true", help="one broken file at a time")
    parser.add_argument("--share", type=float, default=0.05, help="most test files broken at once (0.05)")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=600, help="seconds for one call of a tool")
    parser.add_argument("--testfix", metavar="PATH", help="default: this interpreter with -m fixer")
    parser.add_argument("--testfix-option", action="append", default=[], metavar="OPTION")
    parser.add_argument("--output", type=Path, metavar="FILE", help="each trial and its outcome as JSON")
    parser.add_argument("--totals", action="store_true", help="print no figures of single repositories")
    options = parser.parse_args(arguments)
    for folder in options.repository:
        if not folder.is_dir():
            parser.error(f"{folder} is not a folder")
    return options


def _subject(folder: Path, ruff: str, options: argparse.Namespace) -> Subject:
    repository = Repository.read(folder)
    pool = healthy_files(folder, ruff)
    trials = choose(
        folder.name, repository, pool, ruff, options.trials_per_repo, options.seed, options.per_file
    )
    kinds = Counter(trial.kind for trial in trials)
    _say(
        f"{folder.name}: {len(trials)} trials from {len(pool.sources)} healthy files of {pool.test_files}"
        f" ({', '.join(f'{kinds[kind]} {kind}' for kind in KINDS)})"
    )
    return Subject(folder.name, folder, repository, pool, trials)


def _compete(each: Tool, subject: Subject, options: argparse.Namespace) -> Result:
    """Run one tool over all rounds of one repository, in a copy that is thrown away."""
    groups = (
        [[trial] for trial in subject.trials]
        if options.single
        else rounds(subject.trials, subject.pool.test_files, options.share)
    )
    verdicts: list[tuple[Trial, Verdict]] = []
    seconds = 0.0
    other_files: list[str] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="put-back-", ignore_cleanup_errors=True) as place:
        copy = copy_of(subject.folder, Path(place))
        state = state_of(copy)
        for group in groups:
            for trial in group:
                (copy / trial.path).write_bytes(trial.mutated)
            started = time.perf_counter()
            failed.extend(run(each, copy, [trial.path for trial in group], options.timeout))
            seconds += time.perf_counter() - started
            for trial in group:
                result = (copy / trial.path).read_bytes()
                verdicts.append((trial, _verdict(subject.repository, trial, result)))
                (copy / trial.path).write_bytes(trial.original)
            other_files.extend(restore(subject.folder, copy, state, {trial.path for trial in group}))
    return Result(each.name, subject.name, verdicts, seconds, len(groups), other_files, failed)


def _verdict(repository: Repository, trial: Trial, result: bytes) -> Verdict:
    return judge(repository, trial.path, trial.name, trial.before, trial.mutated, result)


def _count(verdicts: Iterable[tuple[Trial, Verdict]]) -> Counter[str]:
    return Counter(verdict.outcome for _, verdict in verdicts)


def _shares(verdicts: Sequence[tuple[Trial, Verdict]]) -> str:
    counts, total = _count(verdicts), len(verdicts) or 1
    return ", ".join(f"{counts[name]} {name} ({100 * counts[name] / total:.1f} %)" for name in OUTCOMES)


def report(subjects: Sequence[Subject], results: Sequence[Result], hide_repositories: bool = False) -> str:
    """The tables, in Markdown."""
    trials = [trial for subject in subjects for trial in subject.trials]
    files = len({(trial.repository, trial.path) for trial in trials})
    lines = [f"{len(trials)} trials on {len(subjects)} repositories, {files} files.", ""]
    head = ["trials", *OUTCOMES, "other lines changed", "in files", "other files changed"]
    for name in dict.fromkeys(result.tool for result in results):
        mine = [result for result in results if result.tool == name]
        seconds = sum(result.seconds for result in mine)
        failed = sum(len(result.failed) for result in mine)
        lines += [f"### {name}", ""]
        lines += [
            f"{seconds:.0f} s wall time, {sum(r.runs for r in mine)} rounds, {failed} calls failed.",
            "",
        ]
        lines += [_row(["", *head]), _row(["---"] * (len(head) + 1))]
        everything = [pair for result in mine for pair in result.verdicts]
        others = sum(len(result.other_files) for result in mine)
        lines.append(_figures("all", everything, str(others)))
        for kind in KINDS:
            of_kind = [pair for pair in everything if pair[0].kind == kind]
            lines.append(_figures(kind, of_kind, ""))
        for result in [] if hide_repositories else mine:
            lines.append(_figures(result.subject, result.verdicts, str(len(result.other_files))))
        lines.append("")
    return "\n".join(lines)


def _figures(label: str, verdicts: Sequence[tuple[Trial, Verdict]], other_files: str) -> str:
    counts = _count(verdicts)
    total = len(verdicts) or 1
    cells = [f"{counts[name]} ({100 * counts[name] / total:.1f} %)" for name in OUTCOMES]
    other = sum(verdict.other_lines for _, verdict in verdicts)
    touched = sum(verdict.other_lines > 0 for _, verdict in verdicts)
    return _row([label, str(len(verdicts)), *cells, str(other), str(touched), other_files])


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _as_json(
    options: argparse.Namespace, subjects: Sequence[Subject], results: Sequence[Result]
) -> dict[str, object]:
    return {
        "seed": options.seed,
        "single": options.single,
        "share": options.share,
        "repositories": {
            subject.name: {
                "test_files": subject.pool.test_files,
                "healthy": len(subject.pool.sources),
                "trials": len(subject.trials),
            }
            for subject in subjects
        },
        "results": [
            {
                "tool": result.tool,
                "repository": result.subject,
                "seconds": round(result.seconds, 2),
                "rounds": result.runs,
                "other_files": result.other_files,
                "failed": result.failed,
                "trials": [
                    {
                        "path": trial.path,
                        "name": trial.name,
                        "kind": trial.kind,
                        "before": trial.before.text,
                        "outcome": verdict.outcome,
                        "got": verdict.got,
                        "other_lines": verdict.other_lines,
                    }
                    for trial, verdict in result.verdicts
                ],
            }
            for result in results
        ],
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
