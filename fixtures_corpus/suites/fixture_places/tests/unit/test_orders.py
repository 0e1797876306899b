import pytest


@pytest.fixture(scope="class")
def basket():
    return []


@pytest.fixture
def sample():
    return 2


@pytest.mark.parametrize("limit", [1, 2])
def test_limit(needs_limit, limit):
    assert needs_limit == limit


def test_price(order, cost, greeting):
    assert order == cost


@pytest.mark.parametrize("color", ["red"])
def test_color(request, color):
    assert request.getfixturevalue(f"make_{color}") == color


class TestBasket:
    @pytest.fixture
    def filled(self, basket, sample):
        return [*basket, sample]

    def test_filled(self, filled, clock):
        assert filled and clock

    class TestInner:
        @pytest.fixture
        def filled(self, filled):
            return filled * 2

        @pytest.mark.usefixtures("user")
        def test_twice(self, filled):
            assert len(filled) == 2
