"""The edits that bring fixtures into a conftest, made from their recipes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.edits import AddFixture, AddImport, Data, Edit, Table
from fixer.facts.body import ImportBinding
from fixer.project.luggage import Immovable
from fixer.project.modules import folder_of
from fixer.project.recipe_source import Pantry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.project.project import Project
    from fixer.recipe_tables import Recipe, Service

_SERVICES, _SERVICE, _FILE = "SERVICES", "service", "file"  # what recipes assign to


class RecipeEdits:
    """The edits that bring fixtures into one conftest; helpers that they share are brought once."""

    def __init__(self, conftest: str, project: Project) -> None:
        self.conftest = conftest
        self.project = project
        self.pantry = Pantry(project)
        self.edits: list[Edit] = []
        self.refused: dict[str, str] = {}
        self.bound: dict[str, object] = {}  # what the fixtures so far bring

    def add(self, name: str) -> None:
        recipe = self.project.settings.recipes.fixtures[name]
        try:
            ingredients = self.pantry.ingredients(recipe, self.conftest)
            have = {
                each.name for each in ingredients.definitions if self._has(each.name, each.code, name, recipe)
            }
            luggage = ingredients.without(frozenset(have))
            new = [what for what in luggage.imports if not self._has(what.bound, what, name, recipe)]
        except Immovable as reason:
            self.refused[name] = str(reason)
            return
        self.edits += [AddImport(self.conftest, what) for what in new]
        binds = tuple(name if each.name == recipe.function else each.name for each in luggage.definitions)
        values = _values(luggage.text, recipe, self.project.settings.recipes.services)
        function = recipe.function if recipe.function != name else ""
        self.edits.append(AddFixture(self.conftest, luggage.text, name, binds, function, values))
        self.bound |= {what.bound: what for what in new}
        self.bound |= {each.name: each.code for each in luggage.definitions if each.name != recipe.function}

    def _has(self, bound: str, what: object, name: str, recipe: Recipe) -> bool:
        """Whether the conftest has it, or will. Raises Immovable if it has something else of that name."""
        if bound == recipe.function:
            bound = name
        there = self.bound.get(bound) or self._there(bound)
        if there is None or there == what:
            return there is not None
        if bound == _SERVICES and isinstance(there, str):
            return True  # with other values
        raise Immovable(f"{self.conftest} binds `{bound}` already")

    def _there(self, bound: str) -> object:
        """What the conftest binds: an import, or the code of a definition."""
        loader = self.project.loader
        body = loader.body(self.conftest) if self.conftest in self.project.modules.files else None
        for each in body.bindings if body is not None else ():
            if isinstance(each, ImportBinding) and each.what.bound == bound:
                return each.what
        if body is not None:
            for definition in loader.statements(self.conftest):
                if definition.name == bound:
                    return definition.code
        return None

    def refuse_new_conftest(self) -> None:
        """Raises Immovable where the conftest cannot be parsed, or created."""
        project, conftest = self.project, self.conftest
        if conftest in project.modules.files:
            body = project.loader.body(conftest)
            if body is None or body.problem is not None:
                raise Immovable(f"{conftest} cannot be parsed")
            return
        folder = folder_of(conftest)
        for path in project.fixtures.mentioning("conftest import"):
            if not folder or path.startswith(f"{folder}/"):
                raise Immovable(f"{path} imports a conftest by name, and {conftest} would be a new one")


def _values(text: str, recipe: Recipe, services: Sequence[Service]) -> tuple[tuple[str, Data], ...]:
    values: list[tuple[str, Data]] = []
    if f"\n{_SERVICES}" in f"\n{text}":
        values.append((_SERVICES, Table(tuple((each.name, _table(each)) for each in services))))
    if recipe.service is not None:
        values.append((_SERVICE, recipe.service))
    if recipe.file is not None:
        values.append((_FILE, recipe.file))
    return tuple(values)


def _table(service: Service) -> Table:
    entries: list[tuple[str, Data]] = [("url", service.url)]
    if service.health is not None:
        entries.append(("health", service.health))
    if service.start:
        entries.append(("start", service.start))
    if service.env:
        entries.append(("env", Table(service.env)))
    return Table(tuple(entries))
