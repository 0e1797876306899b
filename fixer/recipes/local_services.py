"""Services that tests need: used where they run, else started, shared by all workers,
stopped at the end.

A service is a dictionary. Its `url` is the address; `health` the path that answers once
it is up, or a function that says so of the address (none: it is up when it listens);
`start` the command that starts it, or a function that makes the command (none: somebody
else starts it); `env` what it finds in its environment besides ours.
"""

import contextlib
import hashlib
import importlib
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest

START_SECONDS = 30
STOP_SECONDS = 5
# By its folder, why a service did not come up: it is not waited for a second time.
NOT_UP: dict[Path, str] = {}


@contextlib.contextmanager
def running_service(
    name: str, services: Mapping[str, dict[str, Any]], root: Path
) -> Iterator[str]:
    """The address of the service, which runs meanwhile. Skips the test where it does
    not and cannot be started."""
    with contextlib.ExitStack() as stack:
        for each in start_order(name, services):
            folder = service_folder(each, root)
            with service_register(folder) as register:
                url = join_service(each, services[each], folder, root, register)
                use = register.execute("INSERT INTO users VALUES (?)", (os.getpid(),))
            stack.callback(leave_service, folder, use.lastrowid)
        yield url


class Discovery(Mapping[str, dict[str, Any]]):
    """By name of a service its `url`, `host` and `port`. One that is asked for is
    started if need be, and runs until the discovery is closed."""

    def __init__(self, services: Mapping[str, dict[str, Any]], root: Path) -> None:
        self._services = services
        self._root = root
        self._running = contextlib.ExitStack()
        self._found: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> "Discovery":
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def __getitem__(self, name: str) -> dict[str, Any]:
        if name not in self._services:
            raise KeyError(name)
        if name not in self._found:
            url = self._running.enter_context(
                running_service(name, self._services, self._root)
            )
            host, port = host_and_port(url)
            self._found[name] = {"url": url, "host": host, "port": port}
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._services)

    def __len__(self) -> int:
        return len(self._services)


