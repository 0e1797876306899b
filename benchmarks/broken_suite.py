"""One plain `testfix .` on a copy of a broken suite, and what became of it.

    python benchmarks/broken_suite.py TREE --renames AsyncNone=AsyncMock,MagicNone=MagicMock

Counts come from ruff and from the compiler's symbol table, not from testfix. Exits with 1 when a promise is
broken (a new defect, a second run that changes something, a changed line that is no import, ...).
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from putback.copies import changed_files, copy_of
from putback.names import undefined_names
from putback.origin import imported_names, module_level
from putback.tool import find, run_testfix, testfix_command
from putback.trial import test_files

if TYPE_CHECKING:
    from collections.abc import Sequence

MOCKS = ("patch", "Mock", "MagicMock", "AsyncMock")
CODES = ("F821", "F811", "E402", "invalid-syntax")


@dataclass(frozen=True, slots=True)
class Lint:
    """ruff's findings in the test files: `places` counts them by code, file and message."""

    places: Counter[tuple[str, str, str]]
    unsorted: frozenset[str]  # files that fail `--select I` with the project's own settings
    unsorted_isolated: frozenset[str]  # and with ruff's

    def total(self, code: str) -> int:
        return sum(count for (its_code, _, _), count in self.places.items() if its_code == code)

    def uses(self, name: str) -> int:
        return sum(count for (_, _, text), count in self.places.items() if text == f"Undefined name `{name}`")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tree", type=Path)
    parser.add_argument("--renames", default="", metavar="OLD=NEW,...", help="goes into a testfix.toml")
    parser.add_argument("--testfix", metavar="PATH", help="default: this interpreter with -m fixer")
    parser.add_argument("--testfix-option", action="append", default=[], metavar="OPTION")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the repaired copy there")
    options = parser.parse_args(arguments)
    if not options.tree.is_dir():
        parser.error(f"{options.tree} is not a folder")
    renames = dict(pair.split("=", 1) for pair in options.renames.split(",") if pair)
    with tempfile.TemporaryDirectory(prefix="broken-suite-", ignore_cleanup_errors=True) as temporary:
        place = options.keep or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        command = (*testfix_command(options.testfix), *options.testfix_option)
        return examine(options.tree.resolve(), place, command, renames)


def examine(tree: Path, place: Path, command: Sequence[str], renames: dict[str, str]) -> int:
    """Print the table; 1 when a promise is broken, 0 otherwise."""
    ruff = find("ruff")
    copy = copy_of(tree, place)
    if renames:
        table = "".join(f'{old} = "{new}"\n' for old, new in renames.items())
        (copy / "testfix.toml").write_text(f"[renames]\n{table}")
    files = [file.relative_to(tree).as_posix() for file in test_files(tree)]
    before = lint(ruff, copy, files)
    started = time.perf_counter()
    run_testfix(command, copy, "--quiet", ".")
    seconds = time.perf_counter() - started
    after = lint(ruff, copy, files)
    changed = [path for path in changed_files(tree, copy) if path != "testfix.toml"]
    after_first = {path: (copy / path).read_bytes() for path in changed if (copy / path).exists()}
    left = json.loads(run_testfix(command, copy, "--check", "--output-format", "json"))
    run_testfix(command, copy, "--quiet", ".")
    again = [path for path in changed_files(tree, copy) if path != "testfix.toml"]
    second = sorted(
        {path for path in again if after_first.get(path) != (copy / path).read_bytes()}
        | after_first.keys() - set(again)
    )

    print(f"{tree.name}: {len(files)} test files, one run in {seconds:.1f} s, {len(changed)} files changed\n")
    print("| | before | after |\n|---|---|---|")
    for code in CODES:
        print(f"| ruff {code} in test files | {before.total(code)} | {after.total(code)} |")
    for name in [*MOCKS, *renames]:
        print(f"| uses of undefined {name} | {before.uses(name)} | {after.uses(name)} |")
    print(f"| pass --select I | {len(files) - len(before.unsorted)} | {len(files) - len(after.unsorted)} |")
    isolated = len(files) - len(before.unsorted_isolated), len(files) - len(after.unsorted_isolated)
    print(f"| pass --select I --isolated | {isolated[0]} | {isolated[1]} |")
    print(f"| findings left | | {len(left['findings'])} |\n")

    bad_mocks = [line for path in files for line in mocks_not_bound(tree / path, copy / path, path)]
    checks = {
        "new ruff findings": _new(before, after),
        "files that passed --select I and fail it now": sorted(after.unsorted - before.unsorted),
        "the same with --isolated": sorted(after.unsorted_isolated - before.unsorted_isolated),
        "patch, Mock, MagicMock, AsyncMock not from unittest.mock": bad_mocks,
        "changed by a second run": second,
        "changed lines that are no import and no mapped name": [
            line for path in changed for line in foreign_lines(tree / path, copy / path, path, renames)
        ],
        "findings left without a reason": [
            f"{item['path']}:{item['line']} {item['code']} {item['name']}"
            for item in left["findings"]
            if not item["reason_unfixed"] and item["safety"] not in ("unsafe", "suggestion")
        ],
    }
    for promise, breaches in checks.items():
        print(f"{promise}: {len(breaches)}")
        for breach in breaches[:10]:
            print(f"    {breach}")
    return 1 if any(checks.values()) else 0


