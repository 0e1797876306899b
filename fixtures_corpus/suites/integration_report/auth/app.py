import contextlib
import json
import os

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from auth import database, tokens


async def health(request: Request) -> JSONResponse:
    return JSONResponse({"status": "healthy", "service": "auth"})


async def register(request: Request) -> JSONResponse:
    user = await request.json()
    with database.connect() as connection:
        added = database.add_user(connection, user["name"], user["password"])
    return JSONResponse({"name": user["name"]}, 201 if added else 409)


async def token(request: Request) -> JSONResponse:
    try:
        user = await request.json()
    except json.JSONDecodeError:
        return JSONResponse({"error": "no JSON"}, 400)
    with database.connect() as connection:
        if not database.is_password(connection, user["name"], user["password"]):
            return JSONResponse({"error": "unknown user or wrong password"}, 401)
    return JSONResponse({"access_token": tokens.sign(user["name"])})


async def verify(request: Request) -> JSONResponse:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    name = tokens.verified(given) if scheme == "Bearer" else None
    return JSONResponse({"name": name}, 200 if name else 401)


@contextlib.asynccontextmanager
async def lifespan(app: Starlette):
    with database.connect() as connection:
        database.create_tables(connection)
        name, colon, password = os.environ.get("AUTH_FIRST_USER", "").partition(":")
        if colon:
            database.add_user(connection, name, password)
    yield


app = Starlette(
    routes=[
        Route("/health", health),
        Route("/users", register, methods=["POST"]),
        Route("/token", token, methods=["POST"]),
        Route("/verify", verify),
    ],
    lifespan=lifespan,
)
