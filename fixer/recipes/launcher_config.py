"""How the services are launched, on ports that are free."""

import contextlib
import re
import socket
from typing import Any

import pytest

from fixer.recipes.services import SERVICES, host_and_port


@pytest.fixture
def launcher_config() -> dict[str, dict[str, Any]]:
    """By name of a service its `command`, `env`, `url`, `host` and `port`. All ports are free, and the
    commands and environments say them in place of the usual ones."""
    usual = {str(host_and_port(service["url"])[1]) for service in SERVICES.values()}
    with contextlib.ExitStack() as stack:  # open together, so that all ports differ
        sockets = [stack.enter_context(socket.socket()) for _ in usual]
        for free in sockets:
            free.bind(("127.0.0.1", 0))
        ports = {port: str(free.getsockname()[1]) for port, free in zip(usual, sockets, strict=True)}

    def moved(text: str) -> str:
        return re.sub(r"\d+", lambda number: ports.get(number[0], number[0]), text)

    config = {}
    for name, service in SERVICES.items():
        host, port = host_and_port(service["url"])
        config[name] = {
            "command": [moved(word) for word in service.get("start", [])],
            "env": {key: moved(value) for key, value in service.get("env", {}).items()},
            "url": moved(service["url"]),
            "host": host,
            "port": int(moved(str(port))),
        }
    return config
