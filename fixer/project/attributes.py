"""Whether something has the attributes that a file uses of it, as far as the project's other files show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fixer.project.evidence import Source
    from fixer.project.project import Project

_ASKED = 50  # importing files that are searched for an attribute


def mentions(source: Source, name: str, attributes: Iterable[str], path: str, project: Project) -> bool:
    """Whether each of `attributes` is mentioned in the source's own file, or by one other than `path` that
    imports it as `name`."""
    others = sorted(source.paths - {path})[:_ASKED]
    return all(
        (source.origin.name is not None and project.mentions_word(source.origin.place, attribute))
        or any(project.mentions_word(other, f"{name}.{attribute}") for other in others)
        for attribute in sorted(attributes)
    )
