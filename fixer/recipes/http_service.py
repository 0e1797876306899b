"""The base URL of a service, which is started where it does not run."""

from collections.abc import Iterator

import pytest

from fixer.recipes.services import SERVICES, running_service


@pytest.fixture(scope="session")
def service_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the service, which runs as long as the tests do."""
    service = ""
    with running_service(service, SERVICES[service], request.config.rootpath) as url:
        yield url
