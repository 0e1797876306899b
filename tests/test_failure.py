"""A defect of testfix that shows on one file is said of that file, and the rest is repaired."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_runner import run_testfix, write_files

import fixer.facts.read
import fixer.repairs.import_name
from fixer.project.project import Project

if TYPE_CHECKING:
    from pathlib import Path

BROKEN = b"def test_a():\n    assert Mock()\n"
OTHER = b"from unittest import mock\n\n\ndef test_a(patch):\n    assert mock.ANY\n    assert Mock()\n"


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    write_files(tmp_path, {"tests/test_bad.py": OTHER, "tests/test_good.py": BROKEN})
    return tmp_path


def defect(*_: object) -> None:
    raise KeyError("made for the test")


def test_while_reading(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fixer.facts.read.find_uses
    monkeypatch.setattr(
        fixer.facts.read,
        "find_uses",
        lambda text, scopes: defect() if "mock.ANY" in text else whole(text, scopes),
    )
    check_the_rest(suite, "read it (KeyError: 'made for the test'")


def test_while_judging(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Project.bound_unseen
    monkeypatch.setattr(
        Project,
        "bound_unseen",
        lambda self, facts: defect() if "test_bad" in facts.path else whole(self, facts),
    )
    check_the_rest(suite, "judge it for TF101 (KeyError: 'made for the test', fixer/rules/undefined_name.py:")


def test_while_planning(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All findings of the rule are planned together: they stay, and the other rules go on."""
    monkeypatch.setattr(fixer.repairs.import_name, "fix_undefined", defect)
    write_files(suite, {"tests/test_mock.py": b"import mock\n\n\ndef test_a():\n    assert mock.ANY\n"})
    done = run_testfix(["--jobs", "1"], suite)
    assert done.status == 2
    assert "`Mock` is not defined" in done.text
    assert "testfix itself failed to plan it" in done.text
    assert b"from unittest import mock" in (suite / "tests/test_mock.py").read_bytes()


def check_the_rest(suite: Path, failure: str) -> None:
    done = run_testfix(["--jobs", "1"], suite)
    assert done.status == 2
    said = done.text + done.err
    assert f"tests/test_bad.py: error: testfix itself failed to {failure}" in said, said
    assert (suite / "tests/test_bad.py").read_bytes() == OTHER
    assert b"from unittest.mock import Mock" in (suite / "tests/test_good.py").read_bytes()


def test_what_cannot_be_judged_any_more_is_not_written(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The repair of one file makes testfix fail on it: it is refused, and said to be."""
    source = BROKEN + b"    assert patch\n    assert nobody_knows\n"  # left: judged again
    write_files(suite, {"tests/test_bad.py": source})
    whole = Project.bound_unseen
    monkeypatch.setattr(
        Project,
        "bound_unseen",
        lambda self, facts: defect() if "patch" in facts.imported else whole(self, facts),
    )
    done = run_testfix(["--jobs", "1"], suite)
    assert done.status == 2
    assert "testfix itself failed to judge the result" in done.text, done.text
    assert b"import Mock\n" in (suite / "tests/test_bad.py").read_bytes()
    assert b"import Mock\n" in (suite / "tests/test_good.py").read_bytes()
