from unittest.mock import (
    ANY,
    Mock,
)

from shop.mail import confirm, notify


@patch("shop.mail.smtplib.SMTP")
def test_confirm(smtp, order):
    confirm(order, "ada@example.com")
    server = smtp.return_value.__enter__.return_value
    server.sendmail.assert_called_once_with(ANY, "ada@example.com", "Total: 12.50")


def test_confirm_asks_for_the_total():
    smtp, order = MagicMock(), Mock()
    with patch("shop.mail.smtplib.SMTP", smtp):
        confirm(order, "ada@example.com")
    order.total.assert_called_once_with()


def test_notify(order):
    send = AsyncMock()
    asyncio.run(notify(order, send))
    send.assert_awaited_once_with({"total": "12.50"})
