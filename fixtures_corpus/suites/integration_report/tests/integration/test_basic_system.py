"""Does the system stand at all? Runs everywhere; what needs a service says so."""

import pytest

from auth import tokens
from backend import agents
from test_framework.addresses import DEFAULTS, discovered


def health_of(request, http, name):
    url = discovered(request, name)
    if url is None:
        pytest.skip(f"{name} service not running at {DEFAULTS[name]}/health")
    return http.get(f"{url}/health").json()


def test_every_agent_reports_its_end():
    for name in agents.AGENTS:
        assert [event["type"] for event in agents.run(name, "x")][-1] == "agent_completed"


def test_tokens_are_signed():
    assert tokens.verified(tokens.sign("ada")) == "ada"
    assert tokens.verified("ada.0000") is None


def test_default_addresses_are_local():
    assert all("//" in url and "localhost" in url for url in DEFAULTS.values())


class TestServices:
    def test_backend_is_healthy(self, request, http):
        assert health_of(request, http, "backend") == {"status": "healthy", "service": "backend"}

    def test_auth_is_healthy(self, request, http):
        assert health_of(request, http, "auth")["service"] == "auth"

    def test_both_are_healthy(self, request, http):
        assert {health_of(request, http, name)["status"] for name in ("auth", "backend")} == {"healthy"}
