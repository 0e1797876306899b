"""README and CONTRIBUTING say what is true."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runner import run_testfix, write_files

from fixer.cli import fix
from fixer.config import _KEYS
from fixer.rules import load_rules

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def blocks(text: str, info: str) -> list[str]:
    """The contents of the fenced blocks with that info string."""
    pattern = rf"^(`{{3,}}){re.escape(info)}\n(.*?)^\1$"
    return [match[2] for match in re.finditer(pattern, text, re.DOTALL | re.MULTILINE)]


def section(title: str) -> str:
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_column(title: str) -> list[str]:
    """The first cells of the tables below a heading, without the heads."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [line.split("|")[1].strip() for line in lines if not re.match(r"\| (code|key|option|-)|\|-", line)]


@pytest.fixture
def reminder(tmp_path: Path) -> Path:
    """README's ten lines of broken test."""
    test = blocks(README, "python")[0]
    assert len(test.splitlines()) == 10
    return write_files(tmp_path, {"shop/__init__.py": b"", "tests/test_reminder.py": test.encode()})


def test_the_opening_is_what_testfix_prints(reminder: Path) -> None:
    assert run_testfix(["--diff"], reminder).text == blocks(README, "diff")[0]


def test_the_codemod_runs_under_libcst_s_own_tool(reminder: Path) -> None:
    (command,) = (block for block in blocks(README, "sh") if "libcst.tool" in block)
    python, *arguments = shlex.split(command)
    assert python == "python"
    subprocess.run(
        [sys.executable, *arguments],
        cwd=reminder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    repaired = (reminder / "tests/test_reminder.py").read_text(encoding="utf-8")
    assert repaired.splitlines()[0] == "from unittest.mock import ANY, Mock"


def test_there_are_two_set_up_commands_and_the_first_does_the_main_job() -> None:
    first, second = (line for line in README.splitlines() if line.startswith("python3 -m venv"))
    assert second.endswith("-m pytest -n auto")
    testfix, *arguments = shlex.split(first.rpartition("&& ")[2])
    assert testfix == ".venv/bin/testfix"
    outcome = run_testfix(arguments, ROOT)
    assert outcome.status == 0
    assert outcome.text.startswith("--- a/fixtures_corpus/suites/first_look/")


def test_every_key_of_the_configuration_is_listed() -> None:
    assert first_column("Configuration") == [f"`{key}`" for key in _KEYS]


def test_every_option_is_listed() -> None:
    listed = set(re.findall(r"--[a-z-]+", "".join(first_column("Command line"))))
    options = {name for option in fix.params for name in option.opts if name.startswith("--")} | {"--help"}
    assert options - listed <= {"--respect-gitignore"}  # the default: its opposite is listed
    secondary = {name for option in fix.params for name in option.secondary_opts}
    assert listed <= options | secondary


def test_every_rule_is_listed() -> None:
    rows = re.findall(r"^\| (TF\d+) \| \[?([a-z0-9-]+)", section("Rules"), re.MULTILINE)
    assert rows == [(rule.code, rule.name) for rule in load_rules()]


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)\)", text)
    assert targets
    assert [target for target in targets if not (ROOT / target).is_file()] == []


def test_the_rule_in_contributing_works(tmp_path: Path) -> None:
    for name in ("fixer", "tests", "fixtures_corpus"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for kind, name in (("python", "python2_name.py"), ("markdown", "python2_name.md")):
        (code,) = blocks(CONTRIBUTING, f"{kind} fixer/rules/{name}")
        (tmp_path / "fixer/rules" / name).write_text(code, encoding="utf-8")
    chosen = ["-q", "-k", "python2 or every_rule_has", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/test_rule_pages.py", *chosen],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout
