"""The five suites of the failure report: red as it says, repaired by testfix, run with real services.

Each run is a pytest of its own, on a copy whose ports are free ones, so that nothing here meets a service
that runs on this machine.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli_runner import contents, run_testfix
from test_recipe_services import free_port

from fixer.recipes.local_postgres import postgres_binaries
from fixer.recipes.local_services import is_listening, is_process_alive

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
# Plugins for pytest. One shuffles, always in the same way; the other notes which processes are started.
SHUFFLED = """
import random


def pytest_collection_modifyitems(items):
    random.Random({seed}).shuffle(items)
"""
NOTING = """
import pathlib
import subprocess

Popen = subprocess.Popen


class Noted(Popen):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        with pathlib.Path({notes!r}).open("a") as notes:
            print(self.pid, file=notes)


subprocess.Popen = Noted
"""


@pytest.fixture(scope="module")
def repaired(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The suite after testfix, which has nothing more to do on a second run."""
    return repair(copied(SUITE, tmp_path_factory.mktemp("repaired") / "suite"))


@pytest.fixture(scope="module")
def repaired_without_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same where the configuration does not say how services are started."""
    suite = copied(SUITE, tmp_path_factory.mktemp("without") / "suite")
    config = suite / "pyproject.toml"
    config.write_text(re.sub(r"^start = .*\n", "", config.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    return repair(suite)


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
    """Makes a copy of a suite with other ports. Its runs have a temporary folder of their own, which whoever
    runs PostgreSQL for root can reach."""
    target, temporary = tmp_path / "suite", Path(tempfile.mkdtemp(prefix="report-"))
    temporary.chmod(0o711)

    def copy(folder: Path) -> Path:
        copied(folder, target)
        free = {port: str(free_port()) for port in PORTS}
        for path in [*target.rglob("*.py"), target / "pyproject.toml"]:
            text = path.read_text("utf-8")
            path.write_text(re.sub("|".join(PORTS), lambda port: free[port[0]], text), "utf-8")
        (tmp_path / "noting.py").write_text(NOTING.format(notes=str(tmp_path / "processes")), "utf-8")
        (tmp_path / "temporary").write_text(str(temporary), "utf-8")
        return target

    yield copy
    shutil.rmtree(temporary)


def run(folder: Path, *arguments: str, seed: int | None = None, **env: str) -> dict[str, Counter[str]]:
    """What became of the tests, by suite; they are shuffled if there is a seed. Afterwards nothing listens,
    and none of the processes that were started runs any more."""
    report, started = folder.parent / "report.xml", folder.parent / "processes"
    temporary = (folder.parent / "temporary").read_text("utf-8")
    (folder.parent / "shuffled.py").write_text(SHUFFLED.format(seed=seed), "utf-8")
    started.write_text("", "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "noting"]
    command += [f"--junit-xml={report}", *([] if seed is None else ["-p", "shuffled"]), *arguments]
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment |= {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(folder.parent),
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary),
        **env,
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    found: dict[str, Counter[str]] = {name: Counter() for name in SUITES}
    for case in ET.parse(report).iter("testcase"):
        name = next(name for name in SUITES if f".test_{name}" in case.attrib["classname"])
        outcome = next((part.tag for part in case if part.tag in ("failure", "error", "skipped")), "passed")
        found[name][outcome.replace("failure", "failed")] += 1
    said = done.stdout + done.stderr
    assert not [url for url in addresses(folder) if is_listening(url)], said
    assert not [pid for pid in map(int, started.read_text("utf-8").split()) if is_group_alive(pid)], said
    assert not processes_in(str(folder), temporary), said
    return {name: counts for name, counts in found.items() if counts}


def addresses(folder: Path) -> list[str]:
    text = (folder / "pyproject.toml").read_text("utf-8")
    return re.findall(r'^url = "(.*)"', text, re.MULTILINE)


def is_group_alive(pid: int) -> bool:
    """Whether the process runs, or one of those that it has started."""
    if os.name == "nt":
        return is_process_alive(pid)
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def processes_in(*folders: str) -> list[str]:
    """The processes at work in the folders or below, where the system shows them."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has just ended, or is another user's
            if (process / "cwd").readlink().as_posix().startswith(folders):
                found.append(process.name)
    return found


