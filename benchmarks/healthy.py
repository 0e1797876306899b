"""Run testfix on healthy repositories: every finding is listed, and no file may change.

    python benchmarks/healthy.py REPOSITORY...

The repositories are only read; testfix works on copies. Exits with 1 when a file changed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from putback.copies import changed_files, copy_of
from putback.tool import run_testfix, testfix_command

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("repository", nargs="+", type=Path)
    parser.add_argument("--testfix", metavar="PATH", help="default: this interpreter with -m fixer")
    parser.add_argument("--testfix-option", action="append", default=[], metavar="OPTION")
    parser.add_argument("--totals", action="store_true", help="no names: one row for each repository")
    options = parser.parse_args(arguments)
    for folder in options.repository:
        if not folder.is_dir():
            parser.error(f"{folder} is not a folder")
    command = (*testfix_command(options.testfix), *options.testfix_option)
    details: list[str] = []
    changes: list[str] = []
    print("| repository | files checked | findings | rules | errors | files changed |")
    print("|---|---|---|---|---|---|")
    for given in options.repository:
        folder = given.resolve()
        said, changed = examine(folder, command)
        findings, errors = said["findings"], said["errors"]
        rules = Counter(f"{finding['code']} {finding['safety'] or 'no fix'}" for finding in findings)
        kinds = ", ".join(f"{count} {rule}" for rule, count in sorted(rules.items())) or "-"
        row = [folder.name, said["files_checked"], len(findings), kinds, len(errors), len(changed)]
        print("| " + " | ".join(map(str, row)) + " |", flush=True)
        details += [f"{folder.name}/{_line(finding)}" for finding in findings]
        details += [f"{folder.name}/{error['path']}: {error['message']}" for error in errors]
        changes += [f"{folder.name}/{path}" for path in changed]
    if not options.totals:
        print("\nFindings\n", *(details or ["none"]), sep="\n")
        print("\nChanged files\n", *(changes or ["none"]), sep="\n")
    return 1 if changes else 0


def examine(folder: Path, command: Sequence[str]) -> tuple[dict[str, list[dict[str, str]]], list[str]]:
    """What `--check` reports as JSON, and the files that a plain run changes."""
    with tempfile.TemporaryDirectory(prefix="healthy-", ignore_cleanup_errors=True) as place:
        copy = copy_of(folder, Path(place))
        said = json.loads(run_testfix(command, copy, "--check", "--output-format", "json"))
        after_check = changed_files(folder, copy)
        if after_check:
            raise SystemExit(f"--check changed {', '.join(after_check[:5])} in {folder.name}")
        run_testfix(command, copy, "--quiet")
        return said, changed_files(folder, copy)


def _line(finding: dict[str, str]) -> str:
    place = f"{finding['path']}:{finding['line']}:{finding['column']}"
    state = finding["safety"] or "no fix"
    reason = f" [{finding['reason_unfixed']}]" if finding["reason_unfixed"] else ""
    return f"{place}: {finding['code']} {finding['name']} ({state}): {finding['message']}{reason}"


if __name__ == "__main__":
    sys.exit(main())
