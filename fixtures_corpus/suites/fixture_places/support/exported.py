import pytest


@pytest.fixture
def for_others():
    return 1
