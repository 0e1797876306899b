"""Services that the recipes find, start, share and stop, with real processes."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from fixer.recipes import local_services
from fixer.recipes.local_services import (
    is_listening,
    is_service_up,
    needed_module,
    running_service,
    service_folder,
    service_register,
)

ROOT = Path(__file__).parent.parent
SERVER = Path(__file__).parent / "services" / "health_server.py"


@pytest.fixture(autouse=True)
def folders_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What services note goes to the test's own folder, in started processes as well."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def service(**env: object) -> dict[str, Any]:
    """A service on a free port."""
    port = free_port()
    return {
        "url": f"http://127.0.0.1:{port}",
        "health": "/health",
        "start": ["python", str(SERVER)],
        "env": {"PORT": str(port), **{key: str(value) for key, value in env.items()}},
    }


def process_of(url: str) -> int:
    """The process that answers there."""
    with urllib.request.urlopen(f"{url}/health") as answer:
        return int(answer.read())


def test_started_waited_for_and_stopped_with_its_child(tmp_path: Path) -> None:
    child = f"http://127.0.0.1:{free_port()}"
    backend = service(BUSY=3, CHILD_PORT=child.rpartition(":")[2])
    with running_service("backend", {"backend": backend}, tmp_path) as url:
        assert url == backend["url"] and is_service_up(backend)
    assert not is_listening(url) and not is_listening(child)


def test_the_next_session_starts_it_anew(tmp_path: Path) -> None:
    backend = service()
    seen = []
    for _ in range(2):
        with running_service("backend", {"backend": backend}, tmp_path) as url:
            seen.append(process_of(url))
    assert len(set(seen)) == 2


def test_one_that_runs_is_used_and_left_running(tmp_path: Path) -> None:
    backend = service()
    env = {**os.environ, **backend["env"]}
    with subprocess.Popen([sys.executable, str(SERVER)], env=env) as process:
        try:
            while not is_service_up(backend):
                assert process.poll() is None
            with running_service("backend", {"backend": {**backend, "start": ["false"]}}, tmp_path) as url:
                assert process_of(url) == process.pid
            assert is_service_up(backend)
        finally:
            process.kill()


def test_a_port_that_something_else_has(tmp_path: Path) -> None:
    other, backend = service(), service()
    backend["url"] = other["url"]
    backend["health"] = "/other"
    with running_service("other", {"other": other}, tmp_path):
        with pytest.raises(pytest.skip.Exception, match="something else has taken that port"):
            running_service("backend", {"backend": backend}, tmp_path).__enter__()
        assert is_service_up(other)


def test_skipped_where_nobody_says_how_to_start_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = service()
    del backend["start"]
    with pytest.raises(pytest.skip.Exception, match=f"backend does not answer at {backend['url']}"):
        running_service("backend", {"backend": backend}, tmp_path).__enter__()
    monkeypatch.setenv("REQUIRE_SERVICES", "1")
    with pytest.raises(pytest.fail.Exception, match=f"backend does not answer at {backend['url']}"):
        running_service("backend", {"backend": backend}, tmp_path).__enter__()


def test_a_package_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert needed_module("os.path") is os.path
    with pytest.raises(pytest.skip.Exception, match="the package no_such_package is not installed"):
        needed_module("no_such_package.sync")
    monkeypatch.setenv("REQUIRE_SERVICES", "1")
    with pytest.raises(pytest.fail.Exception, match="the package no_such_package is not installed"):
        needed_module("no_such_package.sync")


def test_one_that_ends_at_once_is_shown_with_what_it_says(tmp_path: Path) -> None:
    backend = service(EXIT="no table called users")
    with pytest.raises(pytest.fail.Exception, match=r"does not come up(.|\n)*no table called users"):
        running_service("backend", {"backend": backend}, tmp_path).__enter__()


def test_one_that_never_comes_up_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = service(BUSY=1_000_000)
    monkeypatch.setattr(local_services, "START_SECONDS", 1)
    with pytest.raises(pytest.fail.Exception, match="backend does not come up"):
        running_service("backend", {"backend": backend}, tmp_path).__enter__()
    assert not is_listening(backend["url"])
    started = (service_folder("backend", tmp_path) / "output.txt").stat()
    with pytest.raises(pytest.fail.Exception, match="backend does not come up"):  # said at once
        running_service("backend", {"backend": backend}, tmp_path).__enter__()
    assert (service_folder("backend", tmp_path) / "output.txt").stat() == started


def test_what_is_needed_is_started_first(tmp_path: Path) -> None:
    auth = service()
    backend = service(AUTH_URL=auth["url"])
    with running_service("backend", {"backend": backend, "auth": auth}, tmp_path):
        assert is_service_up(auth)
    assert not is_listening(auth["url"])


def test_two_that_need_each_other(tmp_path: Path) -> None:
    backend = service()
    auth = service(BACKEND_URL=backend["url"])
    backend["env"]["AUTH_URL"] = auth["url"]
    with running_service("backend", {"backend": backend, "auth": auth}, tmp_path):
        assert is_service_up(auth) and is_service_up(backend)
    assert not is_listening(auth["url"]) and not is_listening(backend["url"])


def test_an_address_is_not_the_beginning_of_another(tmp_path: Path) -> None:
    backend, auth = service(), {"url": "http://localhost:80"}
    backend["env"]["OTHER_URL"] = "http://localhost:8080"
    with running_service("backend", {"backend": backend, "auth": auth}, tmp_path):  # without auth
        assert is_service_up(backend)


def test_the_last_user_stops_it(tmp_path: Path) -> None:
    backend = service()
    with running_service("backend", {"backend": backend}, tmp_path) as url:
        first = process_of(url)
        with running_service("backend", {"backend": backend}, tmp_path) as url:
            assert process_of(url) == first
        assert is_service_up(backend)
    assert not is_listening(url)


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_one_that_is_killed_in_the_middle_is_started_again(tmp_path: Path) -> None:
    backend = service()
    with running_service("backend", {"backend": backend}, tmp_path) as url:
        first = process_of(url)
        os.kill(first, signal.SIGKILL)
        while is_listening(url):
            pass
        with running_service("backend", {"backend": backend}, tmp_path):
            assert process_of(url) != first
    assert not is_listening(url)


def test_what_a_crashed_session_left_is_replaced(tmp_path: Path) -> None:
    backend = service()
    crash = f"""
import os, pathlib
from fixer.recipes.local_services import running_service
used = running_service("backend", dict(backend={backend!r}), pathlib.Path({str(tmp_path)!r}))
used.__enter__()
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", crash], cwd=ROOT, check=False).returncode == 9
    left = process_of(backend["url"])
    with running_service("backend", {"backend": backend}, tmp_path) as url:
        assert process_of(url) != left
    assert not is_listening(url)


def test_the_lock_goes_with_the_process_that_held_it(tmp_path: Path) -> None:
    folder = service_folder("backend", tmp_path)
    crash = f"""
import os, pathlib
from fixer.recipes.local_services import service_register
held = service_register(pathlib.Path({str(folder)!r}))
held.__enter__()
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", crash], cwd=ROOT, check=False).returncode == 9
    with service_register(folder) as register:
        assert isinstance(register, sqlite3.Connection)
