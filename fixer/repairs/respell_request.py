"""A request that is not found, and a slip of the fixture that its function uses instead: one is the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixer.edits import RenameParameter
from fixer.finding import Fix, Safety
from fixer.known.plugin_fixtures import who_provides
from fixer.project.fixtures.slips import is_slip

if TYPE_CHECKING:
    from fixer.facts.body import Function
    from fixer.project.fixtures.explain import Unrequested
    from fixer.project.fixtures.lacks import Lack
    from fixer.project.project import Project


def respell_request(found: Unrequested, path: str, project: Project) -> Fix | None:
    """The fix for the use of a name that the function asks for under a misspelt one; None if it does not."""
    lacks = [each for each in project.fixtures.lacks(path) if _is_meant(each, found, project)]
    if len(lacks) != 1:
        return None
    [lack], new, function = lacks, found.use.name, found.function
    old = lack.name
    edit = RenameParameter(path, function.line, function.column, function.name, old, new, meant=True)
    fix_id = f"respell:{path}:{function.line}:{old}"
    if not _occurs_once(old, function, project.loader.source(path) or ""):
        return Fix(fix_id, (edit,), Safety.UNSAFE, f"`{new}` is used, too, and is a visible fixture")
    if lack.cause not in (None, lack.results[0].test.excused):
        return Fix(fix_id, (edit,), Safety.UNSAFE, f"nothing uses `{old}`, but it may be there: {lack.cause}")
    why = f"nothing uses `{old}`, which is not found, and `{new}` is used, which nothing requests"
    return Fix(fix_id, (edit,), Safety.SAFE, why)


def respell_lack(lack: Lack, project: Project) -> Fix | None:
    """The same fix for the request."""
    facts = project.facts.get(lack.path)
    for found in project.unrequested(facts) if facts is not None else ():
        if _is_meant(lack, found, project):
            return respell_request(found, lack.path, project)
    return None


def _is_meant(lack: Lack, found: Unrequested, project: Project) -> bool:
    """Whether the lack is a parameter of the function, and a slip of the other name that nothing has."""
    if lack.kind != "missing" or not is_slip(lack.name, found.use.name):
        return False
    if all(each.span != lack.span for each in found.function.parameters):
        return False
    declared = project.fixtures.elsewhere(lack.name) or lack.name in project.settings.recipes.fixtures
    return not declared and not who_provides(lack.name)


def _occurs_once(name: str, function: Function, source: str) -> bool:
    """Whether the function says the name as its parameter alone."""
    lines = source.split("\n")[function.line - 1 : function.end_line]
    return len(re.findall(rf"\b{re.escape(name)}\b", "\n".join(lines))) == 1
