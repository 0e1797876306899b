"""Names that come with everything of another test module, once that has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.project.modules import conftest_of, folder_of

if TYPE_CHECKING:
    from fixer.facts.model import Facts
    from fixer.project.project import Project


def lacking_too(facts: Facts, name: str, project: Project) -> str | None:
    """The test file that lacks the undefined `name` of another one, which imports everything from it: what
    binds it there binds it in both. An import in the other file as well would depend on which is repaired
    first."""
    if name.startswith("_"):
        return None
    for module in facts.star_imports:
        path = project.modules.find(module, facts.path)
        table = project.origins.table(path) if path is not None else None
        if path is None or table is None or table.exports is not None:
            continue
        source = project.facts.get(path) or project.loader.facts(path)
        undefined = source.undefined if source is not None else ()
        # The suites last: finding them takes far more than the rest, and few files come here.
        if any(use.name == name and not use.guarded for use in undefined) and _is_judged(path, project):
            return path
    return None


def _is_judged(path: str, project: Project) -> bool:
    return path == conftest_of(folder_of(path)) or bool(project.fixtures.suites_of(path))
