"""The API of the backend, in this process."""

import asyncio

import httpx
import pytest
import websockets
from starlette.testclient import TestClient

from backend import agents, auth_client
from backend.app import app, bearer


@pytest.fixture
def client():
    return TestClient(app)


async def ada(token):
    return "ada"


class TestReading:
    def test_health(self, client):
        assert client.get("/health").json()["status"] == "healthy"

    def test_agents_are_listed(self, client):
        assert client.get("/api/agents").json() == {"agents": ["echo", "planner", "writer"]}

    @pytest.mark.parametrize("name", ["echo", "planner", "writer"])
    def test_an_agent_is_shown(self, client, name):
        assert client.get(f"/api/agents/{name}").json() == {"name": name, "tools": agents.AGENTS[name]}

    def test_an_unknown_agent(self, client):
        assert client.get("/api/agents/nobody").status_code == 404

    def test_an_unknown_path(self, client):
        assert client.get("/api/nothing").status_code == 404

    def test_running_is_no_reading(self, client):
        assert client.get("/api/agents/echo/runs").status_code == 405


class TestBearer:
    def test_the_token_is_taken_from_the_header(self):
        assert bearer({"authorization": "Bearer abc"}) == "abc"

    def test_another_scheme_is_none(self):
        assert bearer({"authorization": "Basic abc"}) == ""


class TestRunning:
    def test_events_of_a_run(self, client):
        with patch.object(auth_client, "user_of", ada):
            answer = client.post("/api/agents/planner/runs", json={"request": "lunch"})
        assert [event["type"] for event in answer.json()["events"]][0] == "agent_started"

    def test_the_user_is_named(self, client):
        with patch.object(auth_client, "user_of", ada):
            assert client.post("/api/agents/echo/runs", json={}).json()["user"] == "ada"

    def test_an_unknown_agent_does_not_run(self, client):
        with patch.object(auth_client, "user_of", ada):
            assert client.post("/api/agents/nobody/runs", json={}).status_code == 404

    def test_nobody_runs_without_a_token(self, client):
        async def nobody(token):
            return None

        with patch("backend.auth_client.user_of", nobody):
            assert client.post("/api/agents/echo/runs", json={}).status_code == 401

    def test_the_summary_is_the_result(self, client):
        with patch.object(auth_client, "user_of", ada), patch.object(agents, "summary", return_value="done"):
            events = client.post("/api/agents/echo/runs", json={}).json()["events"]
        assert events[-1]["result"] == "done"

    def test_tools_can_be_replaced(self, client):
        with patch.dict(agents.AGENTS, echo=["shout"]):
            assert client.get("/api/agents/echo").json()["tools"] == ["shout"]


class TestAuthClient:
    def answering(self, status, name):
        client = MagicMock()
        answer = MagicMock(status_code=status)
        answer.json.return_value = {"name": name}

        async def get(path, headers):
            client.asked(path, headers["Authorization"])
            return answer

        client.__aenter__.return_value.get = get
        return client

    def test_the_name_of_a_token(self):
        client = self.answering(200, "ada")
        with patch.object(httpx, "AsyncClient", return_value=client):
            assert asyncio.run(auth_client.user_of("abc")) == "ada"
        client.asked.assert_called_once_with("/verify", "Bearer abc")

    def test_a_token_that_is_refused(self):
        with patch.object(httpx, "AsyncClient", return_value=self.answering(401, None)):
            assert asyncio.run(auth_client.user_of("abc")) is None


class TestSockets:
    """A server of the test's own: what the chat relies on."""

    @staticmethod
    async def talk(**options):
        async def greet(socket):
            await socket.send(socket.request.headers.get("X-Client", "unknown"))

        async with websockets.serve(greet, "localhost", 0) as server:
            port = server.sockets[0].getsockname()[1]
            async with websockets.connect(f"ws://localhost:{port}/", **options) as socket:
                return await socket.recv()

    def test_headers_are_sent(self):
        async def scenario():
            async def greet(socket):
                await socket.send(socket.request.headers["X-Client"])

            async with websockets.serve(greet, "localhost", 0) as server:
                port = server.sockets[0].getsockname()[1]
                url = f"ws://localhost:{port}/"
                async with websockets.connect(url, extra_headers={"X-Client": "chat"}) as socket:
                    return await socket.recv()

        assert asyncio.run(scenario()) == "chat"

    def test_the_handshake_has_a_deadline(self):
        async def scenario():
            async def greet(socket):
                await socket.send("hello")

            async with websockets.serve(greet, "localhost", 0) as server:
                port = server.sockets[0].getsockname()[1]
                async with websockets.connect(f"ws://localhost:{port}/", timeout=5) as socket:
                    return await socket.recv()

        assert asyncio.run(scenario()) == "hello"
