"""Whether a repository gets the one answer, however it is asked, and whether everything can be taken back.

    python benchmarks/same_answer.py REPOSITORY [--only FOLDER] [--damage N] [--splits N] [--kills N]

On a copy: every random split of its test files into batches, in any order, with one or two processes, with
no cache, a new one or that of the split before, leaves the files that one run leaves; `--diff` handed to
`git apply` does, too; `testfix undo` restores every byte; and where a run is killed at a random moment, no
file is neither old nor new. A healthy repository has nothing to repair: `--damage` takes an import away from
that many of its test files first.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
OWN = {".git", ".testfix"}


class Copy:
    """A copy of the repository that is put back to what it was before every question."""

    def __init__(self, source: Path, folder: Path, damage: int, chance: random.Random) -> None:
        self.folder = folder
        shutil.copytree(source, folder, symlinks=True, ignore=shutil.ignore_patterns(*OWN))
        subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
        files = test_files(folder)
        for path in chance.sample(files, len(files)):
            damage -= damage > 0 and damaged(folder / path)
        self.old = self.contents()

    def contents(self) -> dict[str, bytes]:
        """Every file that is no link, without what git and testfix keep for themselves."""
        found = {}
        for place, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if name not in OWN]
            for path in (Path(place) / name for name in names):
                if path.is_file() and not path.is_symlink():
                    found[path.relative_to(self.folder).as_posix()] = path.read_bytes()
        return found

    def put_back(self, keep_cache: bool = False) -> None:
        now = self.contents()
        for path in now.keys() - self.old.keys():
            (self.folder / path).unlink()
        for path, content in self.old.items():
            if now.get(path) != content:
                (self.folder / path).write_bytes(content)
        shutil.rmtree(self.folder / ".testfix" / ("undo" if keep_cache else ""), ignore_errors=True)

    def differs(self, expected: dict[str, bytes]) -> list[str]:
        now = self.contents()
        return sorted(path for path in now.keys() | expected.keys() if now.get(path) != expected.get(path))

    def testfix(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "fixer", "--quiet", *words]
        done = subprocess.run(command, cwd=self.folder, env=environment(), capture_output=True, check=False)
        if done.returncode not in (0, 1) or b"Traceback" in done.stderr:
            raise SystemExit(
                f"{' '.join(words)[:200]}: exit status {done.returncode}\n{done.stderr.decode()}"
            )
        return done

    def started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "fixer", "--quiet"]
        null = subprocess.DEVNULL
        return subprocess.Popen(command, cwd=self.folder, env=environment(), stdout=null, stderr=null)

    def wait_for_journal(self, process: subprocess.Popen[bytes]) -> None:
        while not (self.folder / ".testfix" / "undo").exists() and process.poll() is None:
            time.sleep(0.0005)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def test_files(folder: Path) -> list[str]:
    from fixer.config import load
    from fixer.discover import discover

    return list(discover(["."], load(folder), folder, folder).files)


def damaged(path: Path) -> bool:
    """Take a line that imports away; whether there was one."""
    content = path.read_bytes()
    left = re.sub(
        rb"^(?:import pytest|from unittest.mock import [^(\n]*)\n", b"", content, count=1, flags=re.M
    )
    path.write_bytes(left)
    return left != content


def split(chance: random.Random, files: list[str]) -> Iterator[list[str]]:
    """The files in random batches, in random order."""
    files = chance.sample(files, len(files))
    cuts = sorted(chance.sample(range(1, len(files)), min(chance.randint(1, 5), len(files) - 1)))
    for start, stop in zip([0, *cuts], [*cuts, len(files)], strict=True):
        yield files[start:stop]


def splits(copy: Copy, new: dict[str, bytes], number: int, chance: random.Random) -> list[str]:
    files = test_files(copy.folder)
    wrong = []
    for each in range(number):
        copy.put_back(keep_cache=chance.random() < 0.7)
        cache = ["--no-cache"] if chance.random() < 0.1 else []
        for batch in split(chance, files):
            copy.testfix("--no-undo", *cache, "--jobs", str(chance.randint(1, 2)), *batch)
        wrong += [f"split {each}: {path}" for path in copy.differs(new)]
    return wrong


def diff(copy: Copy, new: dict[str, bytes]) -> list[str]:
    copy.put_back()
    patch = copy.testfix("--diff").stdout
    if patch:
        command = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
        subprocess.run(command, cwd=copy.folder, input=patch, check=True)
    return copy.differs(new)


def undo(copy: Copy, new: dict[str, bytes]) -> list[str]:
    copy.put_back()
    copy.testfix()
    wrong = copy.differs(new)
    command = [sys.executable, "-m", "fixer", "undo"]
    subprocess.run(command, cwd=copy.folder, env=environment(), capture_output=True, check=False)
    return wrong + copy.differs(copy.old)


def kills(copy: Copy, new: dict[str, bytes], number: int, chance: random.Random) -> tuple[list[str], int]:
    """Half of the moments lie anywhere in the run, half while it writes, as long as that took once. The
    second part counts the runs that had written some files and not all."""
    copy.put_back()
    copy.testfix()
    copy.put_back(keep_cache=True)
    changed = [path for path in new if new[path] != copy.old.get(path)]
    start = time.time()
    with copy.started() as process:
        copy.wait_for_journal(process)
        journal = time.time()
        process.wait()
    end = time.time()
    last = max(((copy.folder / path).stat().st_mtime for path in changed), default=end)
    wrong, midway = [], 0
    for each in range(number):
        copy.put_back(keep_cache=True)
        with copy.started() as process:
            if each % 2:
                time.sleep(chance.uniform(0, end - start))
            else:
                copy.wait_for_journal(process)
                time.sleep(chance.uniform(0, max(0.0, last - journal)))
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        now = copy.contents()
        written = sum(now.get(path) == new[path] for path in changed)
        midway += 0 < written < len(changed)
        lost = [
            path
            for path in copy.old.keys() | new.keys()
            if now.get(path) not in (copy.old.get(path), new.get(path))
        ]
        wrong += [f"kill {each}: {path}" for path in lost]
    return wrong, midway


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--only", default=".", help="a folder of it, which is taken for the whole")
    parser.add_argument("--damage", type=int, default=0, help="how many files lose an import first")
    parser.add_argument("--splits", type=int, default=50)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        source, target = options.repository / options.only, Path(folder).resolve() / "copy"
        copy = Copy(source, target, options.damage, chance)
        copy.testfix("--no-undo")
        new = copy.contents()
        changed = sum(new[path] != copy.old.get(path) for path in new)
        print(f"{len(test_files(copy.folder))} test files, {changed} files changed", flush=True)
        copy.testfix("--no-undo")
        wrong = {"second run": copy.differs(new)}
        wrong["diff and git apply"] = diff(copy, new)
        wrong["undo"] = undo(copy, new)
        for name, found in wrong.items():
            print(f"{name}: {len(found)} files differ {found[:5] or ''}", flush=True)
        wrong["splits"] = splits(copy, new, options.splits, chance)
        print(
            f"{options.splits} splits: {len(wrong['splits'])} files differ {wrong['splits'][:5] or ''}",
            flush=True,
        )
        wrong["kills"], midway = kills(copy, new, options.kills, chance)
        print(f"{options.kills} kills ({midway} midway): {len(wrong['kills'])} files neither old nor new")
        print(*wrong["kills"][:5])
    return int(any(wrong.values()))


if __name__ == "__main__":
    sys.exit(main())