def launch_plan(services: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By name of a service its `command`, `env`, `url`, `host` and `port`. All ports
    are free, and the commands and environments say them in place of the usual ones."""
    usual = {str(host_and_port(service["url"])[1]) for service in services.values()}
    free = iter(free_ports(len(usual)))
    ports = {port: str(next(free)) for port in usual}

    def moved(text: str) -> str:
        return re.sub(r"\d+", lambda number: ports.get(number[0], number[0]), text)

    plan = {}
    for name, service in services.items():
        url, command = moved(service["url"]), service.get("start", [])
        host, port = host_and_port(url)
        plan[name] = {
            "command": [] if callable(command) else [moved(word) for word in command],
            "env": {key: moved(value) for key, value in service.get("env", {}).items()},
            "url": url,
            "host": host,
            "port": port,
        }
    return plan


def unavailable(reason: str) -> NoReturn:
    """Skip the test; fail it where the environment says that all services have to be
    there."""
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def needed_module(name: str) -> Any:
    """A module that a service is used by. Skips the test where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        unavailable(f"the package {name.partition('.')[0]} is not installed")


def host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    usual = {
        "https": 443,
        "wss": 443,
        "postgresql": 5432,
        "postgres": 5432,
        "redis": 6379,
    }
    port = usual.get(parts.scheme, 80) if parts.port is None else parts.port
    return parts.hostname or "localhost", port


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:  # open together, so that all differ
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def is_listening(url: str) -> bool:
    try:
        with socket.create_connection(host_and_port(url), timeout=2):
            return True
    except OSError:
        return False


def is_service_up(service: dict[str, Any]) -> bool:
    """Whether the service answers, by its health check if it has one."""
    url, health = service["url"], service.get("health")
    if health is None:
        return is_listening(url)
    if callable(health):
        return bool(health(url))
    parts = urlsplit(url)
    scheme = "https" if parts.scheme in ("https", "wss") else "http"
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{scheme}://{parts.netloc}{health}", timeout=2):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except (OSError, ValueError):
        return False


def start_order(name: str, services: Mapping[str, dict[str, Any]]) -> list[str]:
    """The service, behind those whose addresses its environment names, which have to
    run before it does, and those that they name."""
    order: list[str] = []
    seen: set[str] = set()

    def visit(each: str) -> None:
        seen.add(each)
        words = " ".join(services[each].get("env", {}).values())
        for other, service in services.items():
            place = re.escape(urlsplit(service["url"]).netloc.rpartition("@")[2])
            if other not in seen and re.search(rf"{place}(?!\d)", words):
                visit(other)
        order.append(each)

    visit(name)
    return order


def service_folder(name: str, root: Path) -> Path:
    """Where the processes of all test sessions of this project note who uses the
    service."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    project = hashlib.sha256(os.fsencode(root)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"test-services-{user}-{project}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and folder.stat().st_uid != user:
        raise PermissionError(f"{folder} belongs to somebody else")
    return folder


@contextlib.contextmanager
def service_register(folder: Path) -> Iterator[sqlite3.Connection]:
    """The register of the service, for one process at a time; a lock does not outlive
    its process."""
    wait = 20 * START_SECONDS  # others may be starting it
    file = folder / "register.sqlite"
    register = sqlite3.connect(file, timeout=wait, isolation_level=None)
    with contextlib.closing(register):
        register.execute("BEGIN EXCLUSIVE")
        register.execute("CREATE TABLE IF NOT EXISTS users (pid)")
        register.execute("CREATE TABLE IF NOT EXISTS server (pid, url, data)")
        yield register
        register.execute("COMMIT")


def join_service(
    name: str,
    service: dict[str, Any],
    folder: Path,
    root: Path,
    register: sqlite3.Connection,
) -> str:
    """The address of the service, which is started if it has to be."""
    if folder in NOT_UP:
        pytest.fail(NOT_UP[folder], pytrace=False)
    for (pid,) in register.execute("SELECT DISTINCT pid FROM users").fetchall():
        if not is_process_alive(pid):
            register.execute("DELETE FROM users WHERE pid = ?", (pid,))
    server = register.execute("SELECT pid, url, data FROM server").fetchone()
    if server is not None:
        used = register.execute("SELECT count(*) FROM users").fetchone()[0]
        if used and is_service_up({**service, "url": server[1]}):
            return str(server[1])
        if is_listening(server[1]):  # or another process may have its number by now
            stop_service(*server)  # left over by a session that has crashed
        elif server[2]:
            shutil.rmtree(server[2], ignore_errors=True)
        register.execute("DELETE FROM server")
    url = str(service["url"])
    if urlsplit(url).port == 0:  # any port will do
        url = url.replace(":0", f":{free_ports(1)[0]}", 1)
        service = {**service, "url": url}
    if is_service_up(service):
        return url
    silent = f"{name} does not answer at {url}"
    if is_listening(url):
        unavailable(f"{silent}: something else has taken that port")
    if not service.get("start"):
        unavailable(f"{silent}: start it, or say how in SERVICES")
    pid, data = start_service(name, service, folder, root)
    register.execute("INSERT INTO server VALUES (?, ?, ?)", (pid, url, data))
    return url


def leave_service(folder: Path, row: "int | None") -> None:
    """Take this use of the service out of the register; the last one stops what was
    started."""
    with service_register(folder) as register:
        register.execute("DELETE FROM users WHERE rowid = ?", (row,))
        server = register.execute("SELECT pid, url, data FROM server").fetchone()
        users = register.execute("SELECT count(*) FROM users").fetchone()[0]
        if server is not None and not users:
            stop_service(*server)
            register.execute("DELETE FROM server")


def start_service(
    name: str, service: dict[str, Any], folder: Path, root: Path
) -> tuple[int, str]:
    """The process id of the started service, and the folder with its data, "" if it has
    none."""
    url, start = service["url"], service["start"]
    command, data = start, ""
    options: dict[str, Any] = {"cwd": root}
    if callable(start):
        data = tempfile.mkdtemp(prefix=f"{name}-")
        try:
            command, options = start(url, Path(data))
        except OSError as error:
            shutil.rmtree(data, ignore_errors=True)
            unavailable(f"{name} does not answer at {url}, and {error}")
    if os.name == "nt":
        options["creationflags"] = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    log = folder / "output.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable if word == "python" else word for word in command],
            env={**os.environ, **service.get("env", {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **options,
        )
    # Somebody has to wait for it, or it would stay as a zombie when it ends.
    threading.Thread(target=process.wait, daemon=True).start()
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_service_up(service):
            if process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text("utf-8", "replace")[-4000:]
                NOT_UP[folder] = f"{name} does not come up at {url}. It says:\n{said}"
                pytest.fail(NOT_UP[folder], pytrace=False)
            time.sleep(0.02)
    except BaseException:
        stop_service(process.pid, url, data)
        raise
    return process.pid, data


def stop_service(pid: int, url: str, data: str) -> None:
    """End what was started, with its children, and remove its data."""
    if os.name == "nt":
        command = ["taskkill", "/F", "/T", "/PID", str(pid)]
        subprocess.run(command, capture_output=True, check=False)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            # PostgreSQL waits for its clients to leave after SIGTERM, not after SIGINT.
            os.killpg(pid, signal.SIGINT if data else signal.SIGTERM)
            deadline = time.monotonic() + STOP_SECONDS
            while time.monotonic() < deadline:
                os.killpg(pid, 0)
                time.sleep(0.02)
            os.killpg(pid, signal.SIGKILL)
    if data:
        shutil.rmtree(data, ignore_errors=True)


def is_process_alive(pid: int) -> bool:
    if os.name == "nt":  # where os.kill would end the process
        command = ["tasklist", "/FI", f"PID eq {pid}"]
        listed = subprocess.run(command, capture_output=True, text=True, check=False)
        return str(pid) in listed.stdout
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
