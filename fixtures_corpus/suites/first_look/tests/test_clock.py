#!/usr/bin/env python3
# Orders must not depend on the machine's clock.

from shop.orders import Order


class TestPlaced:
    def test_given(self):
        moment = datetime(2024, 1, 31, 8, 30)
        assert Order(placed=moment).placed is moment

    def test_not_now(self):
        with mock.patch("time.time", return_value=0.0):
            assert Order().placed.year == 2024
