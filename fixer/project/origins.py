"""Where a name really comes from: imports and re-exports followed to the definition."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from fixer.frozen import dataclass
from fixer.known.star_exports import star_exports
from fixer.project.modules import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixer.facts.model import Outline
    from fixer.import_statement import Import
    from fixer.project.modules import Modules

_TOO_DEEP = 12  # longer chains of re-exports are not followed
# The backport is the standard library's module under its old name.
_SAME_MODULE = {"mock": "unittest.mock", "mock.mock": "unittest.mock"}


@dataclass(frozen=True, slots=True)
class Origin:
    """`place` is a file of the project, or the dotted name of a module from elsewhere.

    `name` is None for the module itself. `kind` says how the project defines it: "class", "function",
    "decorated", "fixture", "value", "module", or "external" for what lies elsewhere.
    """

    place: str
    name: str | None
    kind: str

    @property
    def key(self) -> tuple[str, str | None]:
        return self.place, self.name


class Origins:
    """Answers over the outlines of the project's files, read as they are needed. `bound` gives the names that
    a file binds at module level, for the compiler; None where that is not all, or cannot be known."""

    def __init__(
        self,
        modules: Modules,
        outline: Callable[[str], Outline | None],
        bound: Callable[[str], frozenset[str] | None],
    ) -> None:
        self.modules = modules
        self.bound = bound
        self.outline = outline
        self._tables: dict[str, _Table | None] = {}
        self._bindings: dict[str, frozenset[str] | None] = {}
        self._known: dict[tuple[Import, str], Origin | None] = {}

    def of(self, what: Import, importer: str) -> Origin | None:
        """What `what` binds in the file `importer`; None: the project says it does not exist."""
        relative = what.module.startswith(".")
        key = (what, folder_of(importer) if relative else self.modules.base_folder(importer))
        if key not in self._known:
            self._known[key] = self._of(what, importer)
        return self._known[key]

    def _of(self, what: Import, importer: str) -> Origin | None:
        place = self.modules.find(what.module, importer)
        if place is None:
            if what.module.startswith("."):
                return None
            return Origin(_SAME_MODULE.get(what.module, what.module), what.name, "external")
        if what.name is None:
            return Origin(place, None, "module")
        return self.inside(place, what.name)

    def inside(self, place: str, name: str, depth: int = 0) -> Origin | None:
        """What the attribute `name` of the module `place` is; None: there is none."""
        table = self.table(place)
        if table is None:
            return self._submodule(place, name)
        kind = table.defined.get(name)
        if kind is not None:
            return Origin(place, name, kind)
        if depth > _TOO_DEEP:
            return Origin(place, name, "value")
        what = table.imported.get(name)
        if what is not None:
            return self._imported(what, place, name, depth)
        for module in table.stars:
            found = self._through_star(module, place, name, depth)
            if found is not None:
                return found
        submodule = self._submodule(place, name)
        if submodule is not None:
            return submodule
        # The outline shows what stands at the margin; whether that is all, the compiler knows.
        bound = self._bound(place)
        if bound is None or name in bound or "__getattr__" in bound or "__getattr__" in table.defined:
            return Origin(place, name, "value")
        return None

    def exports(self, module: str, importer: str, depth: int = 0) -> frozenset[str] | None:
        """The names that `from module import *` binds in `importer`; None where that cannot be known."""
        place = self.modules.find(module, importer)
        if place is None:
            return star_exports(module)
        table = self.table(place)
        if table is None or depth > _TOO_DEEP:
            return None
        if table.exports is not None:
            return frozenset(table.exports)
        if "__all__" in table.defined:
            return None
        bound = self._bound(place)
        if bound is None:
            return None
        names = {name for name in bound if not name.startswith("_")}
        for star in table.stars:
            more = self.exports(star, place, depth + 1)
            if more is None:
                return None
            names |= {name for name in more if not name.startswith("_")}
        return frozenset(names)

    def _bound(self, place: str) -> frozenset[str] | None:
        if place not in self._bindings:
            self._bindings[place] = self.bound(place)
        return self._bindings[place]

    def table(self, place: str) -> _Table | None:
        if place not in self._tables:
            outline = self.outline(place) if place.endswith(".py") else None
            self._tables[place] = None if outline is None else _Table(outline)
        return self._tables[place]

    def _imported(self, what: Import, place: str, name: str, depth: int) -> Origin | None:
        folder = folder_of(place)
        beside = f"{folder}/_" if folder else "_"  # `from . import x` in a package may mean the package
        # `import shop.till` binds `shop`.
        module = what.module.partition(".")[0] if what.submodule else what.module
        target = self.modules.find(module, beside if place.endswith("__init__.py") else place)
        if target is None:
            external = module.lstrip(".") or module
            return Origin(_SAME_MODULE.get(external, external), what.name, "external")
        if what.name is None:
            return Origin(target, None, "module")
        if target == place and what.name == name:  # `from . import name` in a package
            return self._submodule(place, name)
        return self.inside(target, what.name, depth + 1) or Origin(target, what.name, "value")

    def _through_star(self, module: str, place: str, name: str, depth: int) -> Origin | None:
        target = self.modules.find(module, place)
        if target is None or depth > _TOO_DEEP:
            return None
        exports = self.exports(module, place)
        return self.inside(target, name, depth + 1) if exports is None or name in exports else None

    def _submodule(self, place: str, name: str) -> Origin | None:
        folder = folder_of(place) if place.endswith(".py") else place
        if place.endswith(".py") and not place.endswith("__init__.py"):
            return None
        found = self.modules.find(f".{name}", f"{folder}/__init__.py" if folder else "__init__.py")
        return None if found is None else Origin(found, None, "module")


class _Table:
    """An outline with its names made findable; the last binding of a name wins."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.exports = outline.exports
        self.stars = outline.star_imports

    @cached_property
    def defined(self) -> dict[str, str]:
        return dict(self.outline.defined)

    @cached_property
    def imported(self) -> dict[str, Import]:
        # Imports below `if` and `try` count too: one of the branches runs.
        return {found.what.bound: found.what for found in self.outline.imports if not found.typing_only}
