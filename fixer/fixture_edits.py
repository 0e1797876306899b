"""Edits that bring new code into a suite: fixtures, and the modules that they take helpers from."""

from __future__ import annotations

from typing import TypeAlias

from fixer.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A dictionary as data of an edit: keys and values in order."""

    entries: tuple[tuple[str, Data], ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A name as data of an edit: whatever it is bound to."""

    name: str


# A string, a list (as a tuple), a dictionary or a name.
Data: TypeAlias = "str | tuple[Data, ...] | Table | Reference | None"


@dataclass(frozen=True, slots=True)
class AddFixture:
    """`source`, which declares the fixture or constant `name`, becomes the end of the file, which may be
    a new one.

    `source` is a function or several statements of a module (a constant, a helper, the fixture), with
    `\\n` for line ends. Imports that it needs are edits of their own. `binds` are the names
    that `source` binds. `function` is the name that the fixture has in `source`, "" where it is `name`;
    `values` are what the assignments of `source` to these names assign instead.
    """

    path: str
    source: str
    name: str
    binds: tuple[str, ...] = ()
    function: str = ""
    values: tuple[tuple[str, Data], ...] = ()

    kind = "add-fixture"

    @property
    def text(self) -> str:
        return f"add {'fixture ' if 'def ' in self.source else ''}{self.name}"


@dataclass(frozen=True, slots=True)
class AddModule:
    """`source`, with `\\n` for line ends, becomes the text of the file, which is a new one."""

    path: str
    source: str

    kind = "add-module"

    @property
    def text(self) -> str:
        return f"add module {self.path.rpartition('/')[2]}"


FixtureEdit: TypeAlias = AddFixture | AddModule
