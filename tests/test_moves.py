"""Several fixtures on their way into one conftest, where a page cannot say what comes of it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from cli_runner import contents, run_testfix, write_files

if TYPE_CHECKING:
    from pathlib import Path

FIXTURE = """\
import pytest


def make():
    return "{0}"


@pytest.fixture
def {0}():
    return make()


def test_{0}({0}):
    assert {0} == "{0}"
"""
ARGUMENTS = ("--select", "missing-fixture", "--unsafe-fixes")


def test_two_helpers_of_one_name_do_not_meet(tmp_path: Path) -> None:
    files = {f"test_{name}.py": FIXTURE.format(name).encode() for name in ("red", "blue")}
    files["test_both.py"] = b"def test_both(red, blue):\n    assert red != blue\n"
    folder = write_files(tmp_path / "suite", files)
    first = run_testfix(ARGUMENTS, folder)
    assert "Fixed 1 finding" in first.text + first.err
    functions = [each.name for each in _functions(contents(folder)["conftest.py"])]
    assert functions in (["make", "red"], ["make", "blue"])
    check = run_testfix((*ARGUMENTS, "--check"), folder)
    assert "conftest.py binds `make` already" in check.text


def test_fixtures_with_nothing_in_common_share_the_conftest(tmp_path: Path) -> None:
    files = {
        f"test_{name}.py": FIXTURE.replace("make", f"make_{name}").format(name).encode()
        for name in ("red", "blue")
    }
    files["test_both.py"] = b"def test_both(red, blue):\n    assert red != blue\n"
    folder = write_files(tmp_path / "suite", files)
    run_testfix(ARGUMENTS, folder)
    functions = {each.name for each in _functions(contents(folder)["conftest.py"])}
    assert functions == {"make_red", "red", "make_blue", "blue"}
    assert run_testfix((*ARGUMENTS, "--check"), folder).status == 0


def _functions(content: bytes) -> list[ast.FunctionDef]:
    return [each for each in ast.parse(content).body if isinstance(each, ast.FunctionDef)]
