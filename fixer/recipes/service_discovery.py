"""The services by name, with their addresses."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from fixer.recipes.services import SERVICES, host_and_port, running_service


class Discovery(Mapping[str, dict[str, Any]]):
    """By name of a service its `url`, `host` and `port`. A service that is asked for is up, or the test is
    skipped."""

    def __init__(self, root: Path, stack: contextlib.ExitStack) -> None:
        self._root = root
        self._stack = stack
        self._found: dict[str, dict[str, Any]] = {}

    def __getitem__(self, name: str) -> dict[str, Any]:
        if name not in self._found:
            url = self._stack.enter_context(running_service(name, SERVICES[name], self._root))
            host, port = host_and_port(url)
            self._found[name] = {"url": url, "host": host, "port": port}
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(SERVICES)

    def __len__(self) -> int:
        return len(SERVICES)


@pytest.fixture(scope="session")
def service_discovery(request: pytest.FixtureRequest) -> Iterator[Discovery]:
    """The services that the tests may use: `service_discovery["backend"]["url"]`."""
    file = ""
    root = request.config.rootpath
    with contextlib.ExitStack() as stack:
        if file:  # where the project's own code looks for the addresses
            (root / file).write_text(json.dumps({name: each["url"] for name, each in SERVICES.items()}))
            stack.callback((root / file).unlink, missing_ok=True)
        yield Discovery(root, stack)
