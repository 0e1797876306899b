"""`fixtures`, `services` and `endpoints` of `[tool.testfix]`: which keys there are and what they may hold."""

from __future__ import annotations

import keyword
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fixer.config_files import EntryError
from fixer.fixture_edits import Table
from fixer.frozen import dataclass
from fixer.recipe_tables import Recipe, Recipes, Service

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from fixer.fixture_edits import Data

_FOLDER = Path(__file__).parent / "recipes"


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A recipe that comes with testfix: its file, the fixture in it, and the keys that its table may have."""

    file: str
    function: str
    keys: tuple[str, ...] = ()


BUILT_IN = {
    "postgres": BuiltIn("postgres.py", "postgres_connection", ("service",)),
    "http-service": BuiltIn("http_service.py", "service_url", ("service",)),
    "service-discovery": BuiltIn("service_discovery.py", "service_discovery", ("file",)),
    "launcher-config": BuiltIn("launcher_config.py", "launcher_config"),
    "websocket": BuiltIn("websocket.py", "event_socket", ("service", "path", "auth", "token", "login")),
}
_WITH_FILE = BuiltIn("service_discovery_file.py", "service_discovery")
_OWN_KEYS = ("service", "file")
_OF_ONE_SERVICE = ("http-service", "websocket")
# Fixtures that need no table of their own once services are declared.
IMPLIED = {
    "real_postgres_connection": "postgres",
    "service_discovery": "service-discovery",
    "launcher_config": "launcher-config",
}
_SERVICE_KEYS = ("url", "health", "start", "env")


def read_fixtures(value: object, folder: Path) -> dict[str, Recipe]:
    """By name of the fixture, its recipe. Raises ValueError with a clause that says what was expected."""
    found = {}
    for name, table in _tables(value).items():
        if not _is_name(name):
            raise EntryError(f"has `{name}`, which cannot be the name of a fixture", name)
        words = table.get("recipe")
        if not isinstance(words, str) or not words:
            known = ", ".join(BUILT_IN)
            text = f'expects `recipe` of `{name}` to be one of {known}, or "path/to/file.py:fixture_name"'
            raise EntryError(f"{text}, not {words!r}", name, *(["recipe"] if "recipe" in table else []))
        recipe = _recipe(name, words, folder)
        keys = BUILT_IN[words].keys if words in BUILT_IN else _OWN_KEYS
        _refuse_unknown(name, table, ("recipe", *keys))
        values = tuple(_value(name, key, table[key], folder) for key in keys if key in table)
        service = next((str(value) for key, value in values if key == "service"), None)
        if words == "websocket" and "login" not in table:
            text = 'needs `login`, what the token is asked with: { name = "...", password = "..." }'
            raise EntryError(f"has `{name}`, which {text}", name)
        if words == "service-discovery" and "file" in table:
            recipe = _built_in(words, None, _WITH_FILE)
        others = tuple((key, value) for key, value in values if key != "service")
        found[name] = replace(recipe, service=service, values=others)
    return found


def _value(name: str, key: str, value: object, folder: Path) -> tuple[str, Data]:
    """A key of a fixture's table and its value. Raises EntryError."""
    if key == "login":
        if isinstance(value, dict) and value and all(isinstance(each, str) for each in value.values()):
            return key, Table(tuple(value.items()))
        wanted = "a table of strings"
    elif key in ("path", "token"):
        if isinstance(value, str) and value.startswith("/"):
            return key, value
        wanted = 'a path such as "/ws"'
    elif key == "file":
        if isinstance(value, str) and _is_inside(value, folder):
            return key, value
        wanted = "the path of a file in the project"
    else:
        if isinstance(value, str):
            return key, value
        wanted = "the name of a service"
    raise EntryError(f"expects `{key}` of `{name}` to be {wanted}, not {value!r}", name, key)


def read_services(value: object, folder: Path) -> tuple[Service, ...]:
    """The services in the order of the file. Raises ValueError as `read_fixtures` does."""
    return tuple(_service(name, table) for name, table in _tables(value).items())


def read_endpoints(value: object, folder: Path) -> dict[str, str]:
    """By address the one that it has moved to. Raises ValueError as `read_fixtures` does."""
    if not isinstance(value, dict):
        raise EntryError(f"must be a table, not {value!r}")
    for old, new in value.items():
        if "/" not in old or not isinstance(new, str) or "/" not in new or old == new:
            raise EntryError(f"maps an address or a path to another one; `{old}` = {new!r} does not", old)
    return dict(value)


def settle(fixtures: Mapping[str, Recipe], services: tuple[Service, ...]) -> Recipes:
    """All recipes, those included that follow from the services, each with its service.

    Raises EntryError for one that needs a service and names none, or one that is not declared.
    """
    found = {}
    if services:
        found = {name: _built_in(word, None) for name, word in IMPLIED.items()}
        found |= {  # the guards of TF401
            f"{each.name.replace('-', '_')}_service": _built_in("http-service", each.name)
            for each in services
        }
    found = {name: _settled(name, recipe, services) for name, recipe in {**found, **fixtures}.items()}
    return Recipes(found, services)


