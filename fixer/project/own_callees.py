"""What the project's own functions and classes take by keyword, for their callers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.facts.definitions import Alias, ClassShape, FunctionShape, Parameters
from fixer.frozen import dataclass
from fixer.import_statement import Import

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Set

    from fixer.facts.definitions import Shape
    from fixer.project.modules import Modules
    from fixer.project.origins import Origin, Origins

# Bases that bring no parameters of their own to a class with an `__init__` in Python. Without an `__init__`
# anywhere, a class of the first ones takes no arguments at all.
_BARE = frozenset({"object", "abc.ABC", "typing.Generic"})
_OTHERS = {
    *("typing.Protocol", "typing_extensions.Protocol"),
    *("ArithmeticError", "AssertionError", "AttributeError", "BaseException", "ConnectionError", "Exception"),
    *(
        "ImportError",
        "IndexError",
        "KeyError",
        "LookupError",
        "NotImplementedError",
        "OSError",
        "RuntimeError",
    ),
    *("TimeoutError", "TypeError", "UserWarning", "ValueError", "Warning"),
}
_PLAIN = _BARE | _OTHERS
_DATACLASS = frozenset({"dataclasses.dataclass"})
# These take what the function takes.
_TRANSPARENT = frozenset(
    {
        *("contextlib.asynccontextmanager", "contextlib.contextmanager"),
        *("functools.cache", "functools.lru_cache"),
    }
)
_DEEPEST = 20  # base classes and aliases that are followed


@dataclass(frozen=True, slots=True)
class OwnCallee:
    """A function or class of the project and what it takes. `line` counts from 1. A method that the class is
    asked for is called `Class.method`."""

    name: str
    place: str
    line: int
    parameters: Parameters


class OwnCallees:
    """`definitions` gives the functions and classes of a file; None where it cannot be read. `may_lack` says
    by the text of a file alone whether something in it may not take certain keywords."""

    def __init__(
        self,
        origins: Origins,
        modules: Modules,
        definitions: Callable[[str], Mapping[str, Shape] | None],
        may_lack: Callable[[str, str, Iterable[str]], bool],
    ) -> None:
        self.origins = origins
        self.modules = modules
        self.definitions = definitions
        self.may_lack = may_lack
        self._known: dict[tuple[str, str], OwnCallee | None] = {}

    def find(self, path: str, importer: str, passed: Collection[str] = ()) -> OwnCallee | None:
        """The callee that the dotted `path` means in the file `importer`; `__name__.x` is its own `x`.

        None where it is none of the project's, where it is not certain what it takes, and where its text
        shows, without a parser, that it takes all keywords that are `passed`.
        """
        origin = self._origin(path, importer)
        if origin is not None and origin.name is not None:
            if passed and not self.may_lack(origin.place, origin.name, passed):
                return None
            return self._known_of(origin.place, origin.name)
        owner, _, method = path.rpartition(".")
        origin = self._origin(owner, importer, 0) if owner else None
        if origin is None or origin.name is None:
            return None
        if passed and not self.may_lack(origin.place, f"{origin.name}.{method}", passed):
            return None
        return self._method(origin.place, origin.name, method)

    def _origin(self, path: str, importer: str, aliases: int = _DEEPEST) -> Origin | None:
        """Where the dotted `path` leads, through so many `aliases`: to an attribute of one of our modules."""
        bare = path.lstrip(".")
        dots = path[: len(path) - len(bare)]
        module, _, name = bare.rpartition(".")
        if not (dots or module) or not name.isidentifier():
            return None
        if module == "__name__":
            return self._certain(self.origins.inside(importer, name), importer, name, aliases)
        place = self.modules.find(dots + module, importer)
        if place is None:
            return None
        return self._certain(self.origins.of(Import(dots + module, name), importer), place, name, aliases)

    def _shape(self, place: str, name: str) -> Shape | None:
        return (self.definitions(place) or {}).get(name)

    def _known_of(self, place: str, name: str) -> OwnCallee | None:
        if (place, name) not in self._known:
            self._known[place, name] = self._of(place, name)
        return self._known[place, name]

    def _of(self, place: str, name: str) -> OwnCallee | None:
        shape = self._shape(place, name)
        if isinstance(shape, FunctionShape):
            known = self._all_in(place, shape.decorators, _TRANSPARENT)
            return OwnCallee(name, place, shape.line, shape.parameters) if known else None
        if not isinstance(shape, ClassShape):
            return None
        order = self._bases(place, shape, _DEEPEST)
        taken = None if order is None else self._taken(order)
        return None if taken is None else OwnCallee(name, place, shape.line, taken)

    def _taken(self, order: list[tuple[str, ClassShape]]) -> Parameters | None:
        """What makes an instance of the first of the classes, which are it and all its bases."""
        if any(each.special for _, each in order):
            return None
        for at, (where, each) in enumerate(order):
            if each.init is not None:
                return each.init
            if self._is_dataclass(where, each):
                fields: dict[str, bool] = {}
                for other, base in reversed(order[at:]):
                    if self._is_dataclass(other, base):
                        fields.update(base.fields)
                return Parameters(tuple(field for field, in_init in fields.items() if in_init))
        bases = {self._path(where, base) for where, each in order for base in each.bases}
        return None if bases & _OTHERS else Parameters(())

    def _method(self, place: str, name: str, method: str) -> OwnCallee | None:
        """A class method or static method: of the class itself, whatever its bases, or of one of them."""
        shape = self._shape(place, name)
        if not isinstance(shape, ClassShape) or not self._all_in(place, shape.decorators, _DATACLASS):
            return None
        order = [(place, shape)] if method in shape.names else self._bases(place, shape, _DEEPEST)
        for where, each in order or ():
            if method in each.names:
                found = dict(each.methods).get(method)
                if found is None:
                    return None
                return OwnCallee(f"{name}.{method}", where, found.line, found.parameters)
        return None

    def _bases(self, place: str, shape: ClassShape, depth: int) -> list[tuple[str, ClassShape]] | None:
        """The class and all its bases, each before its own bases; None where one of them is unknown."""
        if depth == 0 or not self._all_in(place, shape.decorators, _DATACLASS):
            return None
        found = [(place, shape)]
        for base in shape.bases:
            if base is None:
                return None
            if self._path(place, base) in _PLAIN:
                continue
            origin = self._named(place, base)
            inner = self._shape(origin.place, origin.name or "") if origin is not None else None
            if origin is None or not isinstance(inner, ClassShape):
                return None
            further = self._bases(origin.place, inner, depth - 1)
            if further is None:
                return None
            found = [each for each in found if each not in further] + further
        return found

    def _named(self, place: str, name: str, aliases: int = _DEEPEST) -> Origin | None:
        """What is called `name`, or `module.name`, in the module `place`."""
        module, _, last = name.rpartition(".")
        if module:
            origin = self.origins.inside(place, module) if "." not in module else None
            if origin is None or origin.kind != "module":
                return None
            place = origin.place
        return self._certain(self.origins.inside(place, last), place, last, aliases)

    def _certain(
        self, origin: Origin | None, place: str, name: str, aliases: int = _DEEPEST
    ) -> Origin | None:
        """`origin`, unless a module on the way from `place` binds the name in two ways (a fallback)."""
        if origin is None or origin.kind not in ("class", "function", "decorated", "value"):
            return None
        for _ in range(_DEEPEST):
            if (place, name) == (origin.place, origin.name):
                return origin if origin.kind != "value" else self._behind(place, name, aliases)
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

    def _behind(self, place: str, name: str, aliases: int) -> Origin | None:
        """What `name` is another name for in the module `place`."""
        shape = self._shape(place, name) if aliases else None
        return self._named(place, shape.target, aliases - 1) if isinstance(shape, Alias) else None

    def _is_dataclass(self, place: str, shape: ClassShape) -> bool:
        return any(self._path(place, each) in _DATACLASS for each in shape.decorators)

    def _all_in(self, place: str, names: Iterable[str | None], known: Set[str]) -> bool:
        return all(self._path(place, each) in known for each in names)

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