def lint(ruff: str, folder: Path, files: Sequence[str]) -> Lint:
    """Run ruff three times over the test files."""
    places: Counter[tuple[str, str, str]] = Counter()
    for item in _ruff(ruff, folder, files, "--isolated", "--select", "F821,F811,E402"):
        path = Path(item["filename"]).relative_to(folder.resolve()).as_posix()
        code = item["code"] if item["code"] in CODES else "invalid-syntax"
        places[code, path, _without_numbers(item["message"])] += 1
    unsorted = [
        frozenset(
            Path(item["filename"]).relative_to(folder.resolve()).as_posix()
            for item in _ruff(ruff, folder, files, "--select", "I", *settings)
        )
        for settings in ([], ["--isolated"])
    ]
    return Lint(places, unsorted[0], unsorted[1])


def _ruff(ruff: str, folder: Path, files: Sequence[str], *options: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for start in range(0, len(files), 500):
        done = subprocess.run(
            [ruff, "check", "--no-cache", "--output-format", "json", *options, *files[start : start + 500]],
            cwd=folder,
            capture_output=True,
            check=False,
        )
        if done.returncode not in (0, 1):
            raise SystemExit(f"ruff failed: {done.stderr.decode(errors='replace').strip()[-2000:]}")
        found += json.loads(done.stdout)
    return found


def _without_numbers(message: str) -> str:
    """F811 names the line of the other definition, which moves when an import goes in above it."""
    return re.sub(r" from line \d+", "", message)


def _new(before: Lint, after: Lint) -> list[str]:
    """Findings there are more of now, counted for each file and message. E402 and syntax: for each file."""
    more = after.places - before.places
    return sorted(f"{path}: {code} {message} (+{count})" for (code, path, message), count in more.items())


def mocks_not_bound(old: Path, new: Path, path: str) -> list[str]:
    """The mock names that were undefined in a readable file and do not come from `unittest.mock` now."""
    try:
        missing = undefined_names(old.read_bytes()) & set(MOCKS)
    except (SyntaxError, ValueError):
        return []
    if not missing:
        return []
    source = new.read_bytes()
    try:
        still = undefined_names(source)
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return [f"{path} does not compile any more"]
    bound = {
        name
        for node in module_level(tree.body)
        for name, what in imported_names(node)
        if (what.module, what.name) == ("unittest.mock", name)
    }
    return [f"{path}: {name}" for name in sorted(missing) if name in still or name not in bound]


def foreign_lines(old: Path, new: Path, path: str, renames: dict[str, str]) -> list[str]:
    """Added and removed lines that are not blank, not of an import statement, and rename nothing mapped."""
    if not old.exists() or not new.exists():
        return [f"{path}: {'new' if new.exists() else 'deleted'} file"]
    before, after = old.read_bytes(), new.read_bytes()
    old_lines, new_lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    old_free, new_free = _import_lines(before), _import_lines(after)
    foreign: list[str] = []
    matcher = difflib.SequenceMatcher(None, old_lines, new_lines, autojunk=False)
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            continue
        removed = [
            old_lines[i] for i in range(old_from, old_to) if i not in old_free and old_lines[i].strip()
        ]
        added = [new_lines[i] for i in range(new_from, new_to) if i not in new_free and new_lines[i].strip()]
        # Both sides, because a comment on the line may go on speaking of the old name.
        if [_renamed(line, renames) for line in removed] != [_renamed(line, renames) for line in added]:
            foreign += [f"{path}: -{line.decode(errors='replace').rstrip()}" for line in removed]
            foreign += [f"{path}: +{line.decode(errors='replace').rstrip()}" for line in added]
    return foreign


def _renamed(line: bytes, renames: dict[str, str]) -> bytes:
    for old, new in renames.items():
        line = re.sub(rb"\b%s\b" % old.encode(), new.encode(), line)
    return line


def _import_lines(source: bytes) -> frozenset[int]:
    """The lines of the import statements, from 0."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return frozenset()
    return frozenset(
        line - 1
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    )


if __name__ == "__main__":
    sys.exit(main())