def _settled(name: str, recipe: Recipe, services: Sequence[Service]) -> Recipe:
    names = [service.name for service in services]
    declared = f"declared are {', '.join(names) or 'none'}"
    values = dict(recipe.values)
    if recipe.shown == "websocket" and "auth" not in values:
        if "auth" not in names:
            raise EntryError(
                f'has `{name}`, which needs `auth = "..."`, the service that gives the token; {declared}',
                name,
            )
        values["auth"] = "auth"
    wanted = recipe.service
    if wanted is None and recipe.shown in _OF_ONE_SERVICE:
        wanted = _meant(name, [each for each in names if each != values.get("auth")])
        if wanted is None:
            raise EntryError(
                f"has `{name}`, whose recipe {recipe.shown} is about one service: say which by"
                f' `service = "..."`; {declared}',
                name,
            )
    if wanted is None and recipe.shown == "postgres":
        wanted = next((service.name for service in services if service.is_postgres), None)
    for each in (wanted, values.get("auth")):
        if each is not None and each not in names:
            raise EntryError(f"names the service `{each}` for `{name}`; {declared}", name, str(each))
    return replace(recipe, service=wanted, values=tuple(values.items()))


def _meant(fixture: str, services: Collection[str]) -> str | None:
    """The service that the name of the fixture begins with, or else the only one."""
    named = [each for each in services if fixture.startswith(each.replace("-", "_"))]
    if named:
        return max(named, key=len)
    return next(iter(services)) if len(services) == 1 else None


def _recipe(name: str, words: str, folder: Path) -> Recipe:
    if words in BUILT_IN:
        return _built_in(words, None)
    path, colon, function = words.rpartition(":")
    if not colon or not path.endswith(".py") or not _is_name(function):
        raise EntryError(
            f"has no recipe {words!r} for `{name}`; there are {', '.join(BUILT_IN)}, and one of your own is"
            ' written "path/to/file.py:fixture_name"',
            name,
            "recipe",
        )
    target = Path(os.path.realpath(folder / path))
    if not _is_inside(path, folder):
        raise EntryError(
            f"has the recipe {words!r} for `{name}`, which leads out of the project", name, "recipe"
        )
    if not target.is_file():
        raise EntryError(
            f"has the recipe {words!r} for `{name}`, but there is no such file in {folder}", name, "recipe"
        )
    return Recipe(target.as_posix(), function, words, own=True)


def _is_inside(path: str, folder: Path) -> bool:
    return Path(os.path.realpath(folder / path)).is_relative_to(os.path.realpath(folder))


def _built_in(word: str, service: str | None, from_: BuiltIn | None = None) -> Recipe:
    recipe = from_ or BUILT_IN[word]
    return Recipe((_FOLDER / recipe.file).as_posix(), recipe.function, word, service)


def _service(name: str, table: Mapping[str, object]) -> Service:
    _refuse_unknown(name, table, _SERVICE_KEYS)
    url = table.get("url")
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or not parts.scheme or not parts.netloc:
        text = f'expects `url` of `{name}` to be an address such as "http://localhost:8000", not {url!r}'
        raise EntryError(text, name, *(["url"] if "url" in table else []))
    health = table.get("health")
    if health is not None and not (isinstance(health, str) and health.startswith("/")):
        raise EntryError(
            f'expects `health` of `{name}` to be a path such as "/health", not {health!r}', name, "health"
        )
    start = table.get("start", [])
    if not isinstance(start, list) or not all(isinstance(each, str) and each for each in start):
        raise EntryError(
            f'expects `start` of `{name}` to be the words of a command (["python", "-m", "backend"]),'
            f" not {start!r}",
            name,
            "start",
        )
    env = table.get("env", {})
    if not isinstance(env, dict) or not all(isinstance(each, str) for each in env.values()):
        raise EntryError(f"expects `env` of `{name}` to be a table of strings, not {env!r}", name, "env")
    return Service(name, str(url), health, tuple(start), tuple(env.items()))


def _tables(value: object) -> dict[str, dict[str, object]]:
    if not isinstance(value, dict):
        raise EntryError(f"must be a table, not {value!r}")
    for name, table in value.items():
        if not isinstance(table, dict):
            raise EntryError(f"expects a table for `{name}`, not {table!r}", name)
    return value


def _refuse_unknown(name: str, table: Mapping[str, object], known: Collection[str]) -> None:
    for key in table:
        if key not in known:
            raise EntryError(f"has no key `{key}` in `{name}`; there are {', '.join(known)}", name, key)


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)
