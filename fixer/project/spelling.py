"""How an import of something is written in a given file."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from fixer.import_statement import Import
from fixer.project.evidence import Source, nearness
from fixer.project.modules import folder_of

if TYPE_CHECKING:
    from fixer.project.modules import Modules
    from fixer.project.origins import Origin


def spell(
    source: Source, path: str, modules: Modules, taken_from: frozenset[str] = frozenset()
) -> Import | None:
    """The import of `source` as the file `path` would write it: from a module that it takes names from
    already (`taken_from`), else as most files do that import it, the near ones counting most, but from a
    public package rather than from its private module. None where none of their spellings means the same
    there."""
    votes: defaultdict[Import, float] = defaultdict(float)
    respelled: dict[tuple[str, Import], Import | None] = {}
    here = folder_of(path)
    for (folder, what), count in source.by_folder.items():
        importer = f"{folder}/_" if folder else "_"
        key = (folder if what.module.startswith(".") else modules.base_folder(importer), what)
        if key not in respelled:
            respelled[key] = respell(what, importer, path, modules)
        spelled = respelled[key]
        if spelled is not None:
            votes[spelled] += count * nearness(here, folder)
    own = {what: weight for what, weight in votes.items() if what.module in taken_from and not what.asname}
    if own:
        return max(own, key=lambda what: (own[what], what.module, what.bound))
    public = {what: weight for what, weight in votes.items() if not _is_private(what.module)}
    if not public:
        exported = _from_package(source, path, modules)
        if exported is not None:
            return exported
    if votes:
        best = public or votes
        return max(best, key=lambda what: (best[what], what.module, what.bound))
    name = source.importers[0].what.bound
    return spell_origin(source.origin, name, path, modules) if source.origin.kind != "external" else None


def _from_package(source: Source, path: str, modules: Modules) -> Import | None:
    """The import from a public package whose `__init__.py` takes the name from its private module."""
    for importer in source.importers:
        if importer.path.endswith("__init__.py") and importer.top_level:
            for module in modules.names(importer.path, path):
                if not _is_private(module):
                    return Import(module, importer.what.bound)
    return None


def _is_private(module: str) -> bool:
    return any(part.startswith("_") for part in module.split("."))


def spell_origin(
    origin: Origin, name: str | None, path: str, modules: Modules, habits: frozenset[str] = frozenset()
) -> Import | None:
    """The import of something the project defines, straight from the module that defines it.

    `habits` are modules that the file or its neighbours import.
    """
    names = modules.names(origin.place, path, habits)
    module = names[0] if names else modules.relative_name(origin.place, path)
    if module is None:
        return None
    if origin.name is not None:
        return Import(module, origin.name, name if name != origin.name else None)
    parent, _, last = module.rpartition(".")
    return Import(parent, last, None) if parent else Import(module)


def respell(what: Import, importer: str, path: str, modules: Modules) -> Import | None:
    """`what`, as the file `importer` writes it, for the file `path`; None where it would mean something
    else there."""
    place = modules.find(what.module, importer)
    if place is None:
        return None if what.module.startswith(".") or modules.find(what.module, path) else what
    if not what.module.startswith("."):
        return what if modules.find(what.module, path) == place else None
    if folder_of(importer) == folder_of(path):
        return what
    names = modules.names(place, path)
    module = names[0] if names else modules.relative_name(place, path)
    return None if module is None else Import(module, what.name, what.asname)
