"""The agents and the events of one run."""

from collections.abc import Iterator

AGENTS = {"planner": ["search"], "writer": ["search", "format"], "echo": []}


class UnknownAgent(KeyError):
    pass


def find(name: str) -> "list[str]":
    """The tools of an agent."""
    if name not in AGENTS:
        raise UnknownAgent(name)
    return AGENTS[name]


def run(name: str, request: str) -> "Iterator[dict[str, str]]":
    tools = find(name)
    yield {"type": "agent_started", "agent": name}
    yield {"type": "agent_thinking", "agent": name}
    for tool in tools:
        yield {"type": "tool_executing", "tool": tool}
        yield {"type": "tool_completed", "tool": tool}
    yield {"type": "agent_completed", "agent": name, "result": summary(name, request)}


def summary(name: str, request: str) -> str:
    return f"{name}: {request.strip() or 'nothing to do'}"
