"""The guard of a service: a fixture that starts it, or skips who requests it where it is down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.edits import AddParameter, Edit
from fixer.finding import Fix, Safety
from fixer.project.luggage import Immovable
from fixer.project.recipe_edits import RecipeEdits
from fixer.project.unguarded import conftest_for, guard_of, is_there

if TYPE_CHECKING:
    from fixer.project.project import Project
    from fixer.project.unguarded import Unguarded


def guard_service(code: str, found: Unguarded, project: Project) -> Fix | str:
    """The fix that makes the function request the guard, which is made once for all; or why it cannot."""
    if found.refusal is not None:
        return found.refusal
    function, guard = found.function, guard_of(found.service)
    conftest = conftest_for(found, project)
    if conftest is None:
        return "no conftest is loaded for all who reach the service"
    edits: list[Edit] = [AddParameter(found.path, function.line, function.column, function.name, guard)]
    if not is_there(guard, conftest, project):
        try:
            made = RecipeEdits(conftest, project)
            made.refuse_new_conftest()
            made.add(guard)
        except Immovable as reason:
            return f"the guard `{guard}` cannot be made: {reason}"
        if guard in made.refused:
            return f"the guard `{guard}` cannot be made: {made.refused[guard]}"
        edits += made.edits
    why = f"`{guard}` skips it where {found.service.name} is down and cannot be started"
    fix_id = f"{code}:{found.path}:{function.line}:{found.service.name}"
    return Fix(fix_id, tuple(edits), Safety.SAFE, why)
