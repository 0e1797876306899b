"""What a recipe brings into a conftest: its fixture, the helpers and imports that it needs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fixer.edits import Import
from fixer.facts.body import Function, ImportBinding
from fixer.facts.builtin_names import BUILTIN_NAMES
from fixer.project.luggage import Immovable, Luggage
from fixer.project.spelling import respell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fixer.facts.top_level import Definition
    from fixer.project.project import Project
    from fixer.recipe_tables import Recipe

_SIBLINGS = "fixer.recipes."  # what comes with testfix takes helpers from its neighbours
_LAZY = Import("__future__", "annotations")


@dataclass(frozen=True, slots=True)
class Ingredients:
    """The definitions by the file that has them, helpers first, and the imports that they need."""

    definitions: tuple[Definition, ...]
    imports: tuple[Import, ...]

    def without(self, names: frozenset[str]) -> Luggage:
        """The definitions that do not bind one of `names`."""
        return Luggage(tuple(each for each in self.definitions if each.name not in names), self.imports)


class Pantry:
    """The recipes' files, each read once."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def ingredients(self, recipe: Recipe, conftest: str) -> Ingredients:
        """What the fixture of the recipe needs in `conftest`. Raises Immovable."""
        fixture = self._defined(recipe.path, recipe.function)
        if fixture is None or fixture.kind != "function" or not fixture.alone:
            raise Immovable(f"{recipe.shown} has no function `{recipe.function}`")
        if not is_fixture(fixture):
            raise Immovable(f"`{recipe.function}` of {recipe.shown} is no fixture")
        if re.search(r"^@[\w.]*fixture\([^)]*\bname\s*=", fixture.text, re.MULTILINE):
            raise Immovable(f"`{recipe.function}` of {recipe.shown} has a name of its own in its decorator")
        taken: dict[Definition, str] = {fixture: recipe.path}
        imports: set[Import] = set()
        for each in list(self._walk(fixture, recipe, taken, imports, conftest)):
            if each.writes:
                raise Immovable(f"`{each.name}` of {recipe.shown} changes `{min(each.writes)}` of its module")
        if _LAZY in self._imports(recipe.path).values() and conftest not in self.project.modules.files:
            imports.add(_LAZY)
        files = list(dict.fromkeys(reversed(taken.values())))  # helpers' files before those that use them
        ordered = sorted(taken, key=lambda each: (files.index(taken[each]), each.line))
        return Ingredients(tuple(ordered), tuple(sorted(imports)))

    def _walk(
        self,
        fixture: Definition,
        recipe: Recipe,
        taken: dict[Definition, str],
        imports: set[Import],
        conftest: str,
    ) -> Iterator[Definition]:
        going = [fixture]
        for each in going:  # grows while it is walked
            yield each
            path = taken[each]
            bound = self._imports(path)
            for name in sorted(each.reads | self._requested(each, path)):
                what = bound.get(name)
                if what is not None and what.module.startswith(_SIBLINGS) and not recipe.own:
                    found = self._sibling(what, path)
                    place = self._beside(what, path)
                elif what is not None:
                    imports |= self._spelled(what, path, recipe, conftest)
                    continue
                else:
                    found, place = self._defined(path, name), path
                if found is not None and found not in taken:
                    taken[found] = place
                    going.append(found)
                elif found is None and name not in BUILTIN_NAMES:
                    raise Immovable(f"{recipe.shown} does not show what `{name}` is")

    def _sibling(self, what: Import, path: str) -> Definition | None:
        return self._defined(self._beside(what, path), what.name or "")

    def _beside(self, what: Import, path: str) -> str:
        return f"{path.rpartition('/')[0]}/{what.module.removeprefix(_SIBLINGS)}.py"

    def _spelled(self, what: Import, path: str, recipe: Recipe, conftest: str) -> set[Import]:
        if what == _LAZY:
            return set()
        if not recipe.own:
            return {what}
        inside = self.project.loader.inside(path)
        spelled = respell(what, inside, conftest, self.project.modules) if inside is not None else what
        if spelled is None or (inside is None and what.module.startswith(".")):
            raise Immovable(f"{conftest} cannot import {what.module} as {recipe.shown} does")
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
