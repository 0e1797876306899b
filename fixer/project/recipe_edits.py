"""The edits that bring fixtures into a conftest, made from their recipes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.edits import AddImport, Edit
from fixer.facts.body import ImportBinding
from fixer.fixture_edits import AddFixture, Data, Reference, Table
from fixer.import_statement import Import
from fixer.project.luggage import Immovable, Luggage
from fixer.project.modules import folder_of
from fixer.project.recipe_modules import SIBLINGS, helper_modules, missing_from
from fixer.project.recipe_source import SERVICES, Pantry

if TYPE_CHECKING:
    from fixer.facts.top_level import Definition
    from fixer.project.fixtures.model import Result
    from fixer.project.project import Project
    from fixer.project.recipe_source import Ingredients
    from fixer.recipe_tables import Recipe, Service

# What stands for PostgreSQL's health check, and for `start = ["postgres"]`.
_HEALTH = Import(f"{SIBLINGS}local_postgres", "is_postgres_up")
_START = Import(f"{SIBLINGS}local_postgres", "new_postgres")


class RecipeEdits:
    """The edits that bring fixtures into one conftest; helpers that they share are brought once."""

    def __init__(self, conftest: str, project: Project) -> None:
        self.conftest = conftest
        self.project = project
        self.services = project.settings.recipes.services
        self.modules = helper_modules(conftest, project)
        new = () if self._there(SERVICES) else self.services
        wanted = {what for each in new for what in (_health(each), _start(each)) if what is not None}
        self.pantry = Pantry(conftest, project, self.modules, sorted(wanted, key=lambda what: what.place))
        self.edits: list[Edit] = []
        self.refused: dict[str, str] = {}
        self.bound: dict[str, object] = {}  # what the fixtures so far bring
        self.brought: set[str] = set()  # the helper modules so far

    def add(self, name: str) -> None:
        """Plan the fixture; `refused` says why where it cannot be."""
        recipe = self.project.settings.recipes.fixtures[name]
        try:
            ingredients = self.pantry.ingredients(recipe)
            definitions = [each for each in ingredients.definitions if not self._has(each, name, recipe)]
            imports = [what for what in ingredients.imports if not self._binds(what.bound, what)]
            edits = self._helpers(ingredients)
        except Immovable as reason:
            self.refused[name] = str(reason)
            return
        edits += [AddImport(self.conftest, what) for what in imports]
        first = next((each for each in definitions if each.name == SERVICES), None)
        if first is not None:  # on its own, so that all who need it bring the same
            definitions.remove(first)
            table = ((SERVICES, self._table(recipe)),)
            edits.append(AddFixture(self.conftest, first.text, SERVICES, (SERVICES,), "", table))
        binds = tuple(name if each.name == recipe.function else each.name for each in definitions)
        values: list[tuple[str, Data]] = list(recipe.values)
        if recipe.service is not None:
            values.append(("service", recipe.service))
        function = recipe.function if recipe.function != name else ""
        source = Luggage(tuple(definitions)).text
        edits.append(AddFixture(self.conftest, source, name, binds, function, tuple(values)))
        self.edits += edits
        self.bound |= {what.bound: what for what in imports}
        self.bound |= {
            each.name: each.code for each in ingredients.definitions if each.name != recipe.function
        }

    def _helpers(self, ingredients: Ingredients) -> list[Edit]:
        """The helper modules that are not there yet. Raises Immovable where one is, and is another."""
        edits: list[Edit] = []
        going = dict(ingredients.helpers)
        while going and self.modules is not None:
            path, names = going.popitem()
            stem = path.rpartition("/")[2].removesuffix(".py")
            target = self.modules.path(stem)
            lacks = missing_from(target, names, self.project)
            if lacks is not None:
                raise Immovable(f"{target} is there already, and has no `{lacks}`")
            if target in self.brought or target in self.project.modules.files:
                continue
            source, others = self.pantry.module(path)
            edits.append(self.modules.added(source, stem))
            self.brought.add(target)
            going |= {other: frozenset() for other in others if other not in going}
        return sorted(edits, key=lambda edit: edit.path)

    def _has(self, definition: Definition, name: str, recipe: Recipe) -> bool:
        """Whether the conftest has it, or will. Raises Immovable if it has something else of that name."""
        if definition.name == recipe.function:
            return self._binds(name, definition.code)
        there = self.bound.get(SERVICES) or self._there(SERVICES)
        if definition.name != SERVICES or not isinstance(there, str) or "{" not in there:
            return self._binds(definition.name, definition.code)
        if recipe.service is not None and SERVICES not in self.bound and repr(recipe.service) not in there:
            raise Immovable(f"`{SERVICES}` of {self.conftest} does not have `{recipe.service}`: add it there")
        return True  # with other values

    def _binds(self, bound: str, what: object) -> bool:
        there = self.bound.get(bound) or self._there(bound)
        if there is None or there == what:
            return there is not None
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

    def _table(self, recipe: Recipe) -> Table:
        """The services as `SERVICES` has them; a recipe of the user's gets what the configuration says."""
        return Table(tuple((each.name, _entry(each, recipe.own)) for each in self.services))


def is_made(name: str, project: Project) -> bool:
    """Whether the fixture is to be made from its recipe: some request it, and nothing declares it."""
    elsewhere = (each for each in project.fixtures.elsewhere(name) if each.kind != "undecorated")
    return bool(project.fixtures.lacks_of(name)) and not any(elsewhere)


def results_of(name: str, project: Project) -> list[Result]:
    """The tests that lack the fixture, by suite."""
    return [result for lack in project.fixtures.lacks_of(name) for result in lack.results]


def _health(service: Service) -> Import | None:
    return _HEALTH if service.is_postgres and service.health is None else None


def _start(service: Service) -> Import | None:
    return _START if service.is_postgres and service.start == ("postgres",) else None


def _entry(service: Service, plain: bool) -> Table:
    entries: list[tuple[str, Data]] = [("url", service.url)]
    health, start = (None, None) if plain else (_health(service), _start(service))
    if health is not None:
        entries.append(("health", Reference(health.bound)))
    elif service.health is not None:
        entries.append(("health", service.health))
    if start is not None:
        entries.append(("start", Reference(start.bound)))
    elif service.start:
        entries.append(("start", service.start))
    if service.env:
        entries.append(("env", Table(service.env)))
    return Table(tuple(entries))
