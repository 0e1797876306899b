"""Whether something can be what a name stands for, judged by how the name is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.facts.model import Role, Use

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.known.vocabulary import Known
    from fixer.project.evidence import Source
    from fixer.project.origins import Origin, Origins


def origin_fits(origin: Origin, uses: Sequence[Use], origins: Origins) -> bool:
    """Whether what the project defines there can be used in all of these ways. Unknown things fit."""
    return all(_fits(origin, use, origins) for use in uses)


def _fits(origin: Origin, use: Use, origins: Origins) -> bool:
    if origin.kind == "module":
        if use.attribute is None:
            return is_like_a_module([use])
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
    """Whether an entry of the vocabulary can be used in all of these ways."""
    return all(entry.fits(use.attribute, use.called, use.role.value) for use in uses)


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
