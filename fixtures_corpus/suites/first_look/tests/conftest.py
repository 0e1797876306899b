import pytest

from shop.money import Money
from shop.orders import Order


@pytest.fixture
def order():
    return Order(Money(1000), Money(250))
