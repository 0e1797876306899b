import os

import uvicorn

from auth.app import app

uvicorn.run(app, host="localhost", port=int(os.environ.get("AUTH_PORT", "8081")), log_level="warning")
