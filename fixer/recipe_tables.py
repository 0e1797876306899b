"""The services that the user declares, and the recipes from which missing fixtures are made."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fixer.fixture_edits import Data


@dataclass(frozen=True, slots=True)
class Service:
    """`[tool.testfix.services.<name>]`. `health` is the path that answers when the service is up, None where
    it has none; `start` the words of the command that starts it, none where nobody knows how."""

    name: str
    url: str
    health: str | None = None
    start: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()

    @property
    def is_postgres(self) -> bool:
        return urlsplit(self.url).scheme.partition("+")[0] in ("postgres", "postgresql")


@dataclass(frozen=True, slots=True)
class Recipe:
    """The function `function` of the file `path` (absolute), from which a fixture is made.

    `service` is the name of the service that it is about, None where it is about all or none;
    `values` are what else the function's assignments to these names assign instead. `shown` is how
    the user calls it; `own`: it is a file of the user's.
    """

    path: str
    function: str
    shown: str
    service: str | None = None
    values: tuple[tuple[str, Data], ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True)
class Recipes:
    """The recipe for each fixture that has one, and the services by their names."""

    fixtures: Mapping[str, Recipe] = field(default_factory=dict)
    services: tuple[Service, ...] = ()
