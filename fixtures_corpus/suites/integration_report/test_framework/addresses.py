"""Where the services are."""

import pytest

DEFAULTS = {
    "database": "postgresql://platform@localhost:5433/platform",
    "auth": "http://localhost:8081",
    "backend": "http://localhost:8000",
}


def discovered(request: pytest.FixtureRequest, name: str) -> "str | None":
    """The address from service discovery, None in suites that have none."""
    try:
        discovery = request.getfixturevalue("service_discovery")
    except pytest.FixtureLookupError:
        return None
    return discovery[name]["url"]


def address_of(request: pytest.FixtureRequest, name: str) -> str:
    """The address from service discovery, or that of a developer's machine."""
    return discovered(request, name) or DEFAULTS[name]
