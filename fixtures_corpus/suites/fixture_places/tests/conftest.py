import pytest

pytest_plugins = ["support.orders"]


@pytest.fixture
def quiet():
    pass


@pytest.fixture(scope="package", autouse=True)
def workspace(tmp_path_factory):
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture
def user():
    return "anna"


@pytest.fixture(name="greeting")
def make_greeting(user):
    return f"Hello {user}"


@pytest.fixture
def never_requested(only_by_the_unused):
    return only_by_the_unused


@pytest.fixture
def only_by_the_unused():
    return 1


@pytest.fixture
def asked_by_name():
    return 1


@pytest.fixture
def make_red():
    return "red"
