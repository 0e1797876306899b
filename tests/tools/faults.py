"""Breaks writing runs in every way a machine can, and counts the files that are neither old nor new.

    python tests/tools/faults.py [--kills N]

Real files, real signals, a real full disk: a small tmpfs where this process may mount one (also in a
namespace of its own), a limit on file sizes elsewhere. `tests/test_faults.py` runs each fault once.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = 40
BODY = "def test_{0}():\n    with patch('os.getcwd') as m:\n        assert os.getcwd() is m()\n\n\n"
LENDER = "import pytest\n\n\n@pytest.fixture\ndef lent():\n    return 1\n"
LENDER += "\n\ndef test_own(lent):\n    assert lent\n"
BORROWER = "def test_borrowed(lent):\n    assert lent == 1\n"

Fault = Callable[[Path], "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class Outcome:
    """What one fault left: files that are neither old nor new, halves of a repair, and litter."""

    status: int
    output: str
    lost: list[str]
    halves: list[str]
    litter: list[str]
    written: int


def make_suite(folder: Path) -> Path:
    """A suite in which every file wants a repair, and one repair edits two files."""
    tests = folder / "tests"
    tests.mkdir(parents=True)
    (folder / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    (tests / "conftest.py").write_text("")
    for number in range(FILES):
        text = f"import os\n\n\n{BODY.format(number)}" + "# a comment\n" * (number * 30)
        (tests / f"test_{number:02}.py").write_text(text)
    (tests / "test_lender.py").write_text(LENDER)
    (tests / "test_borrower.py").write_text(BORROWER)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below, links followed, without what testfix keeps for itself."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".testfix" not in path.relative_to(folder).parts
    }


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "fixer", "--quiet", "--jobs", "1", "--unsafe-fixes", *words]


def run(folder: Path, *words: str, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """`testfix` in the folder, behind the words of another command."""
    return subprocess.run(
        [*before, *command(*words)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def testfix(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`testfix` with these words alone."""
    return subprocess.run(
        [sys.executable, "-m", "fixer", *words],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


class Bench:
    """Old and new content of the suite, and what faults make of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        suite = make_suite(folder / "model")
        self.old = contents(suite)
        done = run(suite, "--no-undo")
        assert done.returncode == 0, done.stdout + done.stderr
        self.new = contents(suite)
        assert self.new.keys() == self.old.keys()
        self.pair = [path for path in ("tests/conftest.py", "tests/test_lender.py") if self.changes(path)]
        assert len(self.pair) == 2  # the repair that is all or nothing

    def changes(self, path: str) -> bool:
        return self.old[path] != self.new[path]

    def suite(self) -> Path:
        return make_suite(Path(tempfile.mkdtemp(dir=self.folder)) / "suite")

    def judge(self, suite: Path, status: int, output: str) -> Outcome:
        """Hold what is there against old and new."""
        now = contents(suite)
        lost = [
            p for p, content in now.items() if p in self.old and content not in (self.old[p], self.new[p])
        ]
        lost += [path for path in self.old if path not in now]
        written = [p for p in self.old if self.changes(p) and now.get(p) == self.new[p]]
        halves = [path for path in self.pair if path in written]
        return Outcome(
            status,
            output,
            lost,
            halves if len(halves) == 1 else [],
            sorted(now.keys() - self.old.keys()),
            len(written),
        )

    def struck(self, suite: Path, number: int, delay: float) -> Outcome:
        """A run that gets the signal `delay` seconds after it began to write its journal."""
        with subprocess.Popen(
            command(),
            cwd=suite,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            journals = suite / ".testfix"
            while not journals.exists() and process.poll() is None:
                time.sleep(0.0002)
            time.sleep(delay)
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)
            output, _ = process.communicate()
        return self.judge(suite, process.returncode, output)


def can_mount() -> tuple[str, ...] | None:
    """The words in front of a command that may mount; None where nobody may."""
    for words in ((), ("unshare", "-rm")):
        with tempfile.TemporaryDirectory() as folder, contextlib.suppress(OSError):
            script = 'mount -t tmpfs -o size=64k tmpfs "$0" && umount "$0"'
            done = subprocess.run([*words, "sh", "-c", script, folder], capture_output=True, check=False)
            if done.returncode == 0:
                return words
    return None


def full_disk(bench: Bench, room: int, *options: str) -> Outcome:
    """A run on a disk with `room` bytes left; where nobody may mount, with files limited to that size."""
    words = can_mount()
    suite = bench.suite()
    if words is None:
        import resource

        done = subprocess.run(
            command(*options),
            cwd=suite,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
        )
        return bench.judge(suite, done.returncode, done.stdout + done.stderr)
    disk, out = suite.parent / "disk", suite.parent / "out"
    disk.mkdir()
    script = """
        mount -t tmpfs -o size=2m tmpfs "$DISK" && cp -a "$SUITE/." "$DISK" || exit 3
        cd "$DISK" && mkdir .testfix || exit 3
        dd if=/dev/zero of=.testfix/filler bs=4k 2>/dev/null
        truncate -s "-$ROOM" .testfix/filler
        "$@"; status=$?
        cd / && mkdir "$OUT" && cp -a "$DISK/." "$OUT"; umount "$DISK"; exit $status"""
    places = {"OUT": str(out), "DISK": str(disk), "SUITE": str(suite), "ROOM": str(room)}
    done = subprocess.run(
        [*words, "sh", "-c", script, "sh", *command(*options)],
        env={**environment(), **places},
        capture_output=True,
        text=True,
        check=False,
    )
    return bench.judge(out, done.returncode, done.stdout + done.stderr)


def read_only_disk(bench: Bench) -> Outcome | None:
    """A run on a file system that is mounted for reading; None where nobody may mount."""
    words = can_mount()
    if words is None:
        return None
    suite = bench.suite()
    script = (
        'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && cd "$1" && shift && "$@"; status=$?; cd /'
    )
    script += '; umount "$SUITE"; exit $status'
    done = subprocess.run(
        [*words, "sh", "-c", script, "sh", str(suite), *command("--no-undo")],
        env={**environment(), "SUITE": str(suite)},
        capture_output=True,
        text=True,
        check=False,
    )
    return bench.judge(suite, done.returncode, done.stdout + done.stderr)


def unprivileged() -> tuple[str, ...]:
    """Words that take the right to pass over permissions from root; none for anybody else."""
    if os.name != "posix" or os.geteuid() != 0:
        return ()
    assert shutil.which("setpriv"), "setpriv (util-linux) is needed to test permissions as root"
    return ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


@contextlib.contextmanager
def mode(path: Path, bits: int) -> Iterator[None]:
    former = path.stat().st_mode
    path.chmod(bits)
    try:
        yield
    finally:
        path.chmod(former)


def no_permission(bench: Bench, undo: bool) -> Outcome:
    """A folder in which nothing can be created: of the tests, or of the journal."""
    suite = bench.suite()
    with mode(suite if undo else suite / "tests", 0o555):
        done = run(suite, before=unprivileged())
    return bench.judge(suite, done.returncode, done.stdout + done.stderr)


def read_only_file(bench: Bench) -> Outcome:
    suite = bench.suite()
    with mode(suite / "tests/test_lender.py", 0o444):
        done = run(suite)
    return bench.judge(suite, done.returncode, done.stdout + done.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    rows: list[tuple[str, list[Outcome]]] = []
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            struck = [
                bench.struck(bench.suite(), number, chance.uniform(0, 0.03)) for _ in range(options.kills)
            ]
            rows.append((number.name, struck))
        rooms = [0, 4096, 8192, 12288, 16384, 65536]
        full = [full_disk(bench, room, *words) for room in rooms for words in ((), ("--no-undo",))]
        rows.append(("full disk", full))
        read_only = read_only_disk(bench)
        rows.append(("read-only file system", [read_only] if read_only else []))
        rows.append(("no permission", [no_permission(bench, undo) for undo in (False, True)]))
        rows.append(("read-only file", [read_only_file(bench)]))
    print(f"{'fault':<24}{'tried':>6}{'midway':>8}{'lost':>6}{'half':>6}{'litter':>8}")
    whole = sum(map(bench.changes, bench.old))
    for name, outcomes in rows:
        midway = sum(0 < each.written < whole for each in outcomes)
        sums = [sum(len(getattr(each, key)) for each in outcomes) for key in ("lost", "halves", "litter")]
        print(
            f"{name:<24}{len(outcomes):>6}{midway:>8}"
            + "".join(f"{n:>{w}}" for n, w in zip(sums, (6, 6, 8), strict=True))
        )
    return int(any(each.lost for _, outcomes in rows for each in outcomes))


if __name__ == "__main__":
    sys.exit(main())
