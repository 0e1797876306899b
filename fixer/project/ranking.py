"""Several candidates for one name: their order, and whether the first is a favourite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.project.fit import is_same, is_unknown, told_by

if TYPE_CHECKING:
    from fixer.import_statement import Import
    from fixer.project.candidates import Candidates
    from fixer.project.evidence import Definition, Source

ENOUGH = 2  # importing files that have to agree on something of the project
NOTHING = 1e-9  # sums of weights differ by less between Pythons


def best_first(name: Candidates) -> list[Import]:
    """Every candidate: what the modules that the file uses offer, then the project's habit by nearness."""
    by_weight = sorted(name.sources, key=lambda source: _weight(source, name), reverse=True)
    sources = [name.project.spell(source, name.path) for source in by_weight]
    known = [entry.what for entry in name.known]
    found = [*known, *sources] if _vocabulary_first(name) else [*sources, *known]
    offered = (offer.what for offer in name.offers)
    better = map(name.spell_definition, _better_definitions(name))
    others = map(name.spell_definition, name.definitions[:5])
    listed = (*offered, *better, *found, *others)
    return list(dict.fromkeys(what for what in listed if what is not None))[:6]


def has_favourite(name: Candidates) -> bool:
    """Whether the first candidate may be asked for, or leads by nothing."""
    if name.offers:
        return len({offer.origin.key for offer in name.offers}) == 1
    weights = [_weight(source, name) for source in name.sources]
    better = _better_definitions(name)
    if _vocabulary_first(name) or len(better) == 1:
        return True
    if better:
        return name.nearness(better[0]) > name.nearness(better[1])
    if weights and not name.files and len(name.definitions) > 1:
        return False  # packages hand one of them on, and nobody says which is meant
    if weights:
        return max(weights) > 0.5 * sum(weights) + NOTHING
    if name.known:
        first = name.known[0]
        told = first.kind != "module" and any(use.called for use in name.uses)
        alone = len(name.known) == 1 or first.what.module == "unittest.mock"
        return alone and (told or not first.generic)
    near = [name.nearness(found) for found in name.definitions[:2]]
    kinds_fit = name.is_telling(name.definitions[0].kind)
    return kinds_fit and (len(near) == 1 or near[0] > near[1])


def _better_definitions(name: Candidates) -> list[Definition]:
    """The definitions that speak for themselves more than who imports the name does."""
    rivals = name.rivals
    if all(rivals.is_about_another(source.origin) for source in name.sources):
        akin = [found for found in name.definitions if rivals.kinship(name.origin_of(found))]
        if akin:
            return [found for found in akin if not rivals.is_about_another(name.origin_of(found))]
    if name.sources and all(map(rivals.has_nearer, name.sources)):
        return [found for found in name.definitions if name.is_telling(found.kind)]
    if (name.known and not name.sources) or not all(map(name.is_doubtful, name.sources)):
        return []
    return name.modules_with_it


def _weight(source: Source, name: Candidates) -> float:
    """What the importers say: four times as much for a module that the file imports from already, all
    where the file is named after it, nothing where an attribute speaks against it."""
    if name.rivals.kinship(source.origin) and not name.rivals.is_about_another(source.origin):
        return 1 / NOTHING
    if name.is_doubtful(source):
        return NOTHING
    return source.weight(name.path) * (1 if name.habits.isdisjoint(source.modules) else 4)


def _vocabulary_first(name: Candidates) -> bool:
    """Whether an attribute of the name speaks for a module of the vocabulary, while nothing is known of
    what the project imports under that name; or whether one file alone speaks against a mock."""
    if name.known and name.known[0].what.module == "unittest.mock" and 0 < name.files < ENOUGH:
        return all(is_unknown(each.origin) for each in name.sources)
    return (
        len(name.known) == 1
        and name.known[0].kind == "module"
        and name.known[0].generic
        and told_by(name.known[0], name.uses)
        and all(is_same(name.known[0], each.origin) or is_unknown(each.origin) for each in name.sources)
    )
