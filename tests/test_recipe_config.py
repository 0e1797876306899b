"""`[tool.testfix.fixtures]` and `[tool.testfix.services]`: what they hold, what a mistake in them says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cli_runner import run_testfix, write_files

from fixer.config import ConfigError, load
from fixer.recipe_config import BUILT_IN, IMPLIED

GOOD = """
[tool.testfix.services.backend]
url = "http://localhost:8000"
health = "/health"
start = ["python", "-m", "backend"]
env = { PORT = "8000" }

[tool.testfix.services.auth]
url = "http://localhost:8081"

[tool.testfix.fixtures.backend_url]
recipe = "http-service"

[tool.testfix.fixtures.token]
recipe = "tests/recipes.py:issue_token"
"""


WEBSOCKET = "[tool.testfix.fixtures.f]\nrecipe = 'websocket'\nlogin = {name = 'ada'}\n"
A = "[tool.testfix.services.a]\nurl = 'http://h'\n"


def write(folder: Path, text: str) -> Path:
    (folder / "tests").mkdir()
    (folder / "tests" / "recipes.py").write_text("", "utf-8")
    (folder / "pyproject.toml").write_text(text, "utf-8")
    return folder


def test_services_and_fixtures(tmp_path: Path) -> None:
    recipes = load(write(tmp_path, GOOD)).recipes
    backend, auth = recipes.services
    assert (backend.name, backend.health, backend.start) == (
        "backend",
        "/health",
        ("python", "-m", "backend"),
    )
    assert backend.env == (("PORT", "8000"),)
    assert (auth.health, auth.start) == (None, ())
    assert recipes.fixtures["backend_url"].service == "backend"  # by the fixture's name
    token = recipes.fixtures["token"]
    assert (token.function, token.own) == ("issue_token", True)
    assert Path(token.path) == (tmp_path / "tests" / "recipes.py").resolve()


def test_some_fixtures_need_no_more_than_the_services(tmp_path: Path) -> None:
    assert recipes_of(tmp_path, GOOD) == {*IMPLIED, "backend_service", "auth_service", "backend_url", "token"}


def test_without_services_nothing_is_implied(tmp_path: Path) -> None:
    assert recipes_of(tmp_path, "[tool.testfix]\nmock-style = 'from'\n") == set()


def recipes_of(folder: Path, text: str) -> set[str]:
    return set(load(write(folder, text)).recipes.fixtures)


def test_every_recipe_that_comes_along_is_there() -> None:
    for word, recipe in BUILT_IN.items():
        text = (Path(__file__).parent.parent / "fixer" / "recipes" / recipe.file).read_text("utf-8")
        assert f"def {recipe.function}(" in text, word
        assert all(
            re.search(rf"^    {key} = ", text, re.MULTILINE) for key in recipe.keys if key != "file"
        ), word


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[tool.testfix.services.a]\nurl = 'localhost'\n", 2, "expects `url` of `a` to be an address"),
        ("[tool.testfix.services.a]\nhealth = '/x'\n", 1, "expects `url` of `a`"),
        ("[tool.testfix.services.a]\nurl = 'http://h'\nhealth = 'x'\n", 3, "expects `health` of `a`"),
        ("[tool.testfix.services.a]\nurl = 'http://h'\nstart = 'run'\n", 3, "expects `start` of `a`"),
        ("[tool.testfix.services.a]\nurl = 'http://h'\nenv = {A = 1}\n", 3, "expects `env` of `a`"),
        ("[tool.testfix.services.a]\nurl = 'http://h'\nport = 1\n", 3, "has no key `port` in `a`"),
        ("[tool.testfix.services]\na = 'http://h'\n", 2, "expects a table for `a`"),
        ("[tool.testfix.fixtures.f]\n", 1, "expects `recipe` of `f` to be one of postgres,"),
        ("[tool.testfix.fixtures.f]\nrecipe = 'postgre'\n", 2, "has no recipe 'postgre' for `f`"),
        ("[tool.testfix.fixtures.f]\nrecipe = 'x.py:a b'\n", 2, "has no recipe 'x.py:a b' for `f`"),
        ("[tool.testfix.fixtures.f]\nrecipe = '../x.py:f'\n", 2, "leads out of the project"),
        ("[tool.testfix.fixtures.f]\nrecipe = '/etc/x.py:f'\n", 2, "leads out of the project"),
        ("[tool.testfix.fixtures.f]\nrecipe = 'x.py:f'\n", 2, "there is no such file"),
        ("[tool.testfix.fixtures.f]\nrecipe = 'postgres'\nurl = 'x'\n", 3, "has no key `url` in `f`"),
        ("[tool.testfix]\n\nfixtures.f.recipe = 3\n", 3, "expects `recipe` of `f` to be one of postgres,"),
        (
            "[tool.testfix.fixtures.f]\nrecipe = 'postgres'\npath = '/x'\n",
            3,
            "has no key `path` in `f`; there are",
        ),
        ("[tool.testfix.fixtures.f]\nrecipe = 'websocket'\n", 1, "has `f`, which needs `login`"),
        (f"{WEBSOCKET}path = 'ws'\n", 4, "expects `path` of `f` to be a path such as"),
        (f"{WEBSOCKET}auth = 3\n", 4, "expects `auth` of `f` to be the name of a service, not 3"),
        (f"{WEBSOCKET}auth = 'b'\n{A}", 4, "names the service `b` for `f`; declared are a"),
        (f"{WEBSOCKET}service = 'a'\n{A}", 1, 'which needs `auth = "..."`, the service that gives the token'),
        (WEBSOCKET.replace("'ada'", "1"), 3, "expects `login` of `f` to be a table of strings"),
        (
            "[tool.testfix.fixtures.f]\nrecipe = 'service-discovery'\nfile = '../x'\n",
            3,
            "expects `file` of `f`",
        ),
        ("[tool.testfix.fixtures.f]\nrecipe = 'postgres'\nservice = 3\n", 3, "expects `service` of `f`"),
        ("[tool.testfix.endpoints]\n'http://a/x' = 'y'\n", 2, "maps an address or a path to another one"),
        ("[tool.testfix.endpoints]\n'http://a/x' = 3\n", 2, "`http://a/x` = 3 does not"),
        ("[tool.testfix.endpoints]\n'/x' = '/x'\n", 2, "`/x` = '/x' does not"),
        ("[tool.testfix.fixtures.class]\nrecipe = 'postgres'\n", 1, "cannot be the name of a fixture"),
        ("[tool.testfix.fixtures.f]\nrecipe = 'http-service'\n", 1, "is about one service"),
        (
            "[tool.testfix.fixtures.f]\nrecipe = 'http-service'\nservice = 'b'\n"
            "[tool.testfix.services.a]\nurl = 'http://h'\n",
            3,
            "names the service `b` for `f`; declared are a",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        load(write(tmp_path, text))
    assert str(error.value).startswith(f"{tmp_path / 'pyproject.toml'}:{line}: ")
    assert said in str(error.value)


def test_a_recipe_whose_path_has_blanks(tmp_path: Path) -> None:
    recipe = b"import pytest\n\n\n@pytest.fixture\ndef any_box():\n    return []\n"
    config = b"[tool.testfix.fixtures.box]\nrecipe = 'my recipes/all boxes.py:any_box'\n"
    files = {
        "pyproject.toml": config,
        "my recipes/all boxes.py": recipe,
        "test_box.py": b"def test_box(box): ...\n",
    }
    outcome = run_testfix([], write_files(tmp_path, files))
    assert outcome.status == 0, outcome.text
    assert (tmp_path / "conftest.py").read_bytes() == recipe.replace(b"any_box", b"box")
