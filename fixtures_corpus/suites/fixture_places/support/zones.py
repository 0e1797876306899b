import pytest


@pytest.fixture(scope="session")
def zone():
    return "UTC"
