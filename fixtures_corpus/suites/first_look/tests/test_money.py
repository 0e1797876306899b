import pytest

from shop.money import Money


@pytest.mark.parametrize(("cents", "text"), [(5, "0.05"), (1250, "12.50")])
def test_text(cents, text):
    assert str(Money(cents)) == text
