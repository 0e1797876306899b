"""TF102 and TF103 against what has the last word: ruff, pytest, and LibCST over the whole module."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli_runner import contents, run_testfix, write_files
from pages import Case, parse_page

from fixer.codemods.apply import apply_edits, apply_to_module
from fixer.facts.mock_backport import may_import_backport, read_backport

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.edits import Edit

ROOT = Path(__file__).parent.parent
PAGES = [
    *sorted((ROOT / "fixer" / "rules").glob("mock_*.md")),
    *sorted((ROOT / "fixtures_corpus" / "rules").glob("mock-*/*.md")),
]
CHANGING = [case for page in PAGES for case in parse_page(page) if case.expected_diff.startswith("---")]


@pytest.mark.parametrize("case", CHANGING, ids=lambda case: f"{case.page.parent.name}-{case.id}")
def test_ruff_is_no_less_content(case: Case, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "case", case.files)
    before = _ruff(folder)
    run_testfix([word for word in case.diff_arguments if word != "--diff"], folder)
    assert not _ruff(folder) - before


def _ruff(folder: Path) -> set[tuple[str, str]]:
    """(code, file) of what ruff says about names and the order of imports."""
    selected = "F401,F811,F821,E402,I001"
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--exit-zero"]
    command += ["--select", selected, "--output-format", "json", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    return {(found["code"], found["filename"]) for found in json.loads(done.stdout)}


@pytest.mark.parametrize("case", CHANGING, ids=lambda case: f"{case.page.parent.name}-{case.id}")
def test_splicing_gives_what_the_whole_module_gives(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = 0

    def both(source: str, edits: Sequence[Edit], newline: str) -> str:
        nonlocal seen
        seen += 1
        spliced = apply_edits(source, edits, newline)
        assert apply_to_module(source, edits, newline) == spliced
        return spliced

    monkeypatch.setattr("fixer.codemods.apply.apply_edits", both)
    folder = write_files(tmp_path / "case", case.files)
    run_testfix([word for word in case.diff_arguments if word != "--diff"], folder)
    assert seen


SUITE = b"""
import os
from unittest import TestCase, mock

CALLS = [mock.call(1), mock.call(2)]


def outside():
    from unittest.mock import MagicMock, sentinel as marks

    return MagicMock(return_value=marks.outside)


@mock.patch.dict(os.environ, {"A": "1"})
def test_environment():
    assert os.environ["A"] == "1"


@mock.patch.object(os, "getcwd", autospec=True, return_value="/x")
@mock.patch("os.getpid", new_callable=mock.Mock)
def test_decorators(getpid: mock.Mock, getcwd: mock.Mock) -> None:
    assert os.getcwd() == "/x"
    os.getpid(1), os.getpid(2)
    assert getpid.mock_calls == CALLS == [mock.call(mock.ANY), mock.call(2)]


class OfClass(TestCase):
    double = mock.Mock(spec=["send"])

    @mock.patch("os.getcwd", lambda: "/y")
    def test_method(self) -> None:
        with mock.patch("os.getpid") as getpid, self.assertRaises(AttributeError):
            assert os.getcwd() == "/y" and getpid
            self.double.other()

    def test_wrong(self) -> None:
        assert outside()() is mock.sentinel.inside
"""


@pytest.mark.parametrize("style", ["from", "module", "dotted"])
def test_a_suite_does_the_same_in_every_style(style: str, tmp_path: Path) -> None:
    config = f'[tool.testfix]\nselect = ["TF103"]\nmock-style = "{style}"\n'
    folder = write_files(tmp_path / "suite", {"test_suite.py": SUITE, "pyproject.toml": config.encode()})
    before = _outcomes(folder)
    assert run_testfix([], folder).status == 0
    source = contents(folder)["test_suite.py"].decode()
    assert (" mock.patch" in source or "@mock.patch" in source) == (style == "module")
    assert ("unittest.mock.patch(" in source) == (style == "dotted")
    assert _outcomes(folder) == before == {"passed": 3, "failed": 1}


def test_a_suite_on_the_backport_runs_again(tmp_path: Path) -> None:
    source = SUITE.replace(
        b"from unittest import TestCase, mock", b"import mock\nfrom unittest import TestCase"
    )
    source = source.replace(b"from unittest.mock import", b"from mock import")
    folder = write_files(tmp_path / "suite", {"test_suite.py": source})
    run_testfix(["--select", "TF102"], folder)
    assert _outcomes(folder) == {"passed": 3, "failed": 1}


def _outcomes(folder: Path) -> dict[str, int]:
    config = write_files(folder.parent / "config", {"pytest.ini": b"[pytest]\n"}) / "pytest.ini"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(config)]
    command += ["--rootdir", ".", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    last = done.stdout.strip().splitlines()[-1]
    return {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|errors?)", last)}


@pytest.mark.parametrize(
    ("source", "imports"),
    [
        ("import mock", True),
        ("import os, mock", True),
        ("import os;import mock", True),
        ("if 1: import mock as m", True),
        ("\tfrom mock import patch", True),
        ("from mock.mock import patch", True),
        ("from unittest import mock", False),
        ("from unittest.mock import patch", False),
        ("import mock_server", False),
        ("from mocks import mock", False),
        ("import unittest.mock", False),
        ("call(a, mock)", False),
    ],
)
def test_the_search_that_spares_the_parser(source: str, imports: bool) -> None:
    assert may_import_backport(source.encode()) == imports
    if imports:
        text = source.strip()
        assert len(read_backport(text)) == 1
