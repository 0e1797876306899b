"""Fixes -> edits per file, each import with its place. Pure: nothing is read or written here."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.edits import AddImport, AddParameter, AddPluginModule, Edit, ImportPlace, ReplaceImport
from fixer.facts.import_order import FIRST_PARTY, LOCAL, ImportStyle
from fixer.facts.placement import place_imports
from fixer.facts.replaced_imports import Settled, settle
from fixer.fixture_edits import AddFixture, AddModule
from fixer.frozen import dataclass
from fixer.project.import_style import section_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from fixer.facts.model import Prologue
    from fixer.finding import Fix
    from fixer.import_statement import Import
    from fixer.project.modules import Modules


@dataclass(frozen=True, slots=True)
class Composed:
    """`edits` by path, ready to apply. `refused` says why a fix (by its id) cannot be applied."""

    edits: Mapping[str, tuple[Edit, ...]]
    refused: Mapping[str, str]


def compose(
    fixes: Iterable[Fix],
    prologue: Callable[[str], Prologue],
    first_use: Callable[[str, str], int | None],
    style: Callable[[str], ImportStyle],
    modules: Modules,
) -> Composed:
    """The edits of `fixes`, with places and line lengths, equal ones once. A fix is all or nothing, so one
    that is refused in one file is left out in all.

    `first_use(path, name)` is the first line (from 1) where importing the file reads a name, None if it does
    not; `style(path)` how it sorts its imports.
    """
    chosen, refused = _apart({fix.id: fix for fix in fixes}.values())
    edits: dict[str, tuple[Edit, ...]] = {}
    composed: dict[str, dict[Edit, None]] = {}  # what `edits` were made of
    created = {edit.path for fix in chosen for edit in fix.edits if isinstance(edit, AddModule)}
    while True:
        wanted: dict[str, dict[Edit, None]] = {}
        for fix in chosen:
            for edit in fix.edits:
                wanted.setdefault(edit.path, {})[edit] = None
        unplaced: dict[Edit, str] = {}
        for path, listed in wanted.items():
            if composed.get(path) == listed:
                continue
            added = {edit.what: edit for edit in listed if isinstance(edit, AddImport)}
            plain = {edit.what for edit in listed if isinstance(edit, AddImport) and not edit.reexport}
            replacements = [edit for edit in listed if isinstance(edit, ReplaceImport)]
            settled = (
                _settled(
                    path,
                    list(added),
                    added.keys() - plain,
                    replacements,
                    prologue(path),
                    first_use,
                    style(path),
                    modules,
                    created,
                )
                if added or replacements
                else Settled((), {})
            )
            unplaced.update(settled.refused)
            placed = _placed(listed, settled, added, unplaced)
            edits[path] = tuple(_fitted(edit, path, style) for edit in placed)
            composed[path] = listed
        if not unplaced:
            return Composed({path: edits[path] for path in wanted}, refused)
        for fix in chosen:
            reasons = [unplaced[edit] for edit in fix.edits if edit in unplaced]
            if reasons:
                refused[fix.id] = reasons[0]
        chosen = [fix for fix in chosen if fix.id not in refused]


def _placed(
    listed: Iterable[Edit],
    settled: Settled,
    added: Mapping[Import, AddImport],
    unplaced: dict[Edit, str],
) -> Iterator[Edit]:
    """The edits of one file with their places; those that have none go to `unplaced`, with the reason.
    `added` has the one edit that stands for each import: the name is wanted once, whatever for."""
    yield from settled.edits
    for edit in listed:
        if isinstance(edit, AddImport):
            place = settled.places[edit.what]
            if isinstance(place, str):
                unplaced[edit] = place
            elif edit is added[edit.what]:
                yield replace(edit, place=place)
        elif not isinstance(edit, ReplaceImport):
            yield edit


def _fitted(edit: Edit, path: str, style: Callable[[str], ImportStyle]) -> Edit:
    """The edit with the length that lines have there, if it lays out any."""
    if isinstance(edit, AddParameter | AddPluginModule):
        return replace(edit, line_length=style(path).line_length)
    return edit


def _apart(fixes: Iterable[Fix]) -> tuple[list[Fix], dict[str, str]]:
    """The fixes without those that would put a fixture beside something of the same name, or of the name of a
    helper, which another fix brings; these may find a place in the next round. The second part says why."""
    bound: dict[tuple[str, str], object] = {}
    chosen: list[Fix] = []
    refused: dict[str, str] = {}
    for fix in fixes:
        own: dict[tuple[str, str], object] = {}
        for edit in fix.edits:
            if isinstance(edit, AddModule):
                folder, _, file = edit.path.rpartition("/")
                own["", file] = folder  # pytest may take modules of one name for each other
            elif isinstance(edit, AddFixture):
                own |= {(edit.path, name): edit.source for name in (edit.name, *edit.binds)}
            elif isinstance(edit, AddImport):
                own[edit.path, edit.what.bound] = edit.what
        adds = any(isinstance(edit, AddFixture) for edit in fix.edits)
        clash = next((key for key, what in own.items() if bound.get(key, what) != what), None)
        if adds and clash is not None:
            refused[fix.id] = f"another repair brings `{clash[1]}`{f' into {clash[0]}' if clash[0] else ''}"
        else:
            bound = own | bound
            chosen.append(fix)
    return chosen, refused


def _settled(
    path: str,
    imports: Sequence[Import],
    reexports: Collection[Import],
    replacements: Sequence[ReplaceImport],
    prologue: Prologue,
    first_use: Callable[[str, str], int | None],
    style: ImportStyle,
    modules: Modules,
    created: Collection[str],
) -> Settled:
    def is_first_party(module: str) -> bool:
        return f"{module}.py" in created or modules.is_first_party(module, path)

    def section(module: str) -> str:
        return section_of(module, style, is_first_party)

    def needs_path_change(what: Import) -> bool:
        return not what.module.startswith(".") and section(what.module) in (FIRST_PARTY, LOCAL)

    def place(
        wanted: Sequence[Import], prologue: Prologue, limits: Mapping[Import, int]
    ) -> dict[Import, ImportPlace | str]:
        def highest(what: Import) -> int | None:
            lines = (first_use(path, what.bound), limits.get(what))
            return min((line for line in lines if line is not None), default=None)

        return place_imports(
            wanted,
            prologue,
            style,
            section,
            needs_path_change=needs_path_change,
            first_use=highest,
            reexports=reexports,
        )

    if not replacements:
        return Settled((), place(imports, prologue, {}))
    return settle(replacements, imports, prologue, style, section, place)
