import os

import uvicorn

from backend.app import app

uvicorn.run(app, host="localhost", port=int(os.environ.get("BACKEND_PORT", "8000")), log_level="warning")
