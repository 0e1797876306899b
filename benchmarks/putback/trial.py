"""Choose the trials: which name is taken away from which file."""

from __future__ import annotations

import ast
import fnmatch
import os
import random
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from putback.mutation import Target, targets, without
from putback.names import ruff_undefined, ruff_unhealthy, undefined_names
from putback.origin import SKIPPED_FOLDERS, Imported, Repository, imported_names

if TYPE_CHECKING:
    from collections.abc import Sequence

TEST_FILES = ("test_*.py", "*_test.py", "conftest.py")
KINDS = ("mock", "pytest", "stdlib", "third party", "project")


@dataclass(frozen=True, slots=True)
class Trial:
    """`name` is taken away from the file `path`; `mutated` is the file without it."""

    repository: str
    path: str
    name: str
    kind: str
    before: Imported
    original: bytes
    mutated: bytes


@dataclass(frozen=True, slots=True)
class Pool:
    """The healthy test files of a repository, in order, and how many there are in all."""

    sources: dict[str, bytes]
    test_files: int


def test_files(folder: Path) -> list[Path]:
    """Every file pytest takes by its default patterns, and each conftest.py."""
    found: list[Path] = []
    for place, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if name not in SKIPPED_FOLDERS)
        for name in sorted(files):
            path = Path(place, name)
            if any(fnmatch.fnmatchcase(name, pattern) for pattern in TEST_FILES) and path.is_file():
                found.append(path)
    return found


def healthy_files(folder: Path, ruff: str) -> Pool:
    """Files that compile and in which neither the symbol table nor ruff's F821 finds an undefined name."""
    files = test_files(folder)
    unhealthy = ruff_unhealthy(ruff, files)
    sources: dict[str, bytes] = {}
    for file in files:
        source = file.read_bytes()
        # A byte order mark or a lone carriage return would put positions out of step.
        plain = not source.startswith(b"\xef\xbb\xbf") and not re.search(rb"\r(?!\n)", source)
        if file in unhealthy or file.is_symlink() or not plain:
            continue
        try:
            healthy = not undefined_names(source, str(file))
        except (SyntaxError, ValueError):
            continue
        if healthy:
            sources[file.relative_to(folder).as_posix()] = source
    return Pool(sources, len(files))


def kind_of(repository: Repository, path: str, what: Imported) -> str:
    """One of KINDS. `from unittest import mock` is mock, `from pytest_mock import x` is third party."""
    if what.module.startswith("unittest.mock") or (what.module, what.name) == ("unittest", "mock"):
        return "mock"
    top = what.module.partition(".")[0]
    if top == "pytest":
        return "pytest"
    if top in sys.stdlib_module_names:
        return "stdlib"
    if not top or repository.is_project(path, what):
        return "project"
    return "mock" if top == "mock" else "third party"


def choose(
    name: str, repository: Repository, pool: Pool, ruff: str, count: int, seed: int, per_file: int
) -> list[Trial]:
    """Up to `count` trials: a tenth of them for each kind (as far as there are any), the rest as they come.

    The same seed gives the same trials. No file serves more than `per_file` of them.
    """
    draw = random.Random(f"{seed}:{name}")
    candidates: list[tuple[str, Target, Imported, str]] = []
    for path, source in pool.sources.items():
        tree = ast.parse(source)
        for target in targets(tree):
            what = list(imported_names(tree.body[target.statement]))[target.alias][1]
            candidates.append((path, target, what, kind_of(repository, path, what)))
    draw.shuffle(candidates)
    chosen: list[Trial] = []
    taken: Counter[str] = Counter()
    passed: set[int] = set()

    def take(quota: int, kind: str | None) -> None:
        for index, (path, target, what, its_kind) in enumerate(candidates):
            if quota <= 0 or len(chosen) >= count:
                return
            if index in passed or (kind is not None and its_kind != kind) or taken[path] >= per_file:
                continue
            passed.add(index)
            trial = _trial(name, path, pool.sources[path], target, what, its_kind, ruff)
            if trial is not None:
                chosen.append(trial)
                taken[path] += 1
                quota -= 1

    for kind in KINDS:
        take(count // 10, kind)
    take(count, None)
    draw.shuffle(chosen)
    return chosen


def _trial(
    name: str, path: str, source: bytes, target: Target, what: Imported, kind: str, ruff: str
) -> Trial | None:
    mutated = without(source, ast.parse(source), target)
    if mutated is None:
        return None
    only = frozenset({target.bound})
    if undefined_names(mutated, path) != only or ruff_undefined(ruff, mutated) != only:
        return None
    return Trial(name, path, target.bound, kind, what, source, mutated)


def rounds(trials: Sequence[Trial], files: int, share: float) -> list[list[Trial]]:
    """Trials that are run together: no file twice, and at most `share` of the test files broken at once."""
    room = max(1, int(files * share))
    result: list[list[Trial]] = []
    for trial in trials:
        for group in result:
            if len(group) < room and all(other.path != trial.path for other in group):
                group.append(trial)
                break
        else:
            result.append([trial])
    return result
