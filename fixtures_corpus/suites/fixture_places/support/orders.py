import pytest


@pytest.fixture(scope="module")
def order(price):
    return price


@pytest.fixture(scope="module")
def price():
    return 1
