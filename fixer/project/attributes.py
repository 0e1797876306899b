"""Whether something has the attributes that a file uses of it, as far as the project's other files show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.project.fit import is_like_a_module
from fixer.project.origins import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fixer.facts.model import Use
    from fixer.project.evidence import Source
    from fixer.project.project import Project

_ASKED = 50  # importing files that are searched for an attribute


def mentions(source: Source, name: str, attributes: Iterable[str], path: str, project: Project) -> bool:
    """Whether each of `attributes` is mentioned in the source's own file, or by one other than `path` that
    imports it as `name`."""
    others = sorted(source.paths - {path})[:_ASKED]
    return all(
        _shows(source.origin, attribute, project)
        or any(project.mentions_word(other, f"{name}.{attribute}") for other in others)
        for attribute in sorted(attributes)
    )


def is_own_module(name: str, uses: Sequence[Use], project: Project) -> bool:
    """Whether the project has a module of that name with all attributes that are used of it, and some are."""
    modules = [each for each in project.evidence.definitions(name) if each.kind == "module"]
    attributes = {use.attribute for use in uses if use.attribute is not None}
    return bool(attributes and is_like_a_module(uses)) and any(
        all(_shows(Origin(module.path, None, "module"), attribute, project) for attribute in attributes)
        for module in modules
    )


def _shows(origin: Origin, attribute: str, project: Project) -> bool:
    """Whether the file itself mentions it, or, as a module, has it from another."""
    if origin.kind == "module":
        found = project.origins.inside(origin.place, attribute)
        if found is not None and found.place != origin.place:
            return True
    elif origin.name is None:
        return False
    return project.mentions_word(origin.place, attribute)
