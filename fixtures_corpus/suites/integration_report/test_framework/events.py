"""Collecting what a WebSocket streams."""

import asyncio
import json


async def collect_until(socket, last: str, seconds: float = 10) -> "list[dict[str, str]]":
    """All events up to the first of the type `last`."""
    events = []

    async def collect() -> None:
        while not events or events[-1]["type"] != last:
            events.append(json.loads(await socket.recv()))

    await asyncio.wait_for(collect(), seconds)
    return events
