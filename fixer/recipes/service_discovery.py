"""The services by name, with their addresses."""

from collections.abc import Iterator
from typing import Any

import pytest

from fixer.recipes.local_services import Discovery

SERVICES: dict[str, dict[str, Any]] = {}


@pytest.fixture(scope="session")
def service_discovery(request: pytest.FixtureRequest) -> Iterator[Discovery]:
    """The services that the tests may use: `service_discovery["backend"]["url"]`. One
    that is asked for is up, or the test is skipped."""
    with Discovery(SERVICES, request.config.rootpath) as discovery:
        yield discovery
