"""How an import of something is written in a given file."""

from __future__ import annotations

from collections import defaultdict
from posixpath import dirname

from fixer.edits import Import
from fixer.project.evidence import Source, nearness
from fixer.project.modules import Modules
from fixer.project.origins import Origin


def spell(source: Source, path: str, modules: Modules) -> Import | None:
    """The import of `source` as the file `path` would write it: as most files do that import it, the
    near ones counting most. None where none of their spellings means the same there."""
    votes: defaultdict[Import, float] = defaultdict(float)
    respelled: dict[tuple[str, Import], Import | None] = {}
    here = dirname(path)
    for (folder, what), count in source.by_folder.items():
        key = (folder if what.module.startswith(".") else modules.base_folder(f"{folder}/_"), what)
        if key not in respelled:
            respelled[key] = _respell(what, f"{folder}/_".lstrip("/"), path, modules)
        spelled = respelled[key]
        if spelled is not None:
            votes[spelled] += count * (0.2 + nearness(here, folder))
    if votes:
        return max(votes, key=lambda what: (votes[what], what.module, what.bound))
    name = source.importers[0].what.bound
    return spell_origin(source.origin, name, path, modules) if source.origin.kind != "external" else None


def spell_origin(origin: Origin, name: str | None, path: str, modules: Modules) -> Import | None:
    """The import of something the project defines, straight from the module that defines it."""
    names = modules.names(origin.place, path)
    module = names[0] if names else modules.relative_name(origin.place, path)
    if module is None:
        return None
    if origin.name is not None:
        return Import(module, origin.name, name if name != origin.name else None)
    parent, _, last = module.rpartition(".")
    return Import(parent, last, None) if parent else Import(module)


def _respell(what: Import, importer: str, path: str, modules: Modules) -> Import | None:
    """`what`, as the file `importer` writes it, for the file `path`; None where it would mean something
    else there."""
    place = modules.find(what.module, importer)
    if place is None:
        return None if what.module.startswith(".") or modules.find(what.module, path) else what
    if not what.module.startswith("."):
        return what if modules.find(what.module, path) == place else None
    module = modules.relative_name(place, path)
    if module is None:
        names = modules.names(place, path)
        module = names[0] if names else None
    return None if module is None else Import(module, what.name, what.asname)
