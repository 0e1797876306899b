"""What a recipe brings into a conftest: its fixture, and the constants, helpers and imports that it needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixer.facts.body import Function, ImportBinding
from fixer.facts.builtin_names import BUILTIN_NAMES
from fixer.frozen import dataclass
from fixer.import_statement import Import
from fixer.project.luggage import Immovable
from fixer.project.recipe_modules import SIBLINGS
from fixer.project.spelling import respell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fixer.facts.top_level import Definition
    from fixer.project.project import Project
    from fixer.project.recipe_modules import HelperModules
    from fixer.recipe_tables import Recipe

SERVICES = "SERVICES"  # what recipes call the table of services
_LAZY = Import("__future__", "annotations")


@dataclass(frozen=True, slots=True)
class Ingredients:
    """The definitions by the file that has them, helpers first, and the imports that they need. `helpers` are
    the names that they take from helper modules, by the file that such a module is copied from."""

    definitions: tuple[Definition, ...]
    imports: tuple[Import, ...]
    helpers: Mapping[str, frozenset[str]]


class Pantry:
    """The recipes' files, each read once. `modules`: where the conftest takes testfix's own helpers from;
    with None it gets them itself. `services`: the names by which the table of services refers to helpers."""

    def __init__(
        self, conftest: str, project: Project, modules: HelperModules | None, services: Iterable[Import] = ()
    ) -> None:
        self.conftest = conftest
        self.project = project
        self.modules = modules
        self.services = {what.bound: what for what in services}

    def ingredients(self, recipe: Recipe) -> Ingredients:
        """What the fixture of the recipe needs in the conftest. Raises Immovable."""
        body = self.project.loader.body(recipe.path)
        if body is None or body.problem is not None:
            file = recipe.shown.rpartition(":")[0]
            raise Immovable(f"{file} cannot be {'read' if body is None else 'parsed'}")
        fixture = self._defined(recipe.path, recipe.function)
        if fixture is None or fixture.kind != "function" or not fixture.alone:
            raise Immovable(f"{recipe.shown} has no function `{recipe.function}`")
        if not is_fixture(fixture):
            raise Immovable(f"`{recipe.function}` of {recipe.shown} is no fixture")
        if re.search(r"^@[\w.]*fixture\([^)]*\bname\s*=", fixture.text, re.MULTILINE):
            raise Immovable(f"`{recipe.function}` of {recipe.shown} has a name of its own in its decorator")
        taken: dict[Definition, str] = {fixture: recipe.path}
        imports: set[Import] = set()
        helpers: dict[str, frozenset[str]] = {}
        for each in list(self._walk(fixture, recipe, taken, imports, helpers)):
            if each.writes:
                raise Immovable(f"`{each.name}` of {recipe.shown} changes `{min(each.writes)}` of its module")
        if _LAZY in self._imports(recipe.path).values() and self.conftest not in self.project.modules.files:
            imports.add(_LAZY)
        files = list(dict.fromkeys(reversed(taken.values())))  # helpers' files before those that use them
        ordered = sorted(taken, key=lambda each: (files.index(taken[each]), each.line))
        return Ingredients(tuple(ordered), tuple(sorted(imports, key=lambda what: what.place)), helpers)

    def module(self, path: str) -> tuple[str, set[str]]:
        """The text of a helper module, and the files of those that it imports in turn. Raises Immovable."""
        source = self.project.loader.source(path)
        if source is None:
            raise Immovable(f"{path} cannot be read")
        return source, {
            self._beside(what, path)
            for what in self._imports(path).values()
            if what.module.startswith(SIBLINGS)
        }

    def _walk(
        self,
        fixture: Definition,
        recipe: Recipe,
        taken: dict[Definition, str],
        imports: set[Import],
        helpers: dict[str, frozenset[str]],
    ) -> Iterator[Definition]:
        going = [fixture]
        for each in going:  # grows while it is walked
            yield each
            path = taken[each]
            bound, names = self._imports(path), each.reads | self._requested(each, path)
            if each.name == SERVICES and not recipe.own:
                bound, names = {**bound, **self.services}, names | self.services.keys()
            for name in sorted(names):
                what = bound.get(name)
                if what is not None and what.module.startswith(SIBLINGS) and not recipe.own:
                    place = self._beside(what, path)
                    if self.modules is not None:
                        imports.add(self.modules.respelled(what))
                        helpers[place] = helpers.get(place, frozenset()) | {name}
                        continue
                    found = self._defined(place, name)
                elif what is not None:
                    imports |= self._spelled(what, path, recipe)
                    continue
                else:
                    found, place = self._defined(path, name), path
                if found is not None and found not in taken:
                    taken[found] = place
                    going.append(found)
                elif found is None and name not in BUILTIN_NAMES:
                    raise Immovable(f"{recipe.shown} does not show what `{name}` is")

    def _beside(self, what: Import, path: str) -> str:
        return f"{path.rpartition('/')[0]}/{what.module.removeprefix(SIBLINGS)}.py"

    def _spelled(self, what: Import, path: str, recipe: Recipe) -> set[Import]:
        if what == _LAZY:
            return set()
        if not recipe.own:
            return {what}
        inside = self.project.loader.inside(path)
        spelled = respell(what, inside, self.conftest, self.project.modules) if inside is not None else what
        if spelled is None or (inside is None and what.module.startswith(".")):
            raise Immovable(f"{self.conftest} cannot import {what.module} as {recipe.shown} does")
        return {spelled}

    def _defined(self, path: str, name: str) -> Definition | None:
        found = [each for each in self.project.loader.statements(path) if each.name == name]
        return found[-1] if found else None

    def _imports(self, path: str) -> Mapping[str, Import]:
        body = self.project.loader.body(path)
        bindings = body.bindings if body is not None else ()
        return {each.what.bound: each.what for each in bindings if isinstance(each, ImportBinding)}

    def _requested(self, definition: Definition, path: str) -> set[str]:
        """The parameters of a fixture that are fixtures of the same file."""
        if not is_fixture(definition):
            return set()
        body = self.project.loader.body(path)
        for each in body.bindings if body is not None else ():
            if isinstance(each, Function) and each.line == definition.line:
                beside = ((name, self._defined(path, name)) for name in (p.name for p in each.required))
                return {name for name, found in beside if found is not None and is_fixture(found)}
        return set()


def is_fixture(definition: Definition) -> bool:
    """Whether a decorator of the function is one that ends in `fixture`."""
    head = definition.text.partition("\ndef ")[0]
    return definition.kind == "function" and re.search(r"^@[\w.]*fixture\b", head, re.MULTILINE) is not None
