"""Which keywords real callees refuse: run by verify_keywords.py in each interpreter, with each release.

Reads {callee: [keyword, ...]} from standard input and prints {callee: [refused keyword, ...]}; a callee that
does not exist there is left out. Needs Python 3.8 and that release alone; every connection goes to 127.0.0.1.
"""

import asyncio
import importlib
import inspect
import json
import re
import socket
import sys
import threading
import warnings

UNEXPECTED = re.compile(r"unexpected keyword argument '(\w+)'|\*(loop)\* parameter was removed")


def main():
    warnings.simplefilter("ignore")
    asked = json.load(sys.stdin)
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=hang_up, args=(server,), daemon=True).start()
    port = server.getsockname()[1]
    found = {}
    for callee, keywords in asked.items():
        try:
            target = resolve(callee)
        except (ImportError, AttributeError):
            continue
        refused = [keyword for keyword in keywords if is_refused(callee, target, keyword, port)]
        found[callee] = refused
    json.dump(found, sys.stdout)


def hang_up(server):
    while True:
        server.accept()[0].close()


def resolve(callee):
    """The object at a dotted path; `x()` in it stands for what `x` returns."""
    if callee.startswith("loop."):
        return callee[len("loop.") :]
    if callee.startswith("websockets.") and "()" in callee:
        owner, _, method = callee.partition("().")
        connection = "websockets.asyncio.client.ClientConnection"
        resolve(owner)
        return getattr(resolve(connection), method)
    if "()" in callee:
        return callee
    module, _, name = callee.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except ImportError:
        return getattr(resolve(module), name)


def is_refused(callee, target, keyword, port):
    """Whether a call with that keyword ends in a TypeError about it."""

    async def attempt():
        result = call(callee, target, keyword, port)
        if inspect.isawaitable(result):
            result = await asyncio.wait_for(result, 5)
        close = getattr(result, "close", None)
        if callable(close):
            closing = close()
            if inspect.isawaitable(closing):
                await closing

    try:
        if ".sync." in callee or not needs_loop(callee):
            call(callee, target, keyword, port)
        else:
            asyncio.run(attempt())
    except TypeError as error:
        found = UNEXPECTED.search(str(error))
        return found is not None and keyword in found.groups()
    except Exception:
        return False
    return False


def needs_loop(callee):
    return callee.startswith(("websockets.", "asyncio.", "loop."))


def call(callee, target, keyword, port):
    given = {keyword: None}
    if callee.startswith("loop."):
        return loop_method(target, given, port)
    if callee.startswith("websockets."):
        return of_websockets(callee, target, given, port)
    if callee.startswith("asyncio."):
        return of_asyncio(callee, target, given, port)
    if callee.startswith("httpx.") and callee.count(".") == 1 and callee.split(".")[1].islower():
        arguments = ("GET",) if callee.endswith((".request", ".stream")) else ()
        return target(*arguments, "http://127.0.0.1:1/", **given)
    return target(**given)


def loop_method(name, given, port):
    method = getattr(asyncio.get_running_loop(), name)
    protocol = asyncio.Protocol
    sock = socket.socket()
    sock.setblocking(False)
    arguments = {
        "create_connection": (protocol, "127.0.0.1", port),
        "create_unix_connection": (protocol, "/nonexistent"),
        "create_server": (protocol, "127.0.0.1", 0),
        "create_unix_server": (protocol, "/nonexistent/socket"),
        "create_datagram_endpoint": (protocol, ("127.0.0.1", 0)),
        "sock_connect": (sock, ("127.0.0.1", port)),
        "sock_recv": (sock, 1),
        "sock_sendall": (sock, b""),
        "sock_accept": (sock,),
    }[name]
    return method(*arguments, **given)


def of_websockets(callee, target, given, port):
    async def handler(*_):
        pass

    uri = f"ws://127.0.0.1:{port}"
    if "()" in callee:  # a method: its arguments are bound when it is called
        result = target(None, **given)
        result.close()
        return None
    if callee.endswith("unix_serve"):
        return target(handler, "/nonexistent/socket", **given)
    if callee.endswith("serve"):
        return target(handler, "127.0.0.1", 0, **given)
    if callee.endswith("unix_connect"):
        return target("/nonexistent", uri, **given)
    return target(uri, **given)


def of_asyncio(callee, target, given, port):
    async def nothing(*_):
        pass

    if "()" in callee:
        return method_of_asyncio(callee, given)
    name = callee.partition(".")[2]
    arguments = {
        "open_connection": ("127.0.0.1", port),
        "open_unix_connection": ("/nonexistent",),
        "start_server": (nothing, "127.0.0.1", 0),
        "start_unix_server": (nothing, "/nonexistent/socket"),
        "sleep": (0,),
    }
    if name in arguments:
        return target(*arguments[name], **given)
    if name in ("wait_for", "wait", "as_completed", "gather", "shield", "run", "create_task"):
        inspect_only = inspect.signature(target)  # what they take is not awaited here
        try:
            inspect_only.bind_partial(**given)
        except TypeError as error:
            raise TypeError(f"unexpected keyword argument '{next(iter(given))}'") from error
        return None
    return target(**given)


def method_of_asyncio(callee, given):
    owner, _, method = callee.partition("().") if "[0]" not in callee else callee.partition("()[0].")
    made = {
        "asyncio.open_connection": asyncio.StreamReader,
        "asyncio.open_unix_connection": asyncio.StreamReader,
        "asyncio.create_subprocess_exec": asyncio.subprocess.Process,
        "asyncio.create_subprocess_shell": asyncio.subprocess.Process,
    }.get(owner)
    function = getattr(made if made is not None else getattr(asyncio, owner.partition(".")[2]), method)
    result = function(None, **given)
    if inspect.iscoroutine(result):
        result.close()
    return None


main()
