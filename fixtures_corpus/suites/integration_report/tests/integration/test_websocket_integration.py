"""Agents over the WebSocket: the core of the chat."""

import asyncio
import json

import pytest
import websockets

from auth import tokens
from test_framework.events import collect_until

AGENT_EVENTS = ["agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed"]


def authorized(name="ada"):
    return {"Authorization": f"Bearer {tokens.sign(name)}"}


class TestAgentEvents:
    def test_all_events_arrive_in_order(self, real_postgres_connection, websocket_url):
        async def scenario():
            async with websockets.connect(websocket_url, timeout=10, extra_headers=authorized()) as socket:
                await socket.send(json.dumps({"agent": "planner", "request": "lunch"}))
                return await collect_until(socket, "agent_completed")

        events = asyncio.run(scenario())
        assert [event["type"] for event in events] == AGENT_EVENTS
        assert events[-1]["result"] == "planner: lunch"

    def test_every_tool_is_announced(self, real_postgres_connection, websocket_url):
        async def scenario():
            async with websockets.connect(websocket_url, timeout=10, extra_headers=authorized()) as socket:
                await socket.send(json.dumps({"agent": "writer"}))
                return await collect_until(socket, "agent_completed")

        tools = [event["tool"] for event in asyncio.run(scenario()) if event["type"] == "tool_executing"]
        assert tools == ["search", "format"]

    def test_two_runs_over_one_connection(self, real_postgres_connection, agent_socket):
        results = []
        for request in ("one", "two"):
            agent_socket.send({"agent": "echo", "request": request})
            results.append(agent_socket.collect_until("agent_completed")[-1]["result"])
        assert results == ["echo: one", "echo: two"]

    def test_an_unknown_agent_is_an_event(self, real_postgres_connection, websocket_url):
        async def scenario():
            async with websockets.connect(websocket_url, extra_headers=authorized()) as socket:
                await socket.send(json.dumps({"agent": "nobody"}))
                return await collect_until(socket, "error")

        assert asyncio.run(scenario()) == [{"type": "error", "agent": "nobody"}]


class TestAuthentication:
    def test_nobody_gets_in_without_a_token(self, real_postgres_connection, websocket_url):
        async def scenario():
            async with websockets.connect(websocket_url, timeout=10):
                pass

        with pytest.raises(websockets.InvalidStatus):
            asyncio.run(scenario())

    def test_nobody_gets_in_with_a_forged_token(self, real_postgres_connection, websocket_url):
        async def scenario():
            headers = {"Authorization": "Bearer ada.0000"}
            async with websockets.connect(websocket_url, timeout=10, extra_headers=headers):
                pass

        with pytest.raises(websockets.InvalidStatus):
            asyncio.run(scenario())
