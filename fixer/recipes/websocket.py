"""A WebSocket connection to a service, with a token from another one."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from fixer.recipes.event_socket import EventSocket, bearer_token, open_socket
from fixer.recipes.local_services import running_service

SERVICES: dict[str, dict[str, Any]] = {}


@pytest.fixture
def event_socket(request: pytest.FixtureRequest) -> Iterator[EventSocket]:
    """An open WebSocket of somebody who is signed in: `send`, and `collect_until` some
    event arrives."""
    service = ""
    path = "/ws"
    auth = ""
    token = "/token"
    login = {"name": "tests", "password": "tests"}
    root = request.config.rootpath
    with contextlib.ExitStack() as stack:
        auth_url = stack.enter_context(running_service(auth, SERVICES, root))
        url = stack.enter_context(running_service(service, SERVICES, root))
        bearer = bearer_token(f"{auth_url}{token}", login)
        yield stack.enter_context(open_socket(f"{url}{path}", bearer))
