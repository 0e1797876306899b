"""How the services are launched, on ports that are free."""

from typing import Any

import pytest

from fixer.recipes.local_services import launch_plan

SERVICES: dict[str, dict[str, Any]] = {}


@pytest.fixture
def launcher_config() -> dict[str, dict[str, Any]]:
    """By name of a service its `command`, `env`, `url`, `host` and `port`, all on ports
    that are free."""
    return launch_plan(SERVICES)
