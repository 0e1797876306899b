"""Runs the test functions of files against servers on 127.0.0.1, with arguments by name. Needs Python 3.8.

    python tests/tools/run_case.py FILE [FILE ...]

Prints {FILE: {function: what it returned, or "TypeError: ..." and the like}}. A websockets server greets with
the header `X-Sent` of the request; another server takes connections and never says a word.
"""

import asyncio
import importlib.util
import inspect
import json
import logging
import socket
import sys
import threading
import warnings
from types import SimpleNamespace


def main():
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    silent = socket.create_server(("127.0.0.1", 0))
    port = silent.getsockname()[1]
    given = {
        "host": "127.0.0.1",
        "port": port,
        "silent": f"ws://127.0.0.1:{port}",
        "python": sys.executable,
        "h": {"X-Sent": "here"},
        "cfg": SimpleNamespace(timeout=5),
        "t": 5,
        "ctx": None,
        "u": websocket_server(),
    }
    outcome = {}
    for file in sys.argv[1:]:
        spec = importlib.util.spec_from_file_location("case", file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        outcome[file] = {
            name: run(function, {each: given[each] for each in inspect.signature(function).parameters})
            for name, function in list(vars(module).items())
            if name.startswith("test_")
        }
    json.dump(outcome, sys.stdout)


def run(function, arguments):
    async def once():
        result = function(**arguments)
        if inspect.isawaitable(result):
            result = await asyncio.wait_for(result, 8)
        return result

    loop = asyncio.new_event_loop()  # not closed: what is left open there would be waited for
    try:
        result = loop.run_until_complete(once())
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return result if isinstance(result, str) else "ok"


def websocket_server():
    """The address of a websockets server in a thread of its own, None where there are no websockets."""
    try:
        import websockets
    except ImportError:
        return None

    async def handler(connection, *_):
        request = getattr(connection, "request", None)
        headers = request.headers if request is not None else connection.request_headers
        await connection.send(headers.get("X-Sent", "nothing"))
        await connection.wait_closed()

    async def serve():
        server = await websockets.serve(handler, "127.0.0.1", 0)
        ports.append(next(iter(server.sockets)).getsockname()[1])
        ready.set()
        await asyncio.Event().wait()

    ports, ready = [], threading.Event()
    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    if not ready.wait(10):
        raise SystemExit("the websockets server does not start")
    return f"ws://127.0.0.1:{ports[0]}"


main()
