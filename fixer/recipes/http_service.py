"""The base URL of a service, which is started where it does not run."""

from collections.abc import Iterator
from typing import Any

import pytest

from fixer.recipes.local_services import running_service

SERVICES: dict[str, dict[str, Any]] = {}


@pytest.fixture(scope="session")
def service_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the service, which runs as long as the tests do."""
    service = ""
    with running_service(service, SERVICES, request.config.rootpath) as url:
        yield url
