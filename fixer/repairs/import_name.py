"""The fix for a name that is not bound: import it, or rename it first as the configuration says."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.edits import AddImport, Edit, RenameName
from fixer.finding import Fix, Safety
from fixer.import_statement import Import
from fixer.known import vocabulary
from fixer.project.fit import by_submodule, loading_submodules
from fixer.project.import_sources import choose_import
from fixer.project.star_sources import lacking_too

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.facts.model import Use
    from fixer.project.import_sources import Choice
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
    choices = [
        choose_import(name, each, path, project) for each in by_submodule(vocabulary.candidates(name), uses)
    ]
    if not all(choice.candidates for choice in choices):
        choices = [choose_import(name, uses, path, project)]
    chosen = [_loading(choice.candidates[0], uses, path, project) for choice in choices if choice.candidates]
    if not chosen:
        return None, (), _misused(name, uses, project) or choices[0].why
    edits += [AddImport(path, what) for what in dict.fromkeys(itertools.chain(*chosen))]
    least = max(choices, key=lambda choice: list(Safety).index(choice.safety))
    return Fix(fix_id, tuple(edits), least.safety, least.why), _candidates(choices, uses, path, project), ""


def _misused(name: str, uses: Sequence[Use], project: Project) -> str | None:
    """That the standard library has a module of that name, without what is used of it, and the project has
    nothing called so."""
    if project.evidence.sources(name) or project.evidence.definitions(name):
        return None
    module = next((each for each in vocabulary.candidates(name) if each.what == Import(name)), None)
    lacking = [
        each.attribute for each in uses if module and each.attribute and not module.has(each.attribute)
    ]
    return f"what `import {name}` binds has no `{lacking[0]}`" if lacking else None


def _loading(what: Import, uses: Sequence[Use], path: str, project: Project) -> list[Import]:
    outline = project.loader.outline(path)
    others = [each.what for each in outline.imports if each.top_level] if outline is not None else []
    return loading_submodules(what, uses, path, project.origins, others)


def _candidates(
    choices: Sequence[Choice], uses: Sequence[Use], path: str, project: Project
) -> tuple[str, ...]:
    """The candidates as texts: each way on its own, or where several imports are needed, these together."""
    ways = [choice.candidates[:1] for choice in choices] if choices[1:] else []
    together = [tuple(itertools.chain(*ways))] if ways else [(each,) for each in choices[0].candidates]
    loaded = ([one for each in way for one in _loading(each, uses, path, project)] for way in together)
    return tuple(dict.fromkeys("; ".join(each.statement for each in way) for way in loaded))
