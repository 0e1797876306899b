from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from backend import agents, auth_client


def bearer(headers) -> str:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token if scheme == "Bearer" else ""


async def health(request: Request) -> JSONResponse:
    return JSONResponse({"status": "healthy", "service": "backend"})


async def list_agents(request: Request) -> JSONResponse:
    return JSONResponse({"agents": sorted(agents.AGENTS)})


async def show_agent(request: Request) -> JSONResponse:
    try:
        return JSONResponse({"name": request.path_params["name"], "tools": agents.find(request.path_params["name"])})
    except agents.UnknownAgent as error:
        return JSONResponse({"error": f"no agent {error}"}, 404)


async def run_agent(request: Request) -> JSONResponse:
    user = await auth_client.user_of(bearer(request.headers))
    if user is None:
        return JSONResponse({"error": "not signed in"}, 401)
    try:
        events = list(agents.run(request.path_params["name"], (await request.json()).get("request", "")))
    except agents.UnknownAgent as error:
        return JSONResponse({"error": f"no agent {error}"}, 404)
    return JSONResponse({"user": user, "events": events})


async def stream(websocket: WebSocket) -> None:
    """Runs the agents that are asked for and streams their events, to those who bring a token."""
    token = bearer(websocket.headers)
    if not token or await auth_client.user_of(token) is None:
        await websocket.close(4401)
        return
    await websocket.accept()
    try:
        while True:
            wanted = await websocket.receive_json()
            try:
                for event in agents.run(wanted.get("agent", ""), wanted.get("request", "")):
                    await websocket.send_json(event)
            except agents.UnknownAgent:
                await websocket.send_json({"type": "error", "agent": wanted.get("agent")})
    except WebSocketDisconnect:
        return


app = Starlette(
    routes=[
        Route("/health", health),
        Route("/api/agents", list_agents),
        Route("/api/agents/{name}", show_agent),
        Route("/api/agents/{name}/runs", run_agent, methods=["POST"]),
        WebSocketRoute("/ws", stream),
    ]
)
