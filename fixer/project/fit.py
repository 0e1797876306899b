"""Whether something can be what a name stands for, judged by how the name is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.facts.model import Role, Use
from fixer.import_statement import Import
from fixer.known.vocabulary import candidates

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fixer.known.vocabulary import Known
    from fixer.project.evidence import Source
    from fixer.project.origins import Origin, Origins

# https://docs.python.org/3/reference/datamodel.html#modules; `__path__` is one of packages.
_OF_EVERY_MODULE = frozenset(
    {"__name__", "__doc__", "__file__", "__path__", "__dict__", "__spec__", "__loader__", "__package__"}
)


def origin_fits(origin: Origin, uses: Sequence[Use], origins: Origins) -> bool:
    """Whether what the project defines there can be used in all of these ways. Unknown things fit."""
    return all(_fits(origin, use, origins) for use in uses)


def _fits(origin: Origin, use: Use, origins: Origins) -> bool:
    if origin.kind == "module":
        if use.attribute is None:
            return is_like_a_module([use])
        if use.attribute in _OF_EVERY_MODULE:
            return True
        return origins.inside(origin.place, use.attribute) is not None or _open(origin.place, origins)
    if use.attribute is not None or use.role is Role.SUBSCRIPT:
        return origin.kind != "function"  # a plain function has no attributes worth a test's while
    if use.role is Role.BASE:
        return origin.kind != "function"
    if use.role is Role.EXCEPTION:
        return origin.kind != "function" or use.called
    return True


def _open(place: str, origins: Origins) -> bool:
    """Whether the module may have names that its outline does not show."""
    table = origins.table(place)
    return table is None or any(origins.exports(module, place) is None for module in table.stars)


def needs_submodule(origin: Origin, uses: Sequence[Use], origins: Origins) -> bool:
    """Whether it is a package of which a submodule is used that importing the package does not load."""
    table = origins.table(origin.place) if origin.kind == "module" else None
    if table is None:
        return False
    bound = table.imported.keys() | table.defined.keys()
    used = {use.attribute for use in uses if use.attribute is not None} - bound
    found = (origins.inside(origin.place, attribute) for attribute in used)
    return any(inner is not None and inner.kind == "module" for inner in found)


def module_fits(uses: Sequence[Use]) -> bool:
    """Whether a module about which nothing else is known can be used in all of these ways."""
    return all(use.attribute is not None for use in uses)


def is_like_a_module(uses: Sequence[Use]) -> bool:
    """Whether any module can be used in all of these ways."""
    return all(use.attribute is not None or (not use.called and use.role is Role.VALUE) for use in uses)


def known_fits(entry: Known, uses: Sequence[Use]) -> bool:
    """Whether an entry of the vocabulary can be used in all of these ways; one of a submodule, whether that
    is used, too."""
    if entry.what.submodule is None:
        return all(_known_fits(entry, use) for use in uses)
    plain = Import(entry.what.bound)  # what the package has by itself is bound by the same import
    package = next((each for each in candidates(plain.bound) if each.what == plain), entry)
    asking = [_asks_for(entry.what, use) for use in uses]
    others = (use for use, asks in zip(uses, asking, strict=True) if not asks)
    return any(asking) and all(_known_fits(package, use) for use in others)


def _known_fits(entry: Known, use: Use) -> bool:
    return entry.fits(use.attribute, use.called, use.role.value)


def _asks_for(what: Import, use: Use) -> bool:
    """Whether the use may be one of the submodule that `import package.submodule` loads, and if that is a
    part of another one, of that part."""
    if use.attribute is None or use.attribute != what.submodule:
        return False
    inner = what.module.split(".")[2:3]
    return use.further is None or inner in ([], [use.further])


def by_submodule(known: Sequence[Known], uses: Sequence[Use]) -> list[list[Use]]:
    """The uses in groups that need one submodule each of a package that loads none, where they need several;
    those that need none go with the first. One group where one import is enough."""
    loading = [entry.what for entry in known if entry.what.submodule is not None]
    groups: dict[Import | None, list[Use]] = {}
    for use in uses:
        groups.setdefault(next((what for what in loading if _asks_for(what, use)), None), []).append(use)
    rest = groups.pop(None, [])
    first, *others = [*groups.values()] or [[]]
    return [[*first, *rest], *others]


def loading_submodules(
    what: Import, uses: Sequence[Use], path: str, origins: Origins, others: Iterable[Import]
) -> list[Import]:
    """`import package`, with the submodules of it that are used and that importing it does not load; of
    several those that the `others`, which the file imports anyway, do not load."""
    if what.name is not None or what.asname is not None or "." in what.module:
        return [what]
    used = dict.fromkeys(_loading(what.module, use, path, origins) for use in uses)
    modules = [each for each in used if each != what.module]
    loaded = [f"{each.module}.{each.name or ''}." for each in others]
    lacking = [each for each in modules if not any(other.startswith(f"{each}.") for other in loaded)]
    return [Import(each) for each in lacking or modules[:1]] or [what]


def _loading(package: str, use: Use, path: str, origins: Origins) -> str:
    """The module to import so that the use finds all of the modules that it names."""
    module = package
    place = origins.modules.find(package, path)
    for attribute in (use.attribute, use.further):
        table = origins.table(place) if place is not None else None
        if table is None or attribute is None or place is None:
            break
        inner = origins.inside(place, attribute)
        if attribute in table.imported or inner is None or inner.kind != "module":
            break
        module, place = f"{module}.{attribute}", inner.place
    return module


def told_by(entry: Known, uses: Sequence[Use]) -> bool:
    """Whether one of these uses, all of which fit, is proof enough that the entry is meant."""
    return any(entry.told_by(use.attribute, use.called) for use in uses)


def is_known(source: Source, known: Sequence[Known]) -> bool:
    return any(is_same(entry, source.origin) for entry in known)


def is_same(entry: Known, origin: Origin) -> bool:
    what = entry.what
    return origin.kind == "external" and (what.module, what.name) == (origin.place, origin.name)


def is_unknown(origin: Origin) -> bool:
    """Whether nothing is known of what the project imports there."""
    return origin.kind == "external" and origin.name is not None
