"""A small WebSocket service for the tests of the recipes, which gives tokens, too. Its environment says how
it behaves:

PORT          where it listens for WebSockets, which need the token "good"
TOKEN_PORT    where it answers a login by that token
BUSY          how many health checks it answers by 503 before it is ready

To {"ask": [...]} it sends the events in the list, to {"ask": "end"} it ends at once.
"""

import http
import http.server
import json
import os

from websockets.sync.server import Request, Response, ServerConnection, serve

busy = int(os.environ.get("BUSY", "0"))


class Tokens(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        login = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200 if login == {"name": "ada"} else 401)
        self.end_headers()
        self.wfile.write(json.dumps({"access_token": "good"}).encode())


def checked(connection: ServerConnection, request: Request) -> "Response | None":
    global busy
    if request.path == "/health":
        busy -= 1
        return connection.respond(http.HTTPStatus.OK if busy < 0 else http.HTTPStatus.SERVICE_UNAVAILABLE, "")
    if request.headers.get("Authorization") != "Bearer good":
        return connection.respond(http.HTTPStatus.UNAUTHORIZED, "")
    return None


def answer(connection: ServerConnection) -> None:
    for message in connection:
        ask = json.loads(message)["ask"]
        if ask == "end":
            os._exit(1)
        for each in ask:
            connection.send(json.dumps({"type": each}))


if "TOKEN_PORT" in os.environ:
    http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["TOKEN_PORT"])), Tokens).serve_forever()
serve(answer, "127.0.0.1", int(os.environ["PORT"]), process_request=checked).serve_forever()
