"""Services that tests need: used where they run, else started, shared by all workers, stopped at the end."""

import contextlib
import hashlib
import os
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
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest

from fixer.recipes.postgres_server import (
    create_database,
    is_postgres,
    is_postgres_up,
    postgres_account,
    postgres_command,
)

SERVICES: dict[str, dict[str, Any]] = {}
START_SECONDS = 30
STOP_SECONDS = 5


def unavailable(reason: str) -> NoReturn:
    """Skip the test; fail it where the environment says that all services have to be there."""
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    usual = {"https": 443, "wss": 443, "postgresql": 5432, "postgres": 5432, "redis": 6379}
    return parts.hostname or "localhost", parts.port or usual.get(parts.scheme, 80)


def is_listening(url: str) -> bool:
    try:
        with socket.create_connection(host_and_port(url), timeout=2):
            return True
    except OSError:
        return False


def is_service_up(service: dict[str, Any]) -> bool:
    """Whether the service answers, by its health check if it has one."""
    url = service["url"]
    if is_postgres(url):
        return is_postgres_up(url)
    if "health" not in service:
        return is_listening(url)
    parts = urlsplit(url)
    scheme = "https" if parts.scheme in ("https", "wss") else "http"
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{scheme}://{parts.netloc}{service['health']}", timeout=2):
            return True
    except (OSError, ValueError):
        return False


@contextlib.contextmanager
def running_service(name: str, service: dict[str, Any], root: Path) -> Iterator[str]:
    """The address of the service while it runs. Skips the test if it does not and cannot be started."""
    with contextlib.ExitStack() as stack:
        for other in needed_services(service):
            stack.enter_context(running_service(other, SERVICES[other], root))
        folder = service_folder(name, root)
        with service_register(folder) as register:
            url = join_service(name, service, folder, root, register)
            row = register.execute("INSERT INTO users VALUES (?)", (os.getpid(),)).lastrowid
        stack.callback(leave_service, folder, row)
        yield url


def needed_services(service: dict[str, Any]) -> list[str]:
    """The services whose addresses the environment of this one names: they have to run before it does."""
    words = " ".join(service.get("env", {}).values())
    others = {name: urlsplit(other["url"]).netloc.rpartition("@")[2] for name, other in SERVICES.items()}
    return [name for name, place in others.items() if place in words and SERVICES[name] is not service]


def service_folder(name: str, root: Path) -> Path:
    """Where the processes of all test sessions of this project note who uses the service."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    project = hashlib.sha256(os.fsencode(root)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"test-services-{user}-{project}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and folder.stat().st_uid != user:
        raise PermissionError(f"{folder} belongs to somebody else")
    return folder


@contextlib.contextmanager
def service_register(folder: Path) -> Iterator[sqlite3.Connection]:
    """The register of the service, for one process at a time; a lock does not outlive its process."""
    wait = START_SECONDS + STOP_SECONDS + 5
    register = sqlite3.connect(folder / "register.sqlite", timeout=wait, isolation_level=None)
    with contextlib.closing(register):
        register.execute("BEGIN EXCLUSIVE")
        register.execute("CREATE TABLE IF NOT EXISTS users (pid)")
        register.execute("CREATE TABLE IF NOT EXISTS server (pid, url, data)")
        yield register
        register.execute("COMMIT")


def join_service(
    name: str, service: dict[str, Any], folder: Path, root: Path, register: sqlite3.Connection
) -> str:
    """The address of the service, which is started if it has to be."""
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
    url = service["url"]
    if is_service_up(service):
        return str(url)
    if is_listening(url):
        unavailable(f"{name} does not answer at {url}: something else has taken that port")
    if not service.get("start"):
        unavailable(f"{name} does not answer at {url}: start it, or say how in SERVICES")
    pid, data = start_service(name, service, folder, root)
    register.execute("INSERT INTO server VALUES (?, ?, ?)", (pid, url, data))
    return str(url)


def leave_service(folder: Path, row: "int | None") -> None:
    """Take this use of the service out of the register; the last one stops what was started."""
    with service_register(folder) as register:
        register.execute("DELETE FROM users WHERE rowid = ?", (row,))
        server = register.execute("SELECT pid, url, data FROM server").fetchone()
        if server is not None and not register.execute("SELECT count(*) FROM users").fetchone()[0]:
            stop_service(*server)
            register.execute("DELETE FROM server")


def start_service(name: str, service: dict[str, Any], folder: Path, root: Path) -> tuple[int, str]:
    """The process id of the started service, and the folder with its data, if it has one."""
    data, account, where = "", {}, root
    command = [sys.executable if word == "python" else word for word in service["start"]]
    if is_postgres(service["url"]) and command == ["postgres"]:
        where = Path(tempfile.mkdtemp(prefix=f"{name}-"))
        data, account = str(where), postgres_account()
        try:
            command = postgres_command(service["url"], where)
        except OSError as error:
            shutil.rmtree(where, ignore_errors=True)
            unavailable(f"{name} does not answer at {service['url']}, and {error}")
    if os.name == "nt":
        account["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP  # type: ignore[attr-defined,unused-ignore]
    log = folder / "output.txt"
    env = {**os.environ, **service.get("env", {})}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=where,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **account,
        )
    threading.Thread(target=process.wait, daemon=True).start()  # or it would stay as a zombie when it ends
    try:
        deadline = time.monotonic() + START_SECONDS
        while not is_service_up(service):
            if process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text("utf-8", "replace")[-4000:]
                pytest.fail(f"{name} does not come up at {service['url']}. It says:\n{said}", pytrace=False)
            time.sleep(0.02)
        if data:
            create_database(service["url"], command[0])
    except BaseException:
        stop_service(process.pid, service["url"], data)
        raise
    return process.pid, data


def stop_service(pid: int, url: str, data: str) -> None:
    """End what was started, with its children, and remove its data."""
    if os.name == "nt":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(pid)], capture_output=True, check=False)
    else:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGINT if data else signal.SIGTERM)  # SIGINT: PostgreSQL's fast shutdown
            deadline = time.monotonic() + STOP_SECONDS
            while time.monotonic() < deadline:
                os.killpg(pid, 0)
                time.sleep(0.02)
            os.killpg(pid, signal.SIGKILL)
    if data:
        shutil.rmtree(data, ignore_errors=True)


def is_process_alive(pid: int) -> bool:
    if os.name == "nt":  # where os.kill would end the process
        listed = subprocess.run(
            ["tasklist", "/FI", f"PID eq {pid}"], capture_output=True, text=True, check=False
        )
        return str(pid) in listed.stdout
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
