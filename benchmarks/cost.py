"""What reading a test suite costs, in CPU seconds, beside the least it could cost.

    python benchmarks/cost.py TREE

The floor is the compiler's symbol table of every test file, built in this process. `testfix --check` and
ruff run as processes of their own (start-up included; user and system time together), in turn with it,
so that whatever slows the machine down slows all of them. The median of the runs counts. Needs `resource`,
so Linux or macOS.
"""

from __future__ import annotations

import argparse
import gc
import re
import resource
import shutil
import subprocess
import symtable
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from putback.names import undefined_names
from putback.tool import find, testfix_command, testfix_environment
from putback.trial import test_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tree", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--limit", type=float, metavar="RATIO", help="exit 1 above RATIO times the floor")
    parser.add_argument("--testfix", metavar="PATH", help="default: this interpreter with -m fixer")
    options = parser.parse_args(arguments)
    if not options.tree.is_dir():
        parser.error(f"{options.tree} is not a folder")
    command = testfix_command(options.testfix)
    print(f"Python {sys.version.split()[0]}; {options.runs} runs, median")
    print("\nEvery test file of the tree\n")
    ratio = compare(options.tree.resolve(), command, options.runs)
    with tempfile.TemporaryDirectory(prefix="cost-") as place:
        count = copy_clean(options.tree.resolve(), Path(place))
        print(f"\nOnly its {count} test files without an undefined name\n")
        compare(Path(place), command, options.runs)
        imported = libraries_imported(Path(place), command)
    print(f"\nlibcst imported on that clean tree: {'yes' if 'libcst' in imported else 'no'}")
    print(f"other libraries imported on it: {', '.join(sorted(imported - {'libcst'})) or 'none'}")
    too_slow = options.limit is not None and ratio > options.limit
    return 1 if too_slow or "libcst" in imported else 0


def compare(tree: Path, testfix: Sequence[str], runs: int) -> float:
    """Print the table; returns testfix's CPU time as a multiple of the floor."""
    files = test_files(tree)
    sources = [file.read_bytes() for file in files]
    check = [*testfix, "--check", "--select", "TF101", "--jobs", "1", "--no-cache"]
    ruff = [find("ruff"), "check", "--select", "F821", "--isolated", "--quiet"]
    environment = testfix_environment(testfix)
    measured: dict[str, Callable[[], float]] = {
        "reading the files": lambda: _own(lambda: [file.read_bytes() for file in files]),
        "their symbol tables (the floor)": lambda: _own(lambda: symbol_tables(sources)),
        "testfix --check --select TF101": lambda: _child(check, tree, environment),
        "ruff check --select F821": lambda: _child([*ruff, *_ruff_files(files, tree)], tree, environment),
    }
    seconds: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(runs):
        for name, measure in measured.items():
            seconds[name].append(measure())
    middle = {name: median(values) for name, values in seconds.items()}
    floor = middle["their symbol tables (the floor)"]
    size, lines = sum(map(len, sources)), sum(source.count(b"\n") for source in sources)
    print(f"{len(files)} files, {size / 1e6:.1f} MB, {lines:,} lines\n")
    print("| | CPU seconds | times the floor | lowest | highest |\n|---|---|---|---|---|")
    for name, value in middle.items():
        span = f"{min(seconds[name]):.2f} | {max(seconds[name]):.2f}"
        print(f"| {name} | {value:.2f} | {value / floor:.2f} | {span} |")
    return middle["testfix --check --select TF101"] / floor


def _ruff_files(files: Sequence[Path], tree: Path) -> list[str]:
    return [file.relative_to(tree).as_posix() for file in files]


def symbol_tables(sources: Sequence[bytes]) -> int:
    return sum(_symbol_table(source) for source in sources)


def _symbol_table(source: bytes) -> bool:
    try:
        symtable.symtable(source, "<file>", "exec")  # type: ignore[arg-type]  # bytes are allowed
    except (SyntaxError, ValueError):
        return False
    return True


def _own(work: Callable[[], object]) -> float:
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


def _child(command: Sequence[str], folder: Path, environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        message = done.stderr.decode(errors="replace").strip()[-2000:]
        raise SystemExit(f"{' '.join(command[:4])} failed with exit status {done.returncode}:\n{message}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def copy_clean(tree: Path, into: Path) -> int:
    """Copy the test files in which the symbol table finds nothing undefined; returns how many."""
    count = 0
    for file in test_files(tree):
        source = file.read_bytes()
        try:
            if undefined_names(source):
                continue
        except (SyntaxError, ValueError):
            continue
        target = into / file.relative_to(tree)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
        count += 1
    return count


def libraries_imported(tree: Path, testfix: Sequence[str]) -> set[str]:
    """Which of testfix's own dependencies a `--check` of the tree imports."""
    environment = {**testfix_environment(testfix), "PYTHONPROFILEIMPORTTIME": "1"}
    done = subprocess.run(
        [*testfix, "--check", "--select", "TF101", "--jobs", "1", "--no-cache"],
        cwd=tree,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    imported = re.findall(r"\| +([\w.]+)$", done.stderr.decode(errors="replace"), re.MULTILINE)
    return {name.partition(".")[0] for name in imported} & {"click", "libcst", "pathspec", "tomli"}


if __name__ == "__main__":
    sys.exit(main())
