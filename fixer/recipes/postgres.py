"""A connection to a real PostgreSQL, with a schema of its own for each test."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import pytest

from fixer.recipes.local_postgres import OWN_SERVER, new_database, new_schema
from fixer.recipes.local_services import running_service

SERVICES: dict[str, dict[str, Any]] = {}


@pytest.fixture(scope="session")
def postgres_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The connection string of a database that this session has for itself, on the
    server of DATABASE_URL, else on the declared one, else on one that is started for
    the session."""
    service = "postgres"
    services = {"postgres": OWN_SERVER, **SERVICES}
    with contextlib.ExitStack() as stack:
        server = os.environ.get("DATABASE_URL")
        if not server:
            server = stack.enter_context(
                running_service(service, services, request.config.rootpath)
            )
        yield stack.enter_context(new_database(server))


@pytest.fixture
def postgres_connection(postgres_database: str) -> Iterator[Any]:
    """A connection to a schema that is the test's own, so that no test sees what
    another one has written."""
    with new_schema(postgres_database) as connection:
        yield connection
