"""The fix for a name that is not bound: import it, or rename it first as the configuration says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.edits import AddImport, Edit, RenameName
from fixer.finding import Fix, Safety
from fixer.project.import_sources import choose_import
from fixer.project.star_sources import lacking_too

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.facts.model import Use
    from fixer.project.project import Project


def fix_undefined(
    fix_id: str, uses: Sequence[Use], path: str, project: Project
) -> tuple[Fix | None, tuple[str, ...], str]:
    """(fix, candidates as texts, reason if there is no fix) for all `uses` of one name in one file."""
    name = uses[0].name
    source = lacking_too(project.facts[path], name, project)
    if source is not None:
        why = f"{source}, of which this file imports everything, lacks it too, and is repaired first"
        return None, (), why
    edits: list[Edit] = []
    meant = project.settings.renames.get(name)
    if meant is not None:
        edits += [RenameName(path, use.span, name, meant) for use in uses]
        uses = [replace(use, name=meant) for use in uses]
        if meant in project.facts[path].bound:
            return Fix(fix_id, tuple(edits), Safety.SAFE, "as [tool.testfix.renames] says"), (meant,), ""
        name = meant
    choice = choose_import(name, uses, path, project)
    candidates = tuple(candidate.statement for candidate in choice.candidates)
    if not choice.candidates:
        return None, (), choice.why
    edits.append(AddImport(path, choice.candidates[0]))
    return Fix(fix_id, tuple(edits), choice.safety, choice.why), candidates, ""
