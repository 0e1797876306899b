"""The journal of writing runs, and the way back."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import zipfile
from pathlib import Path

import pytest
from cli_runner import contents, run_testfix, write_files

from fixer.signals import TerminatedError, raised
from fixer.undo import KEPT_RUNS, folder_of, record
from fixer.writing import Replacement

SUITE = {
    "pyproject.toml": b"[project]\nname = 'shop'\n",
    "tests/test_a.py": b"def test_a():\r\n    patch('os.getcwd')\r\n",
    "tests/test_b.py": b"def test_b():\n    assert datetime.now()",
    "tests/test_lender.py": (
        b"import pytest\n\n\n@pytest.fixture\ndef lent():\n    return 1\n\n\n"
        b"def test_own(lent):\n    assert lent\n"
    ),
    "tests/test_borrower.py": b"def test_borrowed(lent):\n    assert lent == 1\n",
}


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    return write_files(tmp_path / "a suite", SUITE)


def journals(suite: Path) -> list[Path]:
    return sorted(folder_of(suite).glob("*"))


def test_every_byte_comes_back(suite: Path) -> None:
    """A created conftest goes, a moved fixture returns."""
    done = run_testfix(["--unsafe-fixes", "--exit-zero"], suite)
    assert done.status == 0
    changed = {path for path, content in contents(suite).items() if content != SUITE.get(path)}
    assert changed == {f"tests/{name}.py" for name in ("conftest", "test_a", "test_b", "test_lender")}
    undone = run_testfix(["undo"], suite)
    assert undone.status == 0
    assert "Took back 4 files." in undone.text
    assert contents(suite) == SUITE
    assert journals(suite) == []


def test_the_journal_says_what_was_and_what_is(suite: Path) -> None:
    run_testfix(["--exit-zero", "tests/test_a.py"], suite)
    (journal,) = journals(suite)
    with zipfile.ZipFile(journal) as archive:
        head = json.loads(archive.read("journal.json"))
        assert [entry["path"] for entry in head["files"]] == ["tests/test_a.py"]
        assert archive.read("before/0") == SUITE["tests/test_a.py"]
        assert archive.read("after/0") == (suite / "tests/test_a.py").read_bytes()
    assert (suite / ".testfix/.gitignore").read_text().splitlines()[-1] == "*"


def test_what_has_changed_since_is_left_alone_and_stays(suite: Path) -> None:
    run_testfix(["--exit-zero"], suite)
    edited = (suite / "tests/test_a.py").read_bytes() + b"# mine\r\n"
    (suite / "tests/test_a.py").write_bytes(edited)
    undone = run_testfix(["undo"], suite)
    assert undone.status == 1
    assert "tests/test_a.py: left alone: has changed since" in undone.text
    assert contents(suite) == SUITE | {"tests/test_a.py": edited}
    assert "1 file: tests/test_a.py" in run_testfix(["undo", "--list"], suite).text
    (suite / "tests/test_a.py").write_bytes(edited.removesuffix(b"# mine\r\n"))
    assert run_testfix(["undo"], suite).status == 0
    assert contents(suite) == SUITE


def test_deleted_files_and_folders_are_not_made_again(suite: Path) -> None:
    run_testfix(["--exit-zero"], suite)
    shutil.rmtree(suite / "tests")
    undone = run_testfix(["undo"], suite)
    assert undone.status == 1
    assert "has been deleted since" in undone.text
    assert contents(suite).keys() == {"pyproject.toml"}


def test_runs_are_taken_back_one_by_one_and_five_are_kept(suite: Path) -> None:
    states = [contents(suite)]
    for number in range(KEPT_RUNS + 2):
        (suite / "tests/test_a.py").write_text(f"def test_a():\n    assert {number} < len(datetime.now())\n")
        states.append(contents(suite))
        run_testfix(["--exit-zero", "tests/test_a.py"], suite)
    assert len(journals(suite)) == KEPT_RUNS
    assert run_testfix(["undo", "--list"], suite).text.count("1 file: tests/test_a.py") == KEPT_RUNS
    assert run_testfix(["undo"], suite).status == 0
    assert contents(suite) == states[-1]
    assert run_testfix(["undo"], suite).status == 1  # the run before wrote something else


def test_nothing_to_take_back(suite: Path) -> None:
    assert run_testfix(["undo"], suite).status == 2
    assert run_testfix(["undo", "--list"], suite).text == "No run is kept.\n"
    for words in (["--check"], ["--diff"], ["--no-undo", "--exit-zero"]):
        run_testfix(words, suite)
        assert not (suite / ".testfix").exists()


def test_without_a_journal_nothing_is_written(suite: Path) -> None:
    (suite / ".testfix").write_text("a file where the folder should be")
    done = run_testfix([], suite)
    assert done.status == 2
    assert "--no-undo" in done.err
    assert {name: contents(suite).get(name) for name in SUITE} == SUITE
    assert run_testfix(["--no-undo", "--exit-zero"], suite).status == 0
    assert contents(suite) != SUITE


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_no_journal_outside_of_the_project(suite: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (suite / ".testfix").symlink_to(outside)
    done = run_testfix([], suite)
    assert done.status == 2
    assert "outside the project" in done.err
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"no zip file",
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"PK\x01\x02", b"PK\x01\x03"),
    ],
)
def test_a_damaged_journal_is_passed_over(suite: Path, damage: object) -> None:
    run_testfix(["--exit-zero"], suite)
    (journal,) = journals(suite)
    journal.write_bytes(damage(journal.read_bytes()))  # type: ignore[operator]
    before = contents(suite)
    assert run_testfix(["undo"], suite).status == 2
    assert contents(suite) == before


@pytest.mark.parametrize("path", ["../victim.py", "/etc/hostname", "tests/../../victim.py"])
def test_a_journal_that_somebody_made_up_reaches_nothing_outside(
    suite: Path, tmp_path: Path, path: str
) -> None:
    victim = tmp_path / "victim.py"
    victim.write_bytes(b"old")
    run_testfix(["--exit-zero", "tests/test_a.py"], suite)
    (journal,) = journals(suite)
    import hashlib

    content = victim.read_bytes() if "victim" in path else Path(path).read_bytes()
    before, after = (hashlib.sha256(each).hexdigest() for each in (b"new", content))
    with zipfile.ZipFile(journal, "w") as archive:
        head = {"version": 1, "time": 0, "files": [{"path": path, "before": before, "after": after}]}
        archive.writestr("journal.json", json.dumps(head))
        archive.writestr("before/0", b"new")
        archive.writestr("after/0", content)
    undone = run_testfix(["undo"], suite)
    assert undone.status == 1
    assert "outside the project" in undone.text
    assert victim.read_bytes() == b"old"


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
@pytest.mark.parametrize("written", range(0, 60, 7))
def test_a_file_that_was_being_written_in_place_comes_back(suite: Path, written: int) -> None:
    """A hard-linked file cannot be renamed over; a run that is killed leaves it half-written."""
    path = suite / "tests/test_a.py"
    (suite / "link.txt").hardlink_to(path)
    run_testfix(["--exit-zero", "tests/test_a.py"], suite)
    old, new = SUITE["tests/test_a.py"], path.read_bytes()
    assert (suite / "link.txt").read_bytes() == new
    torn = old + new[len(old) :]
    with path.open("r+b") as file:
        file.write((new[:written] + torn[written:]) if written % 2 else torn[: len(old) + written % 9])
        file.truncate()
    assert run_testfix(["undo"], suite).status == 0
    assert path.read_bytes() == old
    assert path.samefile(suite / "link.txt")


def test_a_signal_while_the_journal_is_written_is_told_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of a file of the archive, closing the archive would fail and hide the signal."""
    with zipfile.ZipFile(tmp_path / "any.zip", "w") as archive, archive.open("any", "w") as entry:
        kind = type(entry)
    close = kind.close

    def close_later(self: object) -> None:
        signal.raise_signal(signal.SIGTERM)
        close(self)  # type: ignore[arg-type]

    monkeypatch.setattr(kind, "close", close_later)
    with pytest.raises(TerminatedError), raised():
        record(tmp_path, [Replacement("test_a.py", b"x = 1\n", b"x = 2\n")])
    assert list(folder_of(tmp_path).iterdir()) == []
