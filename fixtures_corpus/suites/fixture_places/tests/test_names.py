import pytest


@pytest.fixture
def sample():
    return 2


def test_greeting(greeting, request):
    assert greeting == f"Hello {request.getfixturevalue('user')}"
    assert request.getfixturevalue("asked_by_name")


def test_lost(nowhere):
    pass


def test_too_far(needs_limit):
    pass


@pytest.mark.slow
def test_sample(sample):
    assert sample == 2
