"""A connection to a real PostgreSQL, with a schema of its own for each test."""

import contextlib
import os
import socket
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from fixer.recipes.postgres_server import is_postgres
from fixer.recipes.services import SERVICES, running_service, unavailable


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a server: DATABASE_URL, that of the declared service, or of one started for the session."""
    if os.environ.get("DATABASE_URL"):
        yield os.environ["DATABASE_URL"]
        return
    declared = {name: each for name, each in SERVICES.items() if is_postgres(each["url"])}
    if not declared:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        declared = {"postgres": {"url": url, "start": ["postgres"]}}
    name, service = next(iter(declared.items()))
    with running_service(name, service, request.config.rootpath) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> Iterator[str]:
    """The connection string of a database that this session has for itself."""
    psycopg = pytest.importorskip("psycopg", reason="needs the package psycopg to talk to PostgreSQL")
    name = f"tests_{uuid.uuid4().hex[:12]}"
    try:
        server = psycopg.connect(postgres_server, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        if "FATAL" in str(error):  # it is there, and refuses the user, the password or the database
            pytest.fail(f"PostgreSQL refuses the connection: {error}", pytrace=False)
        unavailable(f"PostgreSQL does not answer: {error}")
    with server:
        server.execute(f"CREATE DATABASE {name}")
        yield psycopg.conninfo.make_conninfo(postgres_server, dbname=name)
        with contextlib.suppress(psycopg.OperationalError):  # the server may be gone
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_connection(postgres_database: str) -> Iterator[Any]:
    """A connection to a schema that is the test's own, so that no test sees what another one has written."""
    psycopg = pytest.importorskip("psycopg")
    schema = f"test_{uuid.uuid4().hex[:12]}"
    with contextlib.closing(psycopg.connect(postgres_database)) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute(f"SET search_path TO {schema}")
        connection.commit()
        yield connection
        with contextlib.suppress(psycopg.OperationalError):
            connection.rollback()
            connection.execute(f"DROP SCHEMA {schema} CASCADE")
            connection.commit()