def reasons(folder: Path) -> set[str]:
    """Why the tests of the last run were skipped."""
    skipped = ET.parse(folder.parent / "report.xml").iter("skipped")
    return {case.attrib["message"] for case in skipped}


def server_of(folder: Path) -> str:
    """What the PostgreSQL of the last run said first about itself."""
    temporary = Path((folder.parent / "temporary").read_text("utf-8"))
    (log,) = temporary.glob("test-services-*-database/output.txt")
    said = re.search(r"starting (PostgreSQL .*)", log.read_text("utf-8"))
    assert said is not None
    return said[1]


def with_embedded_postgres(folder: Path) -> dict[str, str]:
    """Keeps the suite from the servers of this machine; the environment for it."""
    helper = folder / "tests" / "integration" / "local_postgres.py"
    helper.write_text(helper.read_text("utf-8").replace("/usr/lib/postgresql", "/nowhere"), "utf-8")
    path = os.environ["PATH"].split(os.pathsep)
    return {"PATH": os.pathsep.join(each for each in path if not shutil.which("pg_ctl", path=each))}


def file_of(name: str) -> str:
    return f"tests/integration/test_{name}{'' if name == 'basic_system' else '_integration'}.py"


def test_the_table_of_the_report(on_free_ports: Callable[[Path], Path]) -> None:
    assert run(on_free_ports(SUITE)) == BEFORE


def test_without_a_way_to_start_the_services(
    repaired_without_start: Path, on_free_ports: Callable[[Path], Path]
) -> None:
    suite = on_free_ports(repaired_without_start)
    assert run(suite) == WITHOUT_SERVICES
    database = next(url for url in addresses(suite) if url.startswith("postgresql:"))
    # All that is skipped needs it in the end: the backend asks auth, which keeps its users there.
    assert reasons(suite) == {f"database does not answer at {database}: start it, or say how in SERVICES"}
    assert run(suite, seed=1) == WITHOUT_SERVICES


@pytest.mark.parametrize("name", SUITES)
def test_each_suite_alone_without_services(
    name: str, repaired_without_start: Path, on_free_ports: Callable[[Path], Path]
) -> None:
    suite = on_free_ports(repaired_without_start)
    assert run(suite, file_of(name)) == {name: WITHOUT_SERVICES[name]}
    counts = run(suite, file_of(name), REQUIRE_SERVICES="1")[name]
    wrong = counts["failed"] + counts["error"]
    assert counts["skipped"] == 0 and wrong == WITHOUT_SERVICES[name].get("skipped", 0)
    assert counts["passed"] == WITHOUT_SERVICES[name].get("passed", 0)


def test_twice_in_a_row_with_the_embedded_postgres(
    repaired: Path, on_free_ports: Callable[[Path], Path]
) -> None:
    suite = on_free_ports(repaired)
    environment = with_embedded_postgres(suite)
    for seed in (None, 1):
        assert run(suite, seed=seed, **environment) == WITH_SERVICES
        assert "Debian" not in server_of(suite)


def test_with_the_postgres_of_debian(repaired: Path, on_free_ports: Callable[[Path], Path]) -> None:
    suite = on_free_ports(repaired)
    assert run(suite, seed=2) == WITH_SERVICES
    of_debian = postgres_binaries()[0].is_relative_to("/usr/lib/postgresql")
    assert bool(re.search("Debian|Ubuntu|pgdg", server_of(suite))) == of_debian


@pytest.mark.parametrize("seed", [3, 4])
def test_on_two_workers(seed: int, repaired: Path, on_free_ports: Callable[[Path], Path]) -> None:
    suite = on_free_ports(repaired)
    assert run(suite, "-p", "xdist.plugin", "-n", "2", seed=seed) == WITH_SERVICES


@pytest.mark.parametrize("name", SUITES)
def test_each_suite_alone(name: str, repaired: Path, on_free_ports: Callable[[Path], Path]) -> None:
    assert run(on_free_ports(repaired), file_of(name)) == {name: WITH_SERVICES[name]}
