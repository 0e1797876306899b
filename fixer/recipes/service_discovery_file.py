"""The services by name, with their addresses, which are written into a file as well."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fixer.recipes.local_services import Discovery

SERVICES: dict[str, dict[str, Any]] = {}


@pytest.fixture(scope="session")
def service_discovery(request: pytest.FixtureRequest) -> Iterator[Discovery]:
    """The services that the tests may use: `service_discovery["backend"]["url"]`. One
    that is asked for is up, or the test is skipped. The project's own code finds the
    addresses in the file."""
    file = ""
    addresses = {name: service["url"] for name, service in SERVICES.items()}
    (request.config.rootpath / file).write_text(json.dumps(addresses), "utf-8")
    with Discovery(SERVICES, request.config.rootpath) as discovery:
        yield discovery
