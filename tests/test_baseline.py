"""Known findings are silent, new ones are not, and what is gone is named."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from cli_runner import contents, run_testfix, write_files

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = b'[tool.testfix]\nbaseline = "known.json"\n'
TEST_A = "def test_a():\n    assert nobody()\n    assert nobody() == 1\n    assert Mock()\n"


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    files = {"pyproject.toml": CONFIG, "tests/test_a.py": TEST_A.encode(), "tests/test_b.py": TEST_A.encode()}
    root = write_files(tmp_path / "suite", files)
    done = run_testfix(["--write-baseline"], root)
    assert done.status == 0
    assert done.text == "The baseline knows 6 findings of 2 files (undefined-name).\n"
    return root


def found(suite: Path, *words: str) -> list[tuple[int, str]]:
    done = run_testfix(["--check", "--output-format", "json", *words], suite)
    document: dict[str, Any] = json.loads(done.out)
    assert done.status == bool(document["findings"])
    return [(each["line"], each["name"]) for each in document["findings"]]


def rewrite(suite: Path, old: str, new: str) -> None:
    path = suite / "tests/test_a.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_what_is_known_is_silent_and_stays(suite: Path) -> None:
    before = contents(suite)
    assert found(suite) == []
    assert run_testfix([], suite).status == 0
    assert run_testfix(["--diff"], suite).out == b""
    assert contents(suite) == before


def test_moved_and_indented_lines_are_known(suite: Path) -> None:
    rewrite(suite, TEST_A, "import os\n\n\n" + TEST_A.replace("    assert", "    if os:\n        assert"))
    assert found(suite) == []


def test_a_changed_line_is_known_while_there_are_no_more_of_them(suite: Path) -> None:
    rewrite(suite, "nobody() == 1", "nobody() == 2")
    assert found(suite) == []


def test_of_more_than_are_known_the_new_line_is_reported(suite: Path) -> None:
    rewrite(suite, "def test_a():\n", "def test_a():\n    assert nobody() == 7\n")
    assert found(suite) == [(2, "nobody")]
    rewrite(suite, "assert Mock()", "assert Mock()\n    assert patch")
    assert found(suite) == [(2, "nobody"), (6, "patch")]


def test_a_new_finding_is_repaired_beside_known_ones(suite: Path) -> None:
    rewrite(suite, "assert Mock()", "assert Mock()\n    assert patch")
    assert run_testfix([], suite).status == 0
    text = (suite / "tests/test_a.py").read_text()
    assert "from unittest.mock import patch\n" in text
    assert found(suite) == []


@pytest.mark.parametrize("gone", ["a finding", "a file"])
def test_what_is_gone_is_named_and_dropped(suite: Path, gone: str) -> None:
    if gone == "a finding":
        rewrite(suite, "    assert nobody() == 1\n", "")
    else:
        (suite / "tests/test_a.py").unlink()
    done = run_testfix(["--check"], suite)
    assert done.status == 0
    assert "no longer there (tests/test_a.py: TF101 `" in done.text
    assert run_testfix(["--write-baseline"], suite).status == 0
    assert "no longer there" not in run_testfix(["--check"], suite).text
    assert found(suite) == []


def test_a_run_of_few_files_or_rules_calls_nothing_else_gone(suite: Path) -> None:
    before = (suite / "known.json").read_bytes()
    for words in (["tests/test_a.py"], ["--select", "TF201"]):
        assert "no longer there" not in run_testfix(["--check", *words], suite).text
        assert run_testfix(["--write-baseline", *words], suite).status == 0
        assert (suite / "known.json").read_bytes() == before


def test_it_counts_from_its_own_folder(suite: Path) -> None:
    assert found(suite / "tests") == []
    assert found(suite.parent, "suite") == []


def test_without_a_configuration_the_name_is_told(tmp_path: Path) -> None:
    root = write_files(tmp_path / "suite", {"tests/test_a.py": TEST_A.encode()})
    done = run_testfix(["--write-baseline"], root)
    assert 'baseline = "testfix-baseline.json"' in done.text
    assert (root / "testfix-baseline.json").is_file()
    assert len(found(root)) == 3


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"version": 2}', b'{"version": 1, "findings": {"a": 1}}', b"[" * 100_000]
)
def test_a_damaged_baseline_is_an_error(suite: Path, content: bytes) -> None:
    (suite / "known.json").write_bytes(content)
    done = run_testfix(["--check"], suite)
    assert done.status == 2
    assert "known.json" in done.err


def test_a_missing_baseline_is_an_error(suite: Path) -> None:
    (suite / "known.json").unlink()
    done = run_testfix(["--check"], suite)
    assert done.status == 2
    assert "--write-baseline" in done.err


@pytest.mark.parametrize("way", ["path", "absolute", "link"])
def test_never_outside_of_the_project(suite: Path, tmp_path: Path, way: str) -> None:
    outside = tmp_path / "outside.json"
    outside.write_text("mine")
    name = {"path": "../outside.json", "absolute": outside.as_posix(), "link": "link.json"}[way]
    if way == "link":
        if sys.platform == "win32":
            return
        (suite / "link.json").symlink_to(outside)
    (suite / "pyproject.toml").write_text(f'[tool.testfix]\nbaseline = "{name}"\n')
    for words in (["--write-baseline"], ["--check"]):
        done = run_testfix(words, suite)
        assert done.status == 2
        assert "must be a file of the project" in done.err
    assert outside.read_text() == "mine"
