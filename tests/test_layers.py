"""The layers hold, and the contracts in pyproject.toml notice when they do not."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PURE = ("facts", "project", "rules", "repairs", "codemods")


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter on the package `fixer` in the folder."""
    script = "from importlinter.cli import lint_imports_command as run; run(['--no-cache'])"
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_contracts_are_kept() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_breach_of_each_contract_is_noticed(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "fixer", tmp_path / "fixer", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    breaches = {
        "fixer/facts/read.py": "import fixer.finding, fixer.project.project, concurrent.futures",
        "fixer/project/fit.py": "import fixer.config, os",
        "fixer/repairs/import_name.py": "import fixer.codemods.errors, fixer.repairs.other",
        "fixer/repairs/other.py": "import pathspec",
        "fixer/rules/undefined_name.py": "import fixer.rules.unreadable_file, click",
        "fixer/codemods/parse.py": "import fixer.facts.model",
        "fixer/compose.py": "import libcst",
        "fixer/output/view.py": "import fixer.rules",
    }
    for name, line in breaches.items():
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    done = lint_imports(tmp_path)
    results = [line for line in done.stdout.splitlines() if line.endswith((" KEPT", " BROKEN"))]
    assert len(results) > 10, done.stdout + done.stderr
    assert [line for line in results if line.endswith(" KEPT")] == []


@pytest.mark.parametrize("package", PURE)
def test_no_file_is_opened_in_between(package: str) -> None:
    """What import-linter cannot see: `open` is a builtin, and a Path can be handed over.

    A rule's page, read for `testfix explain`, is the one exception.
    """
    verbs = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "exec", "eval", "__import__"}
    calls = {
        f"{path.stem}: {name}"
        for path in (ROOT / "fixer" / package).glob("*.py")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call)
        and (name := getattr(node.func, "id", getattr(node.func, "attr", ""))) in verbs
    }
    assert calls == ({"__init__: read_text"} if package == "rules" else set())
