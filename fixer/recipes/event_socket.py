"""A WebSocket over which a service sends events, each a JSON object with a `type`."""

import contextlib
import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

from fixer.recipes.local_services import host_and_port, needed_module

OPEN_SECONDS = 10


class EventSocket:
    """An open connection over which events come."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def send(self, message: dict[str, Any]) -> None:
        self._connection.send(json.dumps(message))

    def receive(self, seconds: float = 10) -> dict[str, Any]:
        """The next event. Raises TimeoutError where none arrives in time, and
        websockets.ConnectionClosed where none can any more."""
        event: dict[str, Any] = json.loads(self._connection.recv(max(0.0, seconds)))
        return event

    def collect_until(self, last: str, seconds: float = 10) -> list[dict[str, Any]]:
        """All events up to the first of the type `last`. Fails the test where that does
        not arrive in time."""
        events: list[dict[str, Any]] = []
        deadline = time.monotonic() + seconds
        closed = needed_module("websockets.exceptions").ConnectionClosed
        try:
            while not events or events[-1].get("type") != last:
                events.append(self.receive(deadline - time.monotonic()))
        except (TimeoutError, closed) as error:
            why = str(error) or f"nothing more came within {seconds} seconds"
            pytest.fail(f"no event `{last}`: {why}. Until then came {events}")
        return events


@contextlib.contextmanager
def open_socket(url: str, token: str) -> Iterator[EventSocket]:
    """A connection with the token as its bearer. Fails the test where the service
    refuses it."""
    client = needed_module("websockets.sync.client")
    parts = urlsplit(url)
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    with contextlib.ExitStack() as stack:
        try:
            direct = socket.create_connection(host_and_port(url), OPEN_SECONDS)
            connection = client.connect(
                urlunsplit(parts._replace(scheme=scheme)),
                sock=stack.enter_context(direct),  # or it may go through a proxy
                additional_headers={"Authorization": f"Bearer {token}"},
                open_timeout=OPEN_SECONDS,
            )
            stack.enter_context(connection)
        except Exception as error:  # which one differs between versions of websockets
            pytest.fail(f"no WebSocket at {url}: {error!r}", pytrace=False)
        yield EventSocket(connection)


def bearer_token(url: str, login: dict[str, str]) -> str:
    """The `access_token` that the address gives for the login. Fails the test where it
    gives none."""
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(url, json.dumps(login).encode(), headers)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(asked, timeout=OPEN_SECONDS) as answer:
            return str(json.load(answer)["access_token"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        pytest.fail(f"{url} gives no token: {error!r}", pytrace=False)
