"""What an undefined name may stand for in one file: all that is known of it and fits its uses there."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from fixer.import_statement import Import
from fixer.project.attributes import mentions
from fixer.project.evidence import Definition, Source, nearness
from fixer.project.fit import is_known, is_like_a_module, known_fits, origin_fits
from fixer.project.leftovers import offers
from fixer.project.modules import folder_of
from fixer.project.origins import Origin
from fixer.project.rivals import Rivals
from fixer.project.spelling import spell_origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fixer.facts.model import Use
    from fixer.project.project import Project


class Candidates:
    """One name in one file: the vocabulary's entries, the places that others import it from (`sources`, by
    `files` files in all), the project's definitions, the nearest first, and what the modules have that the
    file takes names from (`offers`)."""

    def __init__(self, name: str, uses: Sequence[Use], path: str, project: Project) -> None:
        self.name = name
        self.uses = uses
        self.path = path
        self.project = project
        # In a test, mocking is what a name that several modules have is most likely about.
        # Of two modules that offer the same thing, the one that the file imports from already.
        self.habits = project.imported_modules(path)
        self.known = sorted(
            project.vocabulary(name, uses),
            key=lambda entry: (
                entry.what.module != "unittest.mock",
                entry.what.module not in self.habits,
                not entry.default,
            ),
        )
        sources = project.evidence.sources(name)
        self.sources = [source for source in sources if self.source_fits(source)]
        self.files = sum(source.votes(path) for source in self.sources)
        self.definitions = self.fitting_definitions()
        self.offers = offers(name, uses, path, self.known, project)
        self._mentions: dict[Source, bool] = {}
        telling = [self.origin_of(found) for found in self.definitions if self.is_telling(found.kind)]
        self.rivals = Rivals(path, tuple(telling))

    def source_fits(self, source: Source) -> bool:
        origin = source.origin
        entry = None
        if origin.kind == "external":
            entry = self.project.known_import(self.name, Import(origin.place, origin.name))
        if entry is not None:
            return known_fits(entry, self.uses)
        submodule = source.importers[0].what.submodule
        if submodule is not None:  # then the name is the package, and this is what it was loaded for
            return all(use.attribute == submodule for use in self.uses)
        if origin.kind != "external":
            return origin_fits(origin, self.uses, self.project.origins)
        if origin.place == "_typeshed":
            return False  # exists for type checkers alone
        return origin.name is not None or is_like_a_module(self.uses)

    def fitting_definitions(self) -> list[Definition]:
        return self.fitting(self.project.evidence.definitions(self.name))

    def fitting(self, definitions: Iterable[Definition]) -> list[Definition]:
        """Those of other files that can be what is used, the nearest first."""
        found = [
            definition
            for definition in definitions
            if definition.path != self.path
            and origin_fits(self.origin_of(definition), self.uses, self.project.origins)
        ]
        return sorted(found, key=lambda each: (-self.nearness(each), each.kind != "module", each.path))

    def origin_of(self, definition: Definition) -> Origin:
        name = None if definition.kind == "module" else self.name
        return Origin(definition.path, name, definition.kind)

    def spell_definition(self, definition: Definition) -> Import | None:
        project = self.project
        return spell_origin(self.origin_of(definition), self.name, self.path, project.modules, self.nearby)

    @property
    def nearby(self) -> frozenset[str]:
        """The modules that the file and its neighbours import."""
        return self.habits | self.project.imported_nearby(self.path)

    def mentions(self, source: Source) -> bool:
        """Whether its own file, or one that imports it, mentions all attributes that are used of it."""
        if source not in self._mentions:
            attributes = {use.attribute for use in self.uses if use.attribute is not None}
            self._mentions[source] = mentions(source, self.name, attributes, self.path, self.project)
        return self._mentions[source]

    def lacks_attribute(self, source: Source) -> bool:
        """Whether an attribute is used of it that nobody mentions. Modules of libraries have too many."""
        external = source.origin.kind == "external"
        return not (external and source.origin.name is None) and not self.mentions(source)

    @cached_property
    def modules_with_it(self) -> list[Definition]:
        """The modules of the project that have all that is used of the name."""
        return [found for found in self.definitions if found.kind == "module"]

    def is_doubtful(self, source: Source) -> bool:
        """Whether nobody mentions a used attribute of it, while another thing of that name has it; or it is
        some value, and a module of that name defines all that is used."""
        if source.origin.kind == "value" and self.modules_with_it and any(use.attribute for use in self.uses):
            return True
        sure = source.origin.kind == "module" or is_known(source, self.known)
        if sure or not self.lacks_attribute(source):
            return False
        return bool(self.modules_with_it) or any(map(self.mentions, self.sources))

    def is_offered_elsewhere(self, origin: Origin) -> bool:
        """Whether a module that the file takes names from has another thing of that name."""
        offered = {offer.origin.key for offer in self.offers}
        return bool(offered) and origin.key not in offered

    def is_defined_elsewhere(self, origin: Origin) -> bool:
        """Whether the project defines another thing of that name that can be meant."""
        others = (found for found in self.definitions if self.origin_of(found).key != origin.key)
        return any(found.kind not in ("value", "module") for found in others)

    def is_telling(self, kind: str) -> bool:
        """Whether one definition alone can be meant: any module may have a value called `client`."""
        return kind != "value" or self.name.isupper()

    def nearness(self, definition: Definition) -> float:
        return nearness(folder_of(self.path), folder_of(definition.path))
