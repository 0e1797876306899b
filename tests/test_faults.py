"""Faults while files are written, each tried once; `tests/tools/faults.py` tries many and counts."""

from __future__ import annotations

import os
import random
import signal
from typing import TYPE_CHECKING

import faults
import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX signals, permissions and mounts")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> faults.Bench:
    return faults.Bench(tmp_path_factory.mktemp("faults"))


def assert_whole(outcome: faults.Outcome) -> None:
    assert (outcome.lost, outcome.halves, outcome.litter) == ([], [], []), outcome.output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_to_end_leaves_files_whole(bench: faults.Bench, number: signal.Signals) -> None:
    chance = random.Random(number)
    for _ in range(2):
        outcome = bench.struck(bench.suite(), number, chance.uniform(0, 0.02))
        assert_whole(outcome)
        assert outcome.status in (0, 128 + number)


def test_a_killed_run_leaves_files_whole_and_a_way_back(bench: faults.Bench) -> None:
    chance = random.Random(9)
    for _ in range(3):
        suite = bench.suite()
        outcome = bench.struck(suite, signal.SIGKILL, chance.uniform(0, 0.02))
        assert outcome.lost == []
        done = faults.run(suite)  # a later run takes up where it ended
        assert done.returncode == 0
        assert bench.judge(suite, 0, "").lost == []


def test_undo_after_a_kill(bench: faults.Bench) -> None:
    suite = bench.suite()
    outcome = bench.struck(suite, signal.SIGKILL, 0.008)
    assert outcome.lost == []
    if any((suite / ".testfix/undo").glob("*.zip")):
        done = faults.testfix(suite, "undo")
        assert done.returncode == 0, done.stdout
    assert {
        path: content for path, content in faults.contents(suite).items() if path in bench.old
    } == bench.old


@pytest.mark.parametrize("room", [0, 8192])
def test_a_full_disk(bench: faults.Bench, room: int) -> None:
    outcome = faults.full_disk(bench, room, "--no-undo")
    assert_whole(outcome)
    assert outcome.status == 2
    assert "No space left on device" in outcome.output or "File too large" in outcome.output
    assert bool(outcome.written) == bool(room)  # the rest goes on


def test_a_disk_too_full_for_the_journal(bench: faults.Bench) -> None:
    outcome = faults.full_disk(bench, 0)
    assert_whole(outcome)
    assert outcome.status == 2
    assert outcome.written == 0
    assert "--no-undo" in outcome.output


@pytest.mark.parametrize("where", ["tests", "journal"])
def test_no_permission(bench: faults.Bench, where: str) -> None:
    outcome = faults.no_permission(bench, undo=where == "journal")
    assert_whole(outcome)
    assert outcome.status == 2
    assert outcome.written == 0
    assert "Permission denied" in outcome.output


def test_a_read_only_file_keeps_the_other_half_of_its_repair_back(bench: faults.Bench) -> None:
    outcome = faults.read_only_file(bench)
    assert_whole(outcome)
    assert outcome.status == 2
    assert outcome.written == faults.FILES
    assert "shares a repair with tests/test_lender.py" in outcome.output


def test_a_read_only_file_system(bench: faults.Bench) -> None:
    outcome = faults.read_only_disk(bench)
    if outcome is None:  # nobody may mount here: a folder without permission has to do
        outcome = faults.no_permission(bench, undo=False)
    assert_whole(outcome)
    assert (outcome.status, outcome.written) == (2, 0)


def test_a_suite_without_faults_is_repaired(bench: faults.Bench, tmp_path: Path) -> None:
    """The bench itself: every file has something to repair, so losses would show."""
    assert sum(map(bench.changes, bench.old)) == faults.FILES + 2
