"""Confirmations by mail."""

import smtplib


def confirm(order, address, host="localhost"):
    with smtplib.SMTP(host) as server:
        server.sendmail("shop@example.com", address, f"Total: {order.total()}")


async def notify(order, send):
    await send({"total": str(order.total())})
