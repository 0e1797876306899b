"""Submodules that a package has as attributes because something imported them, wherever that was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.project.modules import folder_of, is_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeAlias

    from fixer.facts.model import Outline
    from fixer.project.modules import Modules

    OutlineOf: TypeAlias = Callable[[str], Outline | None]


def bound_submodules(path: str, names: Iterable[str], modules: Modules, outline: OutlineOf) -> frozenset[str]:
    """Those of `names` that the `__init__.py` at `path` has as submodules: importing a submodule binds its
    name in the package, whoever does it (The Python Language Reference, 5.4.2 "Submodules")."""
    folder, _, file = path.rpartition("/")
    if file != "__init__.py":
        return frozenset()
    beside = f"{folder}/_.py" if folder else "_.py"  # `find` takes the importer's own file for no answer
    places = {name: modules.find(f".{name}", beside) for name in names}
    if not any(places.values()):
        return frozenset()
    loaded = _loaded(path, modules, outline)
    return frozenset(name for name, place in places.items() if place in loaded)


def _loaded(path: str, modules: Modules, outline: OutlineOf) -> set[str]:
    """What of the package `path` is imported along with it."""
    folder = folder_of(path)
    loaded: set[str] = set()
    pending = [path]
    while pending:
        importer = pending.pop()
        for module in _imported_by(outline(importer)):
            place = modules.find(module, importer)
            if place is not None and place not in loaded and is_in(place, folder):
                loaded.add(place)
                if place.endswith(".py"):
                    pending.append(place)
    return loaded


def _imported_by(outline: Outline | None) -> Iterator[str]:
    """The modules that a file loads: `from a.b import c` loads `a`, `a.b` and, where it is one, `a.b.c`."""
    if outline is None:
        return
    imports = [each.what for each in outline.imports if not each.typing_only]
    written = [(what.module, what.name) for what in imports]
    for module, name in (*written, *((star, None) for star in outline.star_imports)):
        relative = module.lstrip(".")
        whole = module[: len(module) - len(relative)]
        for part in filter(None, (*relative.split("."), name)):
            whole += part if not whole.strip(".") else f".{part}"
            yield whole
