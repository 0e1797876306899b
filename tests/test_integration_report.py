"""The five suites of the failure report: red as it says, repaired by testfix, run with real services.

Each run is a pytest of its own, on a copy whose ports are free ones, so that nothing here meets a service
that runs on this machine.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli_runner import contents, run_testfix
from test_recipe_services import free_port

from fixer.recipes.local_services import is_listening, service_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SUITE = Path(__file__).parent.parent / "fixtures_corpus" / "suites" / "integration_report"
PORTS = ("8000", "8081", "5433")
SUITES = ("websocket", "auth", "basic_system", "core_api", "cross_service")
# The table of the report.
BEFORE = {
    "websocket": {"error": 6},
    "auth": {"error": 3},
    "basic_system": {"passed": 3, "skipped": 3},
    "core_api": {"failed": 10, "passed": 10},
    "cross_service": {"passed": 3, "error": 7},
}
# What testfix makes of it where nobody can start the services, and where the configuration says how.
WITHOUT_SERVICES = {
    "websocket": {"skipped": 6},
    "auth": {"skipped": 3},
    "basic_system": {"passed": 3, "skipped": 3},
    "core_api": {"passed": 20},
    "cross_service": {"passed": 6, "skipped": 4},
}
WITH_SERVICES = {
    "websocket": {"passed": 6},
    "auth": {"passed": 3},
    "basic_system": {"passed": 6},
    "core_api": {"passed": 20},
    "cross_service": {"passed": 10},
}
SHUFFLED = """
import random


def pytest_collection_modifyitems(items):
    random.Random({seed}).shuffle(items)
"""


@pytest.fixture(scope="module")
def repaired(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The suite after testfix, which has nothing more to do on a second run."""
    return repair(copied(SUITE, tmp_path_factory.mktemp("repaired") / "suite"))


def copied(folder: Path, target: Path) -> Path:
    return Path(
        shutil.copytree(folder, target, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    )


def repair(folder: Path) -> Path:
    outcome = run_testfix([], folder)
    assert outcome.status == 0, outcome.text
    before = contents(folder)
    assert run_testfix([], folder).status == 0 and contents(folder) == before
    return folder


@pytest.fixture
def on_free_ports(tmp_path: Path) -> Iterator[Callable[[Path], Path]]:
    """Makes a copy of a suite with other ports."""
    target = tmp_path / "suite"

    def copy(folder: Path) -> Path:
        copied(folder, target)
        free = {port: str(free_port()) for port in PORTS}
        for path in [*target.rglob("*.py"), target / "pyproject.toml"]:
            text = path.read_text("utf-8")
            path.write_text(re.sub("|".join(PORTS), lambda port: free[port[0]], text), "utf-8")
        return target

    yield copy
    for name in ("database", "auth", "backend"):
        shutil.rmtree(service_folder(name, target))


def addresses(folder: Path) -> list[str]:
    text = (folder / "pyproject.toml").read_text("utf-8")
    return re.findall(r'^url = "(.*)"', text, re.MULTILINE)


def run(folder: Path, *arguments: str, **env: str) -> dict[str, Counter[str]]:
    """What became of the tests, by suite; afterwards nothing listens any more."""
    report = folder.parent / "report.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--junit-xml={report}",
        *arguments,
    ]
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(folder.parent),
        **env,
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    found: dict[str, Counter[str]] = {name: Counter() for name in SUITES}
    for case in ET.parse(report).iter("testcase"):
        name = next(name for name in SUITES if f".test_{name}" in case.attrib["classname"])
        outcome = next((part.tag for part in case if part.tag in ("failure", "error", "skipped")), "passed")
        found[name][outcome.replace("failure", "failed")] += 1
    listening = [url for url in addresses(folder) if is_listening(url)]
    assert not listening, done.stdout + done.stderr
    return {name: counts for name, counts in found.items() if counts}


def file_of(name: str) -> str:
    return f"tests/integration/test_{name}{'' if name == 'basic_system' else '_integration'}.py"


def test_the_table_of_the_report(on_free_ports: Callable[[Path], Path]) -> None:
    assert run(on_free_ports(SUITE)) == BEFORE


def test_without_a_way_to_start_the_services(tmp_path: Path, on_free_ports: Callable[[Path], Path]) -> None:
    suite = copied(SUITE, tmp_path / "original")
    config = suite / "pyproject.toml"
    config.write_text(re.sub(r"^start = .*\n", "", config.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    suite = on_free_ports(repair(suite))
    assert run(suite) == WITHOUT_SERVICES
    for name, counts in run(suite, REQUIRE_SERVICES="1").items():
        expected = WITHOUT_SERVICES[name]
        assert counts["passed"] == expected.get("passed", 0)
        assert counts["failed"] + counts["error"] == expected.get("skipped", 0)


def test_with_services_that_are_started(repaired: Path, on_free_ports: Callable[[Path], Path]) -> None:
    suite = on_free_ports(repaired)
    (suite.parent / "shuffled.py").write_text(SHUFFLED.format(seed=1), "utf-8")
    assert run(suite, "-p", "shuffled", "-p", "xdist.plugin", "-n", "2") == WITH_SERVICES


@pytest.mark.parametrize("name", [name for name in SUITES if name != "core_api"])  # which needs none
def test_each_suite_alone(name: str, repaired: Path, on_free_ports: Callable[[Path], Path]) -> None:
    assert run(on_free_ports(repaired), file_of(name)) == {name: WITH_SERVICES[name]}
