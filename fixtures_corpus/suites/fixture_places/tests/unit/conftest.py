import pytest

from support.orders import price as cost  # noqa: F401


@pytest.fixture
def user(user):
    return user.upper()


@pytest.fixture
def needs_limit(limit):
    return limit
