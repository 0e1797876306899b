"""Fixtures that nothing declares, made from the recipes that the user has configured for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.finding import Fix, Safety
from fixer.project.fixtures.relocation import conftest_above
from fixer.project.luggage import Immovable
from fixer.project.recipe_edits import RecipeEdits, is_made, results_of

if TYPE_CHECKING:
    from fixer.project.fixtures.lacks import Lack
    from fixer.project.project import Project


def scaffold_fixture(code: str, lack: Lack, project: Project) -> Fix | str:
    """The fix that makes the fixture, with all others that go into the same conftest; or why it cannot be.

    The same whatever other findings a run has.
    """
    try:
        conftest = _conftest_for(lack.name, project)
        scaffold = RecipeEdits(conftest, project)
        scaffold.refuse_new_conftest()
        for name in project.settings.recipes.fixtures:
            if name == lack.name or _goes_to(name, conftest, project):
                scaffold.add(name)
        if lack.name in scaffold.refused:
            raise Immovable(scaffold.refused[lack.name])
    except Immovable as reason:
        return f"it cannot be made from its recipe: {reason}"
    recipe = project.settings.recipes.fixtures[lack.name]
    why = f"nothing declares it, and the configuration says to make it from {recipe.shown}"
    return Fix(f"{code}:scaffold:{conftest}", tuple(scaffold.edits), Safety.SAFE, why)


def _conftest_for(name: str, project: Project) -> str:
    """The nearest conftest for all who request fixtures of testfix's recipes, which share a table of services
    and helpers; where none is loaded for all, or the recipe is the user's own, for those who request this.
    """
    recipes = project.settings.recipes.fixtures
    together = [each for each in recipes if is_made(each, project) and not recipes[each].own]
    for names in ([name],) if recipes[name].own else (together, [name]):
        results = [result for each in names for result in results_of(each, project)]
        conftest = conftest_above([each.test.path for each in results], [each.suite for each in results])
        if conftest is not None:
            return conftest
    raise Immovable("no conftest is loaded for all who request it")


def _goes_to(name: str, conftest: str, project: Project) -> bool:
    """Whether the fixture is to be made, in that conftest."""
    try:
        return is_made(name, project) and _conftest_for(name, project) == conftest
    except Immovable:
        return False
