"""The fixtures that pytest itself provides, by version. Reads pytest_fixtures.txt.

tests/tools/generate_pytest_fixtures.py writes that file by asking pytest. It is no JSON because nearly every
suite needs it, and loading the module json costs more than reading it.
"""

from __future__ import annotations

import functools
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

Version = tuple[int, int]


@dataclass(frozen=True, slots=True)
class BuiltinFixture:
    """A fixture of pytest's own.

    `removed_by`: it is gone with `-p no:NAME` for any of these plugins. `needs`: the plugin that has to be
    named by `-p` or `pytest_plugins` ("pytester"), None: always there. `since` and `until` are the first and
    the last version that has it, None: no bound from 7.4 on. `requests` are what it requests itself.
    """

    name: str
    removed_by: frozenset[str]
    since: Version | None
    until: Version | None
    needs: str | None
    requests: tuple[str, ...]


@functools.cache
def builtin_fixtures(version: Version | None = None) -> Mapping[str, BuiltinFixture]:
    """Name -> fixture for a version of pytest (major, minor), None: those of any version.

    A version before 7.4 is taken for that, one after the newest that was asked for the newest.
    """
    return MappingProxyType(
        {
            one.name: one
            for one in _parsed()[1]
            if version is None
            or ((one.since is None or one.since <= version) and (one.until is None or version <= one.until))
        }
    )


def bundled_plugins() -> frozenset[str]:
    """The plugins that come with pytest, as `-p NAME` and `-p no:NAME` call them."""
    return _parsed()[0]


@functools.cache
def _parsed() -> tuple[frozenset[str], tuple[BuiltinFixture, ...]]:
    text = Path(__file__).with_name("pytest_fixtures.txt").read_text("utf-8")
    plugins: frozenset[str] = frozenset()
    fixtures = []
    for line in text.splitlines():
        words = line.split()
        if words[0] == "plugins:":
            plugins = frozenset(words[1:])
        elif words[0] not in ("#", "versions:"):
            name, removed_by, since, until, needs, requests = (
                None if word == "-" else word for word in words
            )
            removed = frozenset(removed_by.split(",")) if removed_by else frozenset[str]()
            asked = tuple(requests.split(",")) if requests else ()
            fixtures.append(
                BuiltinFixture(str(name), removed, _version(since), _version(until), needs, asked)
            )
    return plugins, tuple(fixtures)


def _version(text: str | None) -> Version | None:
    if text is None:
        return None
    major, minor = text.split(".")
    return int(major), int(minor)
