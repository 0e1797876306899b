import httpx
import pytest

from test_framework.addresses import address_of


@pytest.fixture
def backend_url(request):
    return address_of(request, "backend")


@pytest.fixture
def websocket_url(backend_url):
    return backend_url.replace("http", "ws", 1) + "/ws/v1"


@pytest.fixture
def auth_url(request):
    return address_of(request, "auth")


@pytest.fixture
def http():
    with httpx.Client(timeout=5, trust_env=False) as client:
        yield client
