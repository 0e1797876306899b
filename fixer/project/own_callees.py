"""What the project's own functions and classes take by keyword, for callers in other files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fixer.edits import Import
from fixer.facts.definitions import ClassShape, FunctionShape, Parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fixer.facts.definitions import Shape
    from fixer.project.modules import Modules
    from fixer.project.origins import Origin, Origins

# Bases that bring no parameters of their own to a class with an `__init__` in Python.
_PLAIN = frozenset(
    {
        *("object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol"),
        *("Exception", "ValueError", "RuntimeError", "TypeError", "KeyError", "LookupError", "BaseException"),
    }
)
_DATACLASS = frozenset({"dataclasses.dataclass"})
_DEEPEST = 20  # base classes that are followed


@dataclass(frozen=True, slots=True)
class OwnCallee:
    """A function or class of the project and what it takes. `line` counts from 1."""

    name: str
    place: str
    line: int
    parameters: Parameters


class OwnCallees:
    """`definitions` gives the functions and classes of a file; None where it cannot be read."""

    def __init__(
        self,
        origins: Origins,
        modules: Modules,
        definitions: Callable[[str], Mapping[str, Shape] | None],
    ) -> None:
        self.origins = origins
        self.modules = modules
        self.definitions = definitions
        self._known: dict[tuple[str, str], OwnCallee | None] = {}

    def find(self, path: str, importer: str) -> OwnCallee | None:
        """The callee that the dotted `path` means in the file `importer`.

        None where it is none of the project's, or where it is not certain what it takes.
        """
        origin = self.origin(path, importer)
        return None if origin is None else self.of(origin)

    def origin(self, path: str, importer: str) -> Origin | None:
        """Where the dotted `path` leads: an attribute of some module of the project."""
        bare = path.lstrip(".")
        dots = path[: len(path) - len(bare)]
        module, _, name = bare.rpartition(".")
        if not (dots or module) or not name.isidentifier():
            return None
        place = self.modules.find(dots + module, importer)
        if place is None:
            return None
        return self._certain(self.origins.of(Import(dots + module, name), importer), place, name)

    def of(self, origin: Origin) -> OwnCallee | None:
        key = (origin.place, origin.name or "")
        if key not in self._known:
            self._known[key] = self._of(*key)
        return self._known[key]

    def _of(self, place: str, name: str) -> OwnCallee | None:
        shape = (self.definitions(place) or {}).get(name)
        if isinstance(shape, FunctionShape):
            return None if shape.decorated else OwnCallee(name, place, shape.line, shape.parameters)
        if shape is None:
            return None
        order = self._bases(place, shape, _DEEPEST)
        if order is None or any(each.special for _, each in order):
            return None
        for at, (where, each) in enumerate(order):
            if each.init is not None:
                return OwnCallee(name, place, shape.line, each.init)
            if self._is_dataclass(where, each):
                fields: dict[str, bool] = {}
                for other, base in reversed(order[at:]):
                    if self._is_dataclass(other, base):
                        fields.update(base.fields)
                taken = tuple(field for field, in_init in fields.items() if in_init)
                return OwnCallee(name, place, shape.line, Parameters(taken))
        return None

    def _bases(self, place: str, shape: ClassShape, depth: int) -> list[tuple[str, ClassShape]] | None:
        """The class and all its bases, each before its own bases; None where one of them is unknown."""
        if depth == 0 or not all(self._path(place, each) in _DATACLASS for each in shape.decorators):
            return None
        found = [(place, shape)]
        for base in shape.bases:
            path = self._path(place, base)
            if path is None:
                return None
            if path in _PLAIN:
                continue
            origin = None
            if base is not None and "." not in base:
                origin = self._certain(self.origins.inside(place, base), place, base)
            inner = None
            if origin is not None and origin.name is not None:
                inner = (self.definitions(origin.place) or {}).get(origin.name)
            if origin is None or not isinstance(inner, ClassShape):
                return None
            further = self._bases(origin.place, inner, depth - 1)
            if further is None:
                return None
            found = [each for each in found if each not in further] + further
        return found

    def _certain(self, origin: Origin | None, place: str, name: str) -> Origin | None:
        """`origin`, unless a module on the way from `place` binds the name in two ways (a fallback)."""
        if origin is None or origin.kind not in ("class", "function", "decorated"):
            return None
        for _ in range(_DEEPEST):
            if (place, name) == (origin.place, origin.name):
                return origin
            outline = self.origins.outline(place)
            if outline is None or any(defined == name for defined, _ in outline.defined):
                return None
            bound = (each for each in outline.imports if each.what.bound == name)
            ways = {each.what for each in bound if not each.typing_only}
            if not ways and len(outline.star_imports) == 1:
                ways = {Import(outline.star_imports[0], name)}
            if len(ways) != 1:
                return None
            what = ways.pop()
            further = self.modules.find(what.module, place)
            if further is None or what.name is None:
                return None
            place, name = further, what.name
        return None

    def _is_dataclass(self, place: str, shape: ClassShape) -> bool:
        return any(self._path(place, each) in _DATACLASS for each in shape.decorators)

    def _path(self, place: str, name: str | None) -> str | None:
        """The dotted origin of a name in the module `place`."""
        if name is None:
            return None
        first, _, rest = name.partition(".")
        origin = self.origins.inside(place, first)
        if origin is None:
            return name
        path = origin.place if origin.name is None else f"{origin.place}.{origin.name}"
        return f"{path}.{rest}" if rest else path
