import pytest

pytest_plugins = "support.zones"


@pytest.fixture(scope="session")
def clock(zone):
    return zone
