"""Helper modules of recipes, as real pytests import them: in every import mode, with and without packages."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cli_runner import contents, run_testfix, write_files
from test_recipe_postgres import run_pytest

if TYPE_CHECKING:
    from pathlib import Path

TEST = b"""
def test_launch(launcher_config):
    assert launcher_config["shop"]["host"] == "localhost"


def test_discovery(service_discovery):
    assert list(service_discovery) == ["shop"]
"""
CONFIG = """
[tool.pytest.ini_options]
addopts = ["--import-mode={mode}"]
{more}

[tool.testfix.services.shop]
url = "http://localhost:8000"
"""
LAYOUTS = {
    "at the root": ("test_shop.py",),
    "a folder": ("tests/test_shop.py",),
    "folders": ("tests/unit/test_shop.py", "tests/api/test_stock.py"),
    "a package": ("tests/__init__.py", "tests/test_shop.py"),
    "packages": (
        "tests/__init__.py",
        "tests/unit/__init__.py",
        "tests/unit/test_shop.py",
        "tests/api/__init__.py",
        "tests/api/test_shop.py",
    ),
    "a package in a folder": ("tests/unit/__init__.py", "tests/unit/test_shop.py"),
    "a folder in a package": ("tests/__init__.py", "tests/unit/test_shop.py"),
}


@pytest.mark.parametrize("mode", ["prepend", "append", "importlib"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_fixtures_find_their_helpers(layout: str, mode: str, tmp_path: Path) -> None:
    files = {path: b"" if path.endswith("__init__.py") else TEST for path in LAYOUTS[layout]}
    folder = write_files(
        tmp_path / "with a blank", {**files, "pyproject.toml": CONFIG.format(mode=mode, more="").encode()}
    )
    outcome = run_testfix([], folder)
    assert outcome.status == 0, outcome.text
    made = contents(folder)
    tests = sum(path.rpartition("/")[2].startswith("test_") for path in files)
    assert run_pytest(folder).startswith(f"{2 * tests} passed")
    helpers = [path for path in made if path.endswith("local_services.py")]
    in_package = "__init__.py" in "".join(files) and layout != "a folder in a package"
    assert len(helpers) == (mode != "importlib" or in_package)
    assert run_testfix([], folder).status == 0
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--select", "B,E,F,I,UP"]
    made_files = [path for path in made if path.endswith(("local_services.py", "conftest.py"))]
    done = subprocess.run([*command, *made_files], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_folder_that_the_configuration_puts_on_the_path(tmp_path: Path) -> None:
    config = CONFIG.format(mode="importlib", more='pythonpath = ["tests"]')
    folder = write_files(tmp_path, {"pyproject.toml": config.encode(), "tests/test_shop.py": TEST})
    assert run_testfix([], folder).status == 0
    assert "tests/local_services.py" in contents(folder)
    assert run_pytest(folder).startswith("2 passed")


def test_addresses_in_a_file(tmp_path: Path) -> None:
    more = """
[tool.testfix.fixtures.service_discovery]
recipe = "service-discovery"
file = "tests/addresses.json"
"""
    test = b"""
import json


def test_the_file(request, service_discovery):
    text = (request.config.rootpath / "tests" / "addresses.json").read_text("utf-8")
    assert json.loads(text) == {"shop": "http://localhost:8000"}
"""
    config = CONFIG.format(mode="prepend", more=more)
    folder = write_files(tmp_path, {"pyproject.toml": config.encode(), "tests/test_shop.py": test})
    assert run_testfix([], folder).status == 0
    assert run_pytest(folder).startswith("1 passed")
