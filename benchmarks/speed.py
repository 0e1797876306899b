"""How fast testfix is, as ratios to what else could read the same files, measured side by side in one run.

    python benchmarks/speed.py TREE

The tree is copied and only the copy is touched. What is compared takes turns, so that whatever slows the
machine down slows all of it; medians count. The floor is the compiler's symbol table of every test file,
built in this process. ruff takes part where it is installed. Needs `resource`, so Linux or macOS.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from cost import copy_clean, symbol_tables
from putback.tool import testfix_command, testfix_environment
from putback.trial import test_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_HALVES = (8, 4, 2, 1)  # the tree is measured at 1/8, 1/4, 1/2 and all of its test files


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds, and the most memory of the process or any child, in MB."""

    cpu: float
    wall: float
    memory: float = 0.0


@dataclass(frozen=True, slots=True)
class Tree:
    """A copy that belongs to the benchmark, and the command that is run in it."""

    folder: Path
    testfix: tuple[str, ...]
    environment: dict[str, str]

    def check(self, *options: str) -> Callable[[], Cost]:
        return lambda: self.run(*self.testfix, "--check", "--quiet", *options)

    def run(self, *command: str) -> Cost:
        """Run a command in the copy. Raises SystemExit where it ends with neither 0 nor 1."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, own = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(command[:5])} failed with exit status {process.returncode}.")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Cost(cpu, wall, own.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tree", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--testfix", metavar="PATH", help="default: this interpreter with -m fixer")
    options = parser.parse_args(arguments)
    if not options.tree.is_dir():
        parser.error(f"{options.tree} is not a folder")
    command = testfix_command(options.testfix)
    environment = testfix_environment(command)
    print(f"Python {sys.version.split()[0]}; {options.runs} runs, median")
    with tempfile.TemporaryDirectory(prefix="speed-", ignore_cleanup_errors=True) as place:
        whole = Tree(_copy(options.tree.resolve(), Path(place) / "whole"), command, environment)
        compare(whole, options.runs)
        hook(whole, options.runs)
        growth(whole, Path(place), options.runs)
        clean = Tree(Path(place) / "clean", command, environment)
        count = copy_clean(whole.folder, clean.folder)
        print(f"\nOnly the {count} test files without an undefined name\n")
        compare(clean, options.runs, repairing=False)
    return 0


def compare(tree: Tree, runs: int, repairing: bool = True) -> None:
    """Print the table for one tree."""
    files = test_files(tree.folder)
    sources = [file.read_bytes() for file in files]
    names = [file.relative_to(tree.folder).as_posix() for file in files]
    cold = ("--jobs", "1", "--no-cache")
    measured: dict[str, Callable[[], Cost]] = {
        "symbol tables (the floor)": lambda: _own(lambda: symbol_tables(sources)),
        "TF101 alone, cold, 1 process": tree.check("--select", "TF101", *cold),
        "default rules, cold, 1 process": tree.check(*cold),
        "default rules, cold, 2 processes": tree.check("--jobs", "2", "--no-cache"),
        "default rules, warm": tree.check(),
    }
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    if ruff is not None:
        lint = (ruff, "check", "--select", "F821", "--isolated", "--quiet", *names)
        measured["ruff check --select F821, cold"] = lambda: tree.run(*lint, "--no-cache")
        measured["ruff check --select F821, warm"] = lambda: tree.run(*lint)
    if repairing:
        measured["default rules, repair and write, cold"] = lambda: _repaired(tree)
    tree.check()()  # fills the caches
    taken: dict[str, list[Cost]] = {name: [] for name in measured}
    for _ in range(runs):
        for name, measure in measured.items():
            taken[name].append(measure())
    lines = sum(source.count(b"\n") for source in sources)
    print(f"\n{len(files)} test files, {sum(map(len, sources)) / 1e6:.1f} MB, {lines:,} lines\n")
    floor = median(cost.cpu for cost in taken["symbol tables (the floor)"])
    print("| | CPU s | times the floor | wall s | peak MB |\n|---|---|---|---|---|")
    for name, costs in taken.items():
        cpu, wall = median(cost.cpu for cost in costs), median(cost.wall for cost in costs)
        memory = median(cost.memory for cost in costs)
        print(
            f"| {name} | {cpu:.2f} | {cpu / floor:.2f} | {wall:.2f} | {f'{memory:.0f}' if memory else ''} |"
        )


def hook(tree: Tree, runs: int) -> None:
    """One clean file in the whole tree, as pre-commit would ask for it."""
    clean = next(
        file.relative_to(tree.folder).as_posix()
        for file in test_files(tree.folder)
        if not subprocess.run(
            [*tree.testfix, "--check", "--no-cache", file.relative_to(tree.folder).as_posix()],
            cwd=tree.folder,
            env=tree.environment,
            capture_output=True,
            check=False,
        ).returncode
    )
    commands = {
        'python -c "import click"': lambda: tree.run(sys.executable, "-c", "import click"),
        "testfix one_clean_file.py, warm": lambda: tree.run(*tree.testfix, "--quiet", clean),
        "testfix one_clean_file.py, cold": lambda: tree.run(*tree.testfix, "--quiet", "--no-cache", clean),
    }
    for command in commands.values():
        command()
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            taken[name].append(command().wall)
    print("\n| the hook | wall s |\n|---|---|")
    for name, walls in taken.items():
        print(f"| {name} | {median(walls):.2f} |")


def growth(tree: Tree, place: Path, runs: int) -> None:
    """The default rules on growing parts of the tree, each with all of its modules."""
    print("\n| part of the test files | CPU s, cold, 1 process | times the last |\n|---|---|---|")
    last = 0.0
    for part in _HALVES:
        copy = Tree(_copy(tree.folder, place / f"part-{part}"), tree.testfix, tree.environment)
        for number, file in enumerate(test_files(copy.folder)):
            if number % part:
                file.unlink()
        check = copy.check("--jobs", "1", "--no-cache")
        cpu = median(check().cpu for _ in range(min(runs, 3)))
        print(f"| 1/{part} | {cpu:.2f} | {f'{cpu / last:.2f}' if last else ''} |", flush=True)
        last = cpu
        shutil.rmtree(copy.folder)


def _repaired(tree: Tree) -> Cost:
    """A run that writes, taken back before the next one."""
    cost = tree.run(*tree.testfix, "--quiet", "--jobs", "1", "--no-cache")
    tree.run(*tree.testfix, "undo")
    return cost


def _copy(tree: Path, target: Path) -> Path:
    shutil.copytree(tree, target, symlinks=True, ignore=shutil.ignore_patterns(".git", ".testfix"))
    return target


def _own(work: Callable[[], object]) -> Cost:
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    return Cost(time.process_time() - cpu, time.perf_counter() - wall)


if __name__ == "__main__":
    sys.exit(main())
