"""What plugins of pytest provide, from their own wheels. Reads plugin_fixtures.json and rarer_plugins.json.

tests/tools/generate_plugin_fixtures.py writes these files and says where each fact comes from. Distributions
are named as PEP 503 normalises them. The rarer plugins count only where their distribution is named: what
they call their fixtures and options, others mean otherwise.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class PluginFixture:
    """A fixture of a plugin.

    `requests` are the names that it requests itself. `since` and `until` are the first and the last version
    of the distribution that has it, None: no bound among the versions read. `run_time`: registered by code
    that runs, so its source need not show it. `conditional`: it is there only with another distribution or
    setting. `module`: the module that `-p` or `pytest_plugins` has to name, None where pytest loads it by
    itself.
    """

    name: str
    autouse: bool = False
    requests: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    run_time: bool = False
    conditional: bool = False
    module: str | None = None

    def in_version(self, version: str | None) -> bool:
        """Whether that version of the distribution has it; True for an unknown version."""
        if version is None:
            return True
        release = _release(version)
        return (self.since is None or _release(self.since) <= release) and (
            self.until is None or release <= _release(self.until)
        )


@dataclass(frozen=True, slots=True)
class Plugin:
    """A distribution with a plugin.

    `entry_points`: the names that `-p no:NAME` takes -> modules; empty where only `-p` or `pytest_plugins`
    loads it. `ini` and `options` are the settings that it adds to pytest's own. `hooks` are those by which it
    may make tests or hand them names, `arguments` the names that its `pytest_generate_tests` can provide.
    `read` are the versions whose wheels were read, `verified` the one that was compared with a running
    pytest, None where that was not possible.
    """

    distribution: str
    entry_points: Mapping[str, str]
    fixtures: tuple[PluginFixture, ...]
    ini: frozenset[str]
    options: frozenset[str]
    hooks: frozenset[str]
    arguments: frozenset[str]
    read: tuple[str, ...]
    verified: str | None

    def names(self, version: str | None = None, modules: Iterable[str] = ()) -> frozenset[str]:
        """The fixtures of a version, with those of the `modules` that something names as plugins."""
        named = set(modules)
        return frozenset(
            fixture.name
            for fixture in self.fixtures
            if fixture.in_version(version) and (fixture.module is None or fixture.module in named)
        )

    @property
    def modules(self) -> frozenset[str]:
        """The modules that are plugins only where `-p` or `pytest_plugins` names them."""
        return frozenset(fixture.module for fixture in self.fixtures if fixture.module)


@functools.cache
def plugin(distribution: str) -> Plugin | None:
    """What is known of a distribution's plugin; None for one that is not in the catalogue."""
    row = _row(distribution)
    if row is None:
        return None
    own = [_fixture(name, facts, None) for name, facts in row.get("fixtures", {}).items()]
    for module, fixtures in row.get("modules", {}).items():
        own += [_fixture(name, facts, module) for name, facts in fixtures.items()]
    return Plugin(
        distribution=distribution,
        entry_points=row["entry_points"],
        fixtures=tuple(own),
        ini=frozenset(row.get("ini", ())),
        options=frozenset(row.get("options", ())),
        hooks=frozenset(row.get("hooks", ())),
        arguments=frozenset(row.get("arguments", ())),
        read=tuple(row["read"]),
        verified=row.get("verified"),
    )


def brought_by(distribution: str) -> tuple[str, ...]:
    """The plugins that are installed along with a distribution or plugin, as far as known; never itself.

    Those of its newest release without extras, and of older ones where they were read.
    """
    data = _data()
    found: set[str] = set()
    todo = [distribution]
    while todo:
        name = todo.pop()
        direct = {*data["brings"].get(name, ()), *(_row(name) or {}).get("brings", ())}
        todo += direct - found
        found |= direct
    return tuple(sorted(found - {distribution}))


def who_provides(fixture: str) -> tuple[str, ...]:
    """The distributions of which some version has that fixture, in alphabetical order."""
    return tuple(_index()["fixtures"].get(fixture, ()))


def plugins_by_entry_point(name: str) -> tuple[str, ...]:
    """The distributions with a plugin that `-p NAME` loads."""
    return tuple(_index()["entry_points"].get(name, ()))


def plugins_by_module(module: str) -> tuple[str, ...]:
    """The distributions with that module as a plugin, loaded by itself or by `-p` and `pytest_plugins`."""
    return tuple(_index()["modules"].get(module, ()))


def plugins_by_ini_option(option: str) -> tuple[str, ...]:
    """The distributions whose plugin adds that option to pytest's configuration file."""
    return tuple(_index()["ini"].get(option, ()))


def plugins_by_command_line_option(option: str) -> tuple[str, ...]:
    """The distributions whose plugin adds that option (`--cov`) to pytest's command line."""
    return tuple(_index()["options"].get(option, ()))


@functools.cache
def options() -> frozenset[str]:
    """All options and settings that some plugin adds to pytest's own, the rarer ones, too."""
    rows = (*_data()["plugins"].values(), *_data("rarer_plugins.json")["plugins"].values())
    return frozenset(word for row in rows for kind in ("ini", "options") for word in row.get(kind, ()))


def _fixture(name: str, facts: list[Any], module: str | None) -> PluginFixture:
    flags, requests, since, until = facts + ["", "", None, None][len(facts) :]
    return PluginFixture(
        name, "a" in flags, tuple(requests.split()), since, until, "r" in flags, "c" in flags, module
    )


def _release(version: str) -> tuple[int, ...]:
    """The release numbers of a version (PEP 440) without trailing zeros; suffixes do not count."""
    found = re.match(r"v?(?:\d+!)?(\d+(?:\.\d+)*)", version.strip())
    numbers = [int(part) for part in found[1].split(".")] if found else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


@functools.cache
def _index() -> dict[str, dict[str, list[str]]]:
    """What a plugin has -> the distributions that have it."""
    index: dict[str, dict[str, list[str]]] = {
        name: {} for name in ("entry_points", "fixtures", "ini", "modules", "options")
    }
    for distribution, row in _data()["plugins"].items():
        modules = row.get("modules", {})
        fixtures = {*row.get("fixtures", ()), *(name for found in modules.values() for name in found)}
        parts = {
            "entry_points": row["entry_points"],
            "fixtures": fixtures,
            "ini": row.get("ini", ()),
            "modules": {*row["entry_points"].values(), *modules},
            "options": row.get("options", ()),
        }
        for key, words in parts.items():
            for word in words:
                index[key].setdefault(word, []).append(distribution)
    return index


def _row(distribution: str) -> dict[str, Any] | None:
    row: dict[str, Any] | None = _data()["plugins"].get(distribution)
    if row is None and distribution.startswith("pytest-"):
        row = _data("rarer_plugins.json")["plugins"].get(distribution)
    return row


@functools.cache
def _data(file: str = "plugin_fixtures.json") -> dict[str, Any]:
    import json  # a suite without plugins has no need of it

    data: dict[str, Any] = json.loads(Path(__file__).with_name(file).read_text("utf-8"))
    return data
