"""What the modules that a file takes other names from say about a name that it lost."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from fixer.frozen import dataclass
from fixer.import_statement import Import
from fixer.known.star_exports import star_exports
from fixer.project.evidence import is_test_module
from fixer.project.fit import is_same, known_fits, origin_fits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.model import Use
    from fixer.known.vocabulary import Known
    from fixer.project.origins import Origin
    from fixer.project.project import Project


@dataclass(frozen=True, slots=True)
class Offer:
    """`what` could be one more name of a module that the file takes names from; it leads to `origin`."""

    what: Import
    origin: Origin


def offers(
    name: str, uses: Sequence[Use], path: str, known: Sequence[Known], project: Project
) -> list[Offer]:
    """What the modules that the file takes names from offer under that name, as far as it fits the uses. What
    the vocabulary says (`known`) needs no second voice."""
    return [
        offer
        for offer in _all(name, path, project)
        if _fits(offer, uses, project) and not any(is_same(entry, offer.origin) for entry in known)
    ]


def _all(name: str, path: str, project: Project) -> Iterator[Offer]:
    for module in sorted(project.modules_taken_from(path)):
        what = Import(module, name)
        place = project.modules.find(module, path)
        if place is None:
            if name in (star_exports(module) or ()) and name not in sys.stdlib_module_names:
                origin = project.origins.of(what, path)
                if origin is not None:
                    yield Offer(what, origin)
        elif not is_test_module(place) and _is_offered(name, place, project):
            origin = project.origins.of(what, path)
            if origin is not None and origin.kind != "external":
                yield Offer(what, origin)


def _is_offered(name: str, place: str, project: Project) -> bool:
    """Whether the outline of the module shows the name. What a module has imported for its own use is not
    offered; a package hands on what it imports of the project."""
    table = project.origins.table(place)
    if table is None:
        return False
    return name in table.defined or (place.endswith("__init__.py") and name in table.imported)


def _fits(offer: Offer, uses: Sequence[Use], project: Project) -> bool:
    if offer.origin.kind != "external":
        return offer.origin.kind != "fixture" and origin_fits(offer.origin, uses, project.origins)
    entry = project.known_import(offer.what.bound, offer.what)
    return entry is None or known_fits(entry, uses)
