"""Backend and auth together, and how they are launched."""

import uuid

import pytest

from backend import agents, auth_client


def signed_in(http, discovery):
    """The header of a new user."""
    auth = discovery["auth"]["url"]
    user = {"name": f"user-{uuid.uuid4().hex[:8]}", "password": "secret"}
    assert http.post(f"{auth}/users", json=user).status_code == 201
    token = http.post(f"{auth}/token", json=user).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def test_the_backend_knows_where_auth_is():
    assert auth_client.AUTH_URL.startswith("http")


@pytest.mark.parametrize("name", ["planner", "writer"])
def test_agents_have_tools(name):
    assert agents.find(name)


class TestThroughDiscovery:
    def test_services_are_found(self, service_discovery):
        assert {"auth", "backend"} <= set(service_discovery)

    def test_a_new_user_runs_an_agent(self, service_discovery, http):
        headers = signed_in(http, service_discovery)
        url = service_discovery["backend"]["url"]
        answer = http.post(f"{url}/api/agents/echo/runs", json={"request": "hi"}, headers=headers)
        assert answer.json()["events"][-1]["result"] == "echo: hi"

    def test_the_backend_refuses_what_auth_does_not_know(self, service_discovery, http):
        url = service_discovery["backend"]["url"]
        headers = {"Authorization": "Bearer nobody.0000"}
        assert http.post(f"{url}/api/agents/echo/runs", json={}, headers=headers).status_code == 401

    def test_a_wrong_password_gives_no_token(self, service_discovery, http):
        url = service_discovery["auth"]["url"]
        user = {"name": "nobody", "password": "guess"}
        assert http.post(f"{url}/token", json=user).status_code == 401

    def test_both_report_to_the_monitor(self, service_discovery, http):
        monitor = MagicMock()
        for name in ("auth", "backend"):
            monitor.report(http.get(f"{service_discovery[name]['url']}/health").json()["service"])
        assert [call.args[0] for call in monitor.report.call_args_list] == ["auth", "backend"]


class TestLauncher:
    def test_every_service_has_a_port_of_its_own(self, launcher_config):
        ports = [service["port"] for service in launcher_config.values()]
        assert len(set(ports)) == len(ports)

    def test_the_backend_is_told_where_auth_is(self, launcher_config):
        launcher = MagicMock()
        launcher.start(**launcher_config["backend"])
        assert launcher.start.call_args.kwargs["env"]["AUTH_URL"] == launcher_config["auth"]["url"]
