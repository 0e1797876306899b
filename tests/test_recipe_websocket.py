"""The WebSocket recipe with a real server of websockets, in a process of its own."""

from __future__ import annotations

import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cli_runner import run_testfix, write_files
from test_recipe_postgres import run_pytest
from test_recipe_services import free_port

from fixer.recipes import event_socket
from fixer.recipes.event_socket import bearer_token, open_socket
from fixer.recipes.local_services import is_listening, running_service

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER = Path(__file__).parent / "services" / "event_server.py"
CONFIG = """
[tool.testfix.fixtures.chat]
recipe = "websocket"
service = "events"
path = "/chat"
login = {{ name = "{name}" }}

[tool.testfix.services.events]
url = "http://127.0.0.1:{port}"
health = "/health"
start = ["python", '{server}']
env = {{ PORT = "{port}", BUSY = "3" }}

[tool.testfix.services.auth]
url = "http://127.0.0.1:{tokens}"
start = ["python", '{server}']
env = {{ TOKEN_PORT = "{tokens}" }}
"""
TESTS = b"""
import pytest


def test_events_arrive(chat):
    chat.send({"ask": ["started", "working", "done", "more"]})
    assert [event["type"] for event in chat.collect_until("done")] == ["started", "working", "done"]
    assert chat.receive() == {"type": "more"}


def test_each_test_has_a_connection_of_its_own(chat):
    with pytest.raises(TimeoutError):
        chat.receive(seconds=0)
"""


@pytest.fixture(autouse=True)
def folders_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What services note goes to the test's own folder, in started processes as well."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A server that runs, and is slow to start."""
    port = free_port()
    events = {
        "url": f"http://127.0.0.1:{port}",
        "health": "/health",
        "start": [sys.executable, str(SERVER)],
        "env": {"PORT": str(port), "BUSY": "3"},
    }
    with running_service("events", {"events": events}, tmp_path) as url:
        yield url


def scaffolded(folder: Path, **values: Any) -> Path:
    """A suite whose connection testfix has made from the recipe."""
    config = CONFIG.format(port=free_port(), tokens=free_port(), server=SERVER, **values)
    write_files(folder, {"pyproject.toml": config.encode(), "tests/test_chat.py": TESTS})
    outcome = run_testfix([], folder)
    assert outcome.status == 0, outcome.text
    return folder


def test_a_suite_whose_events_arrive(tmp_path: Path) -> None:
    suite = scaffolded(tmp_path / "suite", name="ada")
    output = run_pytest(suite)
    assert output.startswith("2 passed"), output


def test_a_login_that_is_refused(tmp_path: Path) -> None:
    output = run_pytest(scaffolded(tmp_path / "suite", name="eve"))
    assert output.startswith("2 errors")
    assert "/token gives no token: <HTTPError 401: 'Unauthorized'>" in output


def test_a_wrong_token(url: str) -> None:
    with pytest.raises(pytest.fail.Exception, match=f"no WebSocket at {url}: InvalidStatus.*401"):
        open_socket(url, "forged").__enter__()


def test_the_server_is_killed_in_the_middle(url: str) -> None:
    with open_socket(url, "good") as events:
        events.send({"ask": ["started"]})
        assert events.receive() == {"type": "started"}
        events.send({"ask": ["working"]})
        events.send({"ask": "end"})
        with pytest.raises(pytest.fail.Exception, match=r"no event `done`: .*came \[{'type': 'working'}\]"):
            events.collect_until("done")
    while is_listening(url):
        pass
    with pytest.raises(pytest.fail.Exception, match=r"no WebSocket at .*ConnectionRefusedError"):
        open_socket(url, "good").__enter__()


def test_an_event_that_does_not_come_in_time(url: str) -> None:
    with open_socket(url, "good") as events:
        events.send({"ask": ["started"]})
        with pytest.raises(pytest.fail.Exception, match=r"no event `done`: .*came \[{'type': 'started'}\]"):
            events.collect_until("done", seconds=0.2)


def test_a_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_socket, "OPEN_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(pytest.fail.Exception, match=f"no WebSocket at {url}: TimeoutError"):
            open_socket(url, "good").__enter__()
        with pytest.raises(pytest.fail.Exception, match=f"{url}/token gives no token: TimeoutError"):
            bearer_token(f"{url}/token", {"name": "ada"})
