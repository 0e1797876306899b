"""What a run loads: nothing that its files do not need. Completes `test_only_what_is_needed_is_imported`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runner import write_files

ROOT = Path(__file__).parent.parent
# Each costs milliseconds that a hook pays on every commit.
HEAVY = {
    *("asyncio", "concurrent.futures", "ctypes", "difflib", "email", "http", "importlib.metadata", "json"),
    *("libcst", "logging", "multiprocessing", "pickle", "pydoc", "socket", "sqlite3"),
    *("symtable", "tomli", "tomllib", "unittest", "xml", "yaml", "fixer.codemods"),
}
CLEAN = {
    "tests/conftest.py": b"import pytest\n\n\n@pytest.fixture\ndef one():\n    return 1\n",
    "tests/test_a.py": b"from shop import *\n\n\ndef test_a(one):\n    assert Order(one)\n",
    "tests/test_b.py": b"from os import getcwd\n\n\ndef test_b():\n    assert getcwd()\n",
    "shop.py": b"class Order:\n    def __init__(self, one):\n        self.one = one\n",
}
CONFIGURED = {"pyproject.toml": b"[tool.testfix]\njobs = 1\n"}
IGNORING = {".gitignore": b"docs/**/[a-z]*.py\n"}  # simple patterns do without pathspec


def loaded(folder: Path, *arguments: str) -> set[str]:
    """The modules that are loaded when a run of the command line ends; it must have found nothing."""
    script = "import sys; from fixer.cli import main; s = main(sys.argv[1:]); print(*sys.modules); exit(s)"
    done = subprocess.run(
        [sys.executable, "-c", script, "--quiet", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("arguments", [(), ("--check",), ("--diff",), ("tests/test_b.py",)], ids=" ".join)
def test_a_clean_suite_loads_nothing_heavy(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    modules = loaded(write_files(tmp_path, CLEAN), *arguments)
    assert modules & (HEAVY | {"pathspec"}) == set()


@pytest.mark.parametrize(
    ("files", "allowed"),
    [(CONFIGURED, {"tomli", "tomllib"}), (IGNORING, {"pathspec"})],
    ids=["configuration", "gitignore"],
)
def test_what_a_project_has_is_paid_for_alone(
    tmp_path: Path, files: dict[str, bytes], allowed: set[str]
) -> None:
    modules = loaded(write_files(tmp_path, {**CLEAN, **files}), "--check")
    assert modules & (HEAVY | {"pathspec"}) <= allowed
    assert modules & allowed


def test_a_finding_without_an_edit_needs_no_libcst(tmp_path: Path) -> None:
    files = {"tests/test_a.py": b"def test_a():\n    nobody_knows_this_name()\n"}
    modules = loaded(write_files(tmp_path, files), "--exit-zero")
    assert not modules & {"libcst", "fixer.codemods"}
    assert "json" in modules  # the vocabulary was asked, so this list means something


def test_the_library_loads_nothing_until_it_is_used() -> None:
    script = "import sys; before = set(sys.modules); import fixer; print(*set(sys.modules) - before)"
    command = [sys.executable, "-c", script]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert [name for name in done.stdout.split() if name.startswith("fixer.")] == []
