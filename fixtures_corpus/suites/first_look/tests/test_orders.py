"""Totals and due dates."""

from datetime import datetime


def test_total(order):
    assert order.total() == Money(1250)


def test_due_two_weeks_later(order):
    assert order.due() - datetime(2024, 5, 17, 12) == timedelta(days=14)


def test_empty_order():
    with pytest.raises(OrderError):
        Order().total()
