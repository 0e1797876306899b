"""A source on standard input: what an editor hands over, saved or not."""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli_runner import Outcome, contents, git_apply, run_testfix, write_files
from hypothesis import example, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

LENDER = b"import pytest\n\n\n@pytest.fixture\ndef lent():\n    return 1\n"
LENDER += b"\n\ndef test_own(lent):\n    assert lent\n"
BROKEN = b"\xef\xbb\xbf# \xc3\xbc\r\ndef test_a():\r\n\tassert Mock()  \r\n\x0c\r\n# end"
REPAIRED = BROKEN.replace(b"#", b"from unittest.mock import Mock\r\n\r\n\r\n#", 1)


@contextlib.contextmanager
def standard_input(content: bytes) -> Iterator[None]:
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(content))
    try:
        yield
    finally:
        sys.stdin = before


def hand_over(content: bytes, folder: Path, *words: str, path: str = "tests/test_a.py") -> Outcome:
    with standard_input(content):
        return run_testfix(["--stdin-filename", path, *words], folder)


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    return write_files(tmp_path / "suite", {"pyproject.toml": b"", "tests/test_lender.py": LENDER})


@pytest.mark.parametrize("words", [(), ("-",)])
def test_the_repaired_source_is_all_of_standard_output(suite: Path, words: tuple[str, ...]) -> None:
    before = contents(suite)
    done = hand_over(BROKEN, suite, *words)
    assert done.out == REPAIRED
    assert done.status == 0
    assert "Fixed 1 finding in 1 file." in done.err
    assert contents(suite) == before
    assert hand_over(REPAIRED, suite).out == REPAIRED


def test_what_is_on_the_disk_does_not_count(suite: Path) -> None:
    write_files(suite, {"tests/test_a.py": b"def test_a(:\n"})
    assert hand_over(BROKEN, suite).out == REPAIRED
    assert (suite / "tests/test_a.py").read_bytes() == b"def test_a(:\n"


def test_the_diff_leads_to_what_is_written(suite: Path) -> None:
    diff = hand_over(BROKEN, suite, "--diff")
    assert diff.status == 1
    write_files(suite, {"tests/test_a.py": BROKEN})
    git_apply(diff.out, suite)
    assert (suite / "tests/test_a.py").read_bytes() == REPAIRED


def test_check_reports_as_it_does_for_a_file(suite: Path) -> None:
    found = hand_over(BROKEN, suite, "--check", "--output-format", "json")
    write_files(suite, {"tests/test_a.py": BROKEN})
    assert found == run_testfix(["--check", "--output-format", "json", "tests/test_a.py"], suite)
    assert found.status == 1


def test_findings_that_are_left_go_to_standard_error(suite: Path) -> None:
    source = b"def test_a():\n    assert nobody()\n"
    done = hand_over(source, suite)
    assert (done.status, done.out) == (1, source)
    assert "`nobody` is not defined" in done.err
    assert hand_over(source, suite, "--exit-zero", "--quiet").status == 0


def test_the_rest_of_the_project_is_evidence_and_is_not_edited(suite: Path) -> None:
    source = b"def test_borrowed(lent):\n    assert lent == 1\n"
    before = contents(suite)
    done = hand_over(source, suite, "--unsafe-fixes")
    assert (done.status, done.out) == (1, source)
    assert "it also edits tests/conftest.py, and only the source" in done.err
    assert contents(suite) == before
    write_files(suite, {"tests/test_a.py": source})
    assert run_testfix(["--unsafe-fixes"], suite).status == 0  # a run over files does


def test_the_project_is_that_of_the_path_wherever_an_editor_runs(suite: Path) -> None:
    write_files(suite, {"pyproject.toml": b'[tool.testfix.imports]\nnobody = "shop.people"\n'})
    source = b"def test_a():\n    assert nobody()\n"
    done = hand_over(source, Path(suite.anchor), path=str(suite / "tests/test_a.py"))
    assert done.out.startswith(b"from shop.people import nobody\n")


@pytest.mark.parametrize(
    "path", ["notes.txt", "helper.py", "tests/test_a.pyi", "../test_else.py", "nowhere/test_x.py"]
)
def test_other_files_pass_through(suite: Path, path: str) -> None:
    source = b"def helper():\n    x\xff\0\r"
    done = hand_over(source, suite, path=path)
    assert done.out == source


@given(st.binary(max_size=60))
@example(b"")
@example(b"\xff\xfex\0")
@example(b"\r\n\x0c\n\x1a")
@settings(max_examples=40)
def test_bytes_in_are_bytes_out_where_nothing_is_repaired(source: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert hand_over(source, Path(folder), "--select", "TF001").out == source


@pytest.mark.parametrize("words", [("other.py",), ("-", "other.py"), (".",)])
def test_a_source_is_handed_over_alone(suite: Path, words: tuple[str, ...]) -> None:
    done = hand_over(BROKEN, suite, *words)
    assert (done.status, done.out) == (2, b"")
    assert "--stdin-filename takes no other path" in done.err


def test_a_dash_needs_a_name(suite: Path) -> None:
    done = run_testfix(["-"], suite)
    assert (done.status, done.out) == (2, b"")
    assert "- needs --stdin-filename PATH" in done.err


def test_a_closed_standard_input_is_a_sentence(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    done = run_testfix(["--stdin-filename", "tests/test_a.py"], suite)
    assert (done.status, done.out) == (2, b"")
    assert "itself failed" not in done.err
