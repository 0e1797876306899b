"""A small HTTP service for the tests of the recipes. Its environment says how it behaves:

PORT          where it listens
BUSY          how many health checks it answers by 503 before it is ready
CHILD_PORT    a child process of it listens there
EXIT          it says this and ends with status 3
"""

import http.server
import os
import subprocess
import sys


class Handler(http.server.BaseHTTPRequestHandler):
    busy = int(os.environ.get("BUSY", "0"))

    def do_GET(self) -> None:
        status = 200 if self.path == "/health" else 404
        if Handler.busy:
            Handler.busy -= 1
            status = 503
        self.send_response(status)
        self.end_headers()
        self.wfile.write(str(os.getpid()).encode())


if "EXIT" in os.environ:
    print(os.environ["EXIT"], flush=True)
    sys.exit(3)
if "CHILD_PORT" in os.environ:
    without = {key: value for key, value in os.environ.items() if key != "CHILD_PORT"}
    subprocess.Popen([sys.executable, __file__], env={**without, "PORT": os.environ["CHILD_PORT"]})
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
