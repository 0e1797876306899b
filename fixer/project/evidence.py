"""How a project itself imports and defines a name."""

from __future__ import annotations

import functools
from collections import Counter
from typing import TYPE_CHECKING

from fixer.frozen import dataclass
from fixer.project.modules import below_tests, folder_of, is_in, shared_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fixer.facts.model import Outline
    from fixer.import_statement import Import
    from fixer.project.origins import Origin, Origins


# pytest's own (pytest 9, reference, "Fixtures"): undefined in a test, one of these was not requested.
_PYTEST_FIXTURES = """
    cache capfd capsys caplog doctest_namespace monkeypatch pytestconfig pytester record_property recwarn
    request subtests testdir tmp_path tmp_path_factory tmpdir tmpdir_factory
"""


@dataclass(frozen=True, slots=True)
class Importer:
    """A file, in `folder`, that binds the name by `what`; `typing_only` where only a type checker sees it.

    `top_level`: the file's own scope binds it for certain, so that others can import it from there.
    """

    path: str
    folder: str
    what: Import
    typing_only: bool
    top_level: bool


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One place that a name is imported from, and the files that do so (one entry a file).

    `by_folder` counts them by folder and by the way they spell the import, `paths` are theirs, `voters` those
    of them that are no `__init__.py`, and `modules` are what they write.
    """

    origin: Origin
    importers: tuple[Importer, ...]
    by_folder: Mapping[tuple[str, Import], int]
    paths: frozenset[str]
    voters: frozenset[str]
    modules: frozenset[str]

    @staticmethod
    def of(origin: Origin, importers: Mapping[str, Importer]) -> Source:
        """`importers` are the importing files by path."""
        members = tuple(importers.values())
        by_folder = Counter((each.folder, each.what) for each in members)
        modules = frozenset(what.module for _, what in by_folder)
        voters = frozenset(path for path in importers if not path.endswith("__init__.py"))
        return Source(origin, members, by_folder, frozenset(importers), voters, modules)

    def votes(self, path: str) -> int:
        """How many files other than `path` import it from there, but for packages: these hand it on, which
        says where the name can be had and nothing of what is meant by it."""
        return len(self.voters) - (path in self.voters)

    def is_used_by_tests(self, path: str) -> bool:
        """Whether some test, or a file beside `path` or below, imports it from there."""
        folder = folder_of(path)
        others = self.paths - {path}
        return any(is_test_module(each) or below_tests(each) or is_in(each, folder) for each in others)

    @property
    def typing_only(self) -> bool:
        return all(importer.typing_only for importer in self.importers)

    def weight(self, path: str) -> float:
        """How much the importers count for the file `path`: the near ones more."""
        folder = folder_of(path)
        return sum(count * nearness(folder, there) for (there, _), count in self.by_folder.items())


@dataclass(frozen=True, slots=True)
class Definition:
    """A module-level definition of the name in the file `path`."""

    path: str
    kind: str


class Evidence:
    """Who imports a name and who defines it, over all the project's files. `importable` are those that are no
    tests."""

    def __init__(self, outlines: Iterable[Outline], names: frozenset[str], origins: Origins) -> None:
        self.origins = origins
        self._importers: dict[str, list[Importer]] = {name: [] for name in names}
        self._definitions: dict[str, list[Definition]] = {name: [] for name in names}
        self._in_tests: dict[str, list[Definition]] = {name: [] for name in names}
        self._sources: dict[str, tuple[Source, ...]] = {}
        builtins: set[str] = set()
        fixtures: set[str] = set()
        importable: list[str] = []
        for outline in outlines:
            builtins |= outline.builtins
            fixtures.update(name for name, kind in outline.defined if kind == "fixture")
            folder = folder_of(outline.path)
            for found in outline.imports:
                entries = self._importers.get(found.what.bound)
                if entries is not None:
                    entries.append(
                        Importer(outline.path, folder, found.what, found.typing_only, found.top_level)
                    )
            in_test = is_test_module(outline.path)
            module = module_name(outline.path)
            if not in_test:
                importable.append(outline.path)
            if not in_test and module in self._definitions:
                self._definitions[module].append(Definition(outline.path, "module"))
            for name, kind in outline.defined:
                definitions = (self._in_tests if in_test else self._definitions).get(name)
                if definitions is not None and kind != "fixture":
                    definitions.append(Definition(outline.path, kind))
        self.importable = tuple(importable)
        self.builtins = frozenset(builtins)
        self.fixtures = frozenset(fixtures).union(_PYTEST_FIXTURES.split())

    def sources(self, name: str) -> tuple[Source, ...]:
        """The places `name` is imported from, by the number of files, most first. Stale imports, of
        something that the project no longer has, are left out."""
        if name not in self._sources:
            groups: dict[tuple[str, str | None], tuple[Origin, dict[str, Importer]]] = {}
            known_origins: dict[tuple[str, Import], Origin | None] = {}  # the same for a whole folder
            for importer in self._importers.get(name, ()):
                where = (importer.folder, importer.what)
                if where not in known_origins:
                    known_origins[where] = self.origins.of(importer.what, importer.path)
                origin = known_origins[where]
                if origin is None or origin.kind == "fixture":
                    continue
                # The same module of another project is still the same module.
                _, members = groups.setdefault(origin.key, (origin, {}))
                known = members.get(importer.path)
                if known is None or known.typing_only:
                    members[importer.path] = importer
            sources = [Source.of(origin, members) for origin, members in groups.values()]
            sources.sort(key=lambda source: (-len(source.importers), source.origin.place))
            self._sources[name] = tuple(sources)
        return self._sources[name]

    def definitions(self, name: str) -> Sequence[Definition]:
        """Where a module that is no test defines `name`, the last definition in each file; the module of that
        name is one more."""
        found = self._definitions.get(name, ())
        return list({(each.path, each.kind == "module"): each for each in found}.values())

    def in_tests(self, name: str) -> Sequence[Definition]:
        """Where a test module or conftest defines it, from which nothing should be imported."""
        return list({each.path: each for each in self._in_tests.get(name, ())}.values())


def module_name(path: str) -> str:
    """The last part of the dotted name of the file `path`."""
    return path.removesuffix("/__init__.py").removesuffix(".py").rpartition("/")[2]


def is_test_module(path: str) -> bool:
    """Whether nothing should be imported from the file `path`: a test module or a conftest."""
    file = path.rpartition("/")[2]
    return file.startswith("test_") or file.endswith("_test.py") or file == "conftest.py"


@functools.cache
def nearness(folder: str, other: str) -> float:
    """How much a file in the folder `other` counts for one in `folder`: 1.0 in the same folder or below
    it, at most 0.25 elsewhere and less the more of the way differs, so that a sibling outweighs strangers."""
    here = folder.split("/") if folder else []
    there = other.split("/") if other else []
    shared = shared_length(here, there)
    if shared == len(here):
        return 1.0
    return float(0.25 * ((shared + 1) / (len(here) + 1)) ** 2)
