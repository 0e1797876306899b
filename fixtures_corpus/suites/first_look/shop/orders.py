"""Orders and their totals."""

from datetime import datetime, timedelta

from shop.money import Money


class OrderError(Exception):
    """An order that cannot be placed."""


class Order:
    def __init__(self, *prices, placed=None):
        self.prices = prices
        self.placed = placed or datetime(2024, 5, 17, 12, 0)

    def total(self):
        if not self.prices:
            raise OrderError("an order needs at least one line")
        return sum(self.prices, Money(0))

    def due(self):
        return self.placed + timedelta(days=14)
