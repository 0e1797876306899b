"""What a byte search says of words, beside what the syntax tree says."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from fixer.facts.words import may_request

_OWN_FILES = sorted(Path(__file__).parents[1].glob("fixer/**/*.py"))


@pytest.mark.parametrize("path", _OWN_FILES[::10], ids=lambda path: path.name)
def test_every_parameter_is_seen(path: Path) -> None:
    content = path.read_bytes()
    tree = ast.parse(content)
    names = {each.arg for each in ast.walk(tree) if isinstance(each, ast.arg)}
    lambdas = {each for each in ast.walk(tree) if isinstance(each, ast.Lambda)}
    names -= {each.arg for found in lambdas for each in ast.walk(found.args) if isinstance(each, ast.arg)}
    assert {name for name in names if not may_request(content, name)} == set()


@pytest.mark.parametrize(
    "source",
    [
        "def test(user): pass",
        "async def test(\n    other: int = f(1),\n    user: User = None,\n): pass",
        "def test(*, user): pass",
        "def test(*user): pass",
        "def test(a, user , b): pass",
    ],
)
def test_a_parameter(source: str) -> None:
    assert may_request(source.encode(), "user")


@pytest.mark.parametrize(
    "source",
    [
        "def test(a): f(user)",
        "def test(a, b):\n    print(a, user)",
        "def test(a=user, b=f(1)): pass",
        "def test(a: user): pass",
        "def test(superuser, user_): pass",
        "user = 1",
        "print(user)",
    ],
)
def test_no_parameter(source: str) -> None:
    assert not may_request(source.encode(), "user")
