"""unguarded-service: what reaches a service, what is left alone, and the guard under a real pytest."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from cli_runner import contents, run_testfix, write_files
from test_recipe_postgres import run_pytest
from test_recipe_services import free_port, is_service_up, service

from fixer.facts.reaches import read_reaches
from fixer.recipes.local_services import running_service, service_folder

if TYPE_CHECKING:
    from pathlib import Path

PLACES = frozenset({"localhost:8000", "127.0.0.1:8000"})
HEAD = """
import asyncio, contextlib, pytest, socket, urllib.request
import aiohttp, asyncpg, httpx, psycopg, redis, requests, sqlalchemy, websockets
from urllib.request import urlopen as opened
from websockets.sync.client import connect
URL = "http://localhost:8000"
"""


def reached(body: str) -> list[str]:
    return [reach.function for reach in read_reaches(f"{HEAD}\n{body}", PLACES)]


@pytest.mark.parametrize(
    "call",
    [
        'websockets.connect("ws://localhost:8000/ws")',
        'connect("ws://127.0.0.1:8000")',
        "httpx.get(URL)",
        'httpx.AsyncClient(base_url=URL + "/api")',
        'requests.post(f"{URL}/api", json={})',
        'urllib.request.urlopen(url="http://localhost:8000/")',
        "opened(URL)",
        'asyncpg.connect("postgresql://a:b@localhost:8000/c")',
        'opened(urllib.request.Request(URL + "/api", method="POST"))',
        'psycopg.connect(host="localhost", port=8000)',
        'psycopg.connect("host=localhost port=8000 dbname=a")',
        'sqlalchemy.create_engine("postgresql://localhost:8000/c")',
        'redis.from_url("redis://localhost:8000/0")',
        'socket.create_connection(("localhost", 8000))',
    ],
)
def test_clients_that_are_given_the_address(call: str) -> None:
    assert reached(f"def test_a():\n    {call}\n") == ["test_a"]
    assert reached(f"class A:\n    async def test_a(self):\n        def inner():\n            {call}\n") == [
        "test_a"
    ]


@pytest.mark.parametrize(
    "body",
    [
        'def test_a():\n    url = f"{URL}/x"\n    httpx.get(url)\n',
        "def test_a():\n    with httpx.Client() as c:\n        c.get(URL)\n",
        "async def test_a():\n    async with aiohttp.ClientSession() as c:\n        await c.get(URL)\n",
        "def test_a():\n    c = requests.Session()\n    c.get(URL)\n",
        "class A:\n    URL = 'http://localhost:8000'\n    def test_a(self):\n        httpx.get(self.URL)\n",
        "@pytest.fixture\ndef test_a():\n    yield httpx.get(URL)\n",
    ],
)
def test_addresses_in_names_and_clients_in_names(body: str) -> None:
    assert reached(body) == ["test_a"]


@pytest.mark.parametrize(
    "body",
    [
        'def test_a():\n    httpx.get("http://localhost:80001")\n',
        'def test_a():\n    httpx.get("http://other.localhost:8000")\n',
        "def test_a():\n    print(URL)\n",
        "def test_a(client):\n    client.get(URL)\n",
        "def test_a():\n    with pytest.raises(OSError):\n        httpx.get(URL)\n",
        "def test_a():\n    try:\n        httpx.get(URL)\n    except OSError:\n        pass\n",
        "def test_a():\n    with contextlib.suppress(OSError):\n        httpx.get(URL)\n",
        "def test_a():\n    if not running_service():\n        pytest.skip()\n    httpx.get(URL)\n",
        "@pytest.mark.skipif(True, reason='')\ndef test_a():\n    httpx.get(URL)\n",
        "@pytest.mark.skipif(True, reason='')\nclass TestA:\n    def test_a(self):\n        httpx.get(URL)\n",
        "pytestmark = pytest.mark.skipif(True, reason='')\ndef test_a():\n    httpx.get(URL)\n",
        "pytest.importorskip('docker')\ndef test_a():\n    httpx.get(URL)\n",
        "@patch('httpx.get')\ndef test_a(get):\n    httpx.get(URL)\n",
        "def test_a():\n    httpx.Client(transport=fake, base_url=URL)\n",
        "def test_a(respx_mock):\n    httpx.get(URL)\n",
    ],
)
def test_what_is_left_alone(body: str) -> None:
    assert reached(body) == []


SUITE = {
    "tests/api/test_api.py": b"""
import urllib.request

URL = "http://localhost:8000/health"


class TestApi:
    def test_up(self):
        assert urllib.request.urlopen(URL).status == 200

    def test_twice(self, tmp_path):
        assert urllib.request.urlopen(URL).status == urllib.request.urlopen(URL).status


def test_without():
    assert URL
""",
    "tests/chat/conftest.py": b"""
import urllib.request

import pytest


@pytest.fixture
def answer():
    return urllib.request.urlopen("http://127.0.0.1:8000/health")
""",
    "tests/chat/test_chat.py": b"""
def test_chat(answer):
    assert answer.status == 200
""",
    "tests/test_old.py": b"""
import unittest
import urllib.request


class OldTest(unittest.TestCase):
    def test_old(self):
        urllib.request.urlopen("http://localhost:8000")
""",
}


def test_the_guard_skips_fails_or_starts(tmp_path: Path) -> None:
    port = free_port()
    folder = tmp_path / "suite"
    files = {name: text.replace(b"8000", str(port).encode()) for name, text in SUITE.items()}
    config = f'[tool.testfix.services.backend]\nurl = "http://localhost:{port}"\nhealth = "/health"\n'
    write_files(folder, {**files, "pyproject.toml": config.encode()})
    assert run_testfix(["--check"], folder).status == 0  # off unless selected
    (folder / "tests" / "test_old.py").rename(tmp_path / "test_old.py")
    assert run_pytest(folder).startswith("2 failed, 1 passed, 1 error")
    outcome = run_testfix(["--select", "TF401"], folder)
    assert outcome.status == 0, outcome.text
    conftest = (folder / "tests" / "conftest.py").read_text("utf-8")  # above all who ask
    assert conftest.count("def backend_service(") == 1
    before = contents(folder)
    assert run_testfix(["--select", "TF401"], folder).status == 0 and contents(folder) == before

    skipped = run_pytest(folder)
    assert skipped.startswith("1 passed, 3 skipped")
    assert f"backend does not answer at http://localhost:{port}" in skipped
    assert re.match("1 passed, 3 errors", run_pytest(folder, REQUIRE_SERVICES="1"))
    with running_service(
        "backend",
        {"backend": {**service(), "url": f"http://127.0.0.1:{port}", "env": {"PORT": str(port)}}},
        tmp_path,
    ):
        assert run_pytest(folder).startswith("4 passed")
    assert not is_service_up({"url": f"http://127.0.0.1:{port}"})
    for root in (folder, tmp_path):
        shutil.rmtree(service_folder("backend", root))


def test_a_test_of_unittest_is_reported(tmp_path: Path) -> None:
    config = b'[tool.testfix.services.backend]\nurl = "http://localhost:8000"\n'
    folder = write_files(tmp_path, {**SUITE, "pyproject.toml": config})
    outcome = run_testfix(["--check", "--select", "TF401", "tests/test_old.py"], folder)
    assert "not fixed: it is a test of unittest, which cannot request a fixture" in outcome.text
