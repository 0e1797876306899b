"""Where an undefined name should be imported from: the sources of evidence, weighed against each other.

In order of trust: what the configuration says; the vocabulary of names that tests use; how the project's
other files import that very name; what the project itself defines; the distributions it declares. Every
candidate must fit each use of the name in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fixer.finding import Safety
from fixer.import_statement import Import
from fixer.project.attributes import mentions
from fixer.project.evidence import Definition, Source, nearness
from fixer.project.fit import (
    is_known,
    is_like_a_module,
    is_same,
    is_unknown,
    known_fits,
    module_fits,
    needs_submodule,
    origin_fits,
    told_by,
)
from fixer.project.modules import folder_of
from fixer.project.origins import Origin
from fixer.project.rivals import Rivals, defined_in_a_branch
from fixer.project.spelling import spell_origin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.facts.model import Use
    from fixer.known.vocabulary import Known
    from fixer.project.project import Project

# Folders whose modules are run, built or read, not imported.
_NOT_IMPORTED = """
    benchmarks build ci dev dist doc docs example examples migrations samples scripts tools
"""
# Importing files that have to agree: on something of the project, of a library, and of a library where the
# project defines such a name itself.
_ENOUGH, _ENOUGH_FOR_A_LIBRARY, _ENOUGH_AGAINST_RIVALS = 2, 3, 4
_NOTHING = 1e-9  # sums of weights differ by less between Pythons
_AGREE = 0.9  # the share of importing files that must agree before their word is safe


@dataclass(frozen=True, slots=True)
class Choice:
    """The candidates, best first. `safety` says how far the first may be trusted, `why` on what grounds.

    SUGGESTION with no candidate: nothing is known of the name.
    """

    candidates: tuple[Import, ...]
    safety: Safety
    why: str


def choose_import(name: str, uses: Sequence[Use], path: str, project: Project) -> Choice:
    """Where the file `path`, which uses `name` in the ways of `uses`, should import it from."""
    decided = project.settings.imports.get(name)
    if decided is not None:
        return Choice((decided,), Safety.SAFE, "as [tool.testfix.imports] says")
    return _Weighing(name, uses, path, project).choice()


class _Weighing:
    """One name in one file."""

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
        found = [
            definition
            for definition in self.project.evidence.definitions(self.name)
            if definition.path != self.path
            and origin_fits(self.origin_of(definition), self.uses, self.project.origins)
        ]
        return sorted(found, key=lambda each: (-self.nearness(each), each.kind != "module", each.path))

    def origin_of(self, definition: Definition) -> Origin:
        name = None if definition.kind == "module" else self.name
        return Origin(definition.path, name, definition.kind)

    def choice(self) -> Choice:
        if self.known:
            return self.by_vocabulary()
        if self.sources:
            return self.by_importers()
        if self.definitions:
            return self.by_definitions()
        if self.name in self.project.declared.imports and module_fits(self.uses):
            why = f"`{self.name}` is a module of a distribution that the project declares"
            return Choice((Import(self.name),), Safety.UNSAFE, why)
        return Choice((), Safety.SUGGESTION, "nothing in the project or the standard library has this name")

    def by_vocabulary(self) -> Choice:
        """The vocabulary knows the name; the project may know better."""
        certain = self.certain_entry()
        if not self.files:
            rivals = any(found.kind != "value" for found in self.definitions)
            here = [source for source in self.sources if not is_known(source, self.known)]
            if certain is not None and not rivals and not here:
                return Choice((certain.what,), Safety.SAFE, f"{_module_of(certain)} has it")
            return self.ranked("several things have this name")
        first = self.sources[0]
        agrees = is_known(first, self.known)
        enough = certain is not None or first.votes(self.path) >= _ENOUGH
        unlike = self.is_used_to_another(first) or self.rivals.is_about_another(first.origin)
        if agrees and enough and self.all_but_agree(first) and not unlike:
            return self.trust(first, self.count(first))
        if certain is not None and not agrees:
            return self.ranked(f"{_module_of(certain)} has it, but {self.count(first)}")
        if not agrees and self.agreed(first):
            return self.trust(first, self.count(first))
        return self.ranked(self.count(first))

    def is_used_to_another(self, source: Source) -> bool:
        """Whether the file imports from another module that has such a name, and not from this one: what
        most files mean by `time` says little to one that takes names from `datetime`."""
        modules = self.project.modules_taken_from(self.path)
        return source.origin.place not in modules and any(
            entry.what.name is not None and entry.what.module in modules and not entry.equivalent
            for entry in self.known
        )

    def certain_entry(self) -> Known | None:
        """The one entry of the vocabulary that needs no other evidence."""
        usual = [entry for entry in self.known if entry.default] or self.known
        if len(usual) != 1 or not told_by(usual[0], self.uses):
            return None
        if usual[0].since or usual[0].until:
            return None  # some supported Python lacks it: only the project knows whether that matters
        if usual[0].kind != "module" and self.name in self.project.evidence.fixtures:
            return None
        first = self.known[0]
        return first if first.equivalent and usual[0].equivalent else usual[0]

    def by_importers(self) -> Choice:
        """Only the project knows the name, and files of it import it."""
        first = self.sources[0]
        rivalled = self.rivals.is_about_another(first.origin) or self.rivals.has_nearer(first)
        if self.agreed(first) and not rivalled and not self.is_doubtful(first):
            return self.trust(first, self.count(first))
        defined = {self.origin_of(definition).key for definition in self.definitions}
        alone = len(self.sources) == 1 and defined == {first.origin.key}
        alone = alone and self.is_telling(first.origin.kind)
        if alone and not defined_in_a_branch(self.name, self.path, self.project):
            return self.trust(first, f"{first.origin.place} alone defines it, and {self.count(first)}")
        return self.ranked(self.count(first))

    def by_definitions(self) -> Choice:
        """Nobody imports the name, but modules of the project define it."""
        first = self.definitions[0]
        public = not self.name.startswith("_") and "/_" not in f"/{first.path}".replace("/__init__", "")
        public = public and self.name not in self.project.declared.imports  # else a library's module as well
        what = self.spell_definition(first) if len(self.definitions) == 1 and public else None
        told = first.kind != "module" or any(use.attribute for use in self.uses)  # else any value would do
        whole = told and not needs_submodule(self.origin_of(first), self.uses, self.project.origins)
        likely = whole and self.is_telling(first.kind) and what is not None and self.importable(first, what)
        if what and likely and not defined_in_a_branch(self.name, self.path, self.project):
            return Choice((what,), self.safety(), f"{first.path} alone defines it")
        return self.ranked(
            f"{len(self.definitions)} modules define it"
            if self.definitions[1:]
            else f"{first.path} defines it"
        )

    def spell_definition(self, definition: Definition) -> Import | None:
        project = self.project
        return spell_origin(self.origin_of(definition), self.name, self.path, project.modules, self.nearby)

    @property
    def nearby(self) -> frozenset[str]:
        """The modules that the file and its neighbours import."""
        return self.habits | self.project.imported_nearby(self.path)

    def importable(self, definition: Definition, what: Import) -> bool:
        """Whether the module is surely meant to be imported so: the files around do it, it lies in a package
        that is no folder of scripts, or beside the test."""
        top = what.module.partition(".")[0]
        if any(module.partition(".")[0] == top for module in self.nearby):
            return True
        modules = self.project.modules
        if folder_of(definition.path) == modules.base_folder(self.path) != "":
            return True
        in_package = modules.begins_with_package(definition.path, what.module) and "/" in definition.path
        return in_package and top not in _NOT_IMPORTED.split()

    def trust(self, source: Source, why: str) -> Choice:
        what = self.project.spell(source, self.path)
        if what is None:
            return Choice((), Safety.SUGGESTION, f"{why}, in a way that does not work in this file")
        if is_known(source, self.known):
            return Choice((what,), Safety.SAFE, why)
        unlikely = (
            source.typing_only
            or self.is_strange(source, what)
            or needs_submodule(source.origin, self.uses, self.project.origins)
            or self.lacks_attribute(source)
        )
        return Choice((what,), Safety.UNSAFE if unlikely else self.safety(), why)

    def safety(self) -> Safety:
        """What the project's own evidence is worth at best: the name may as well stand for a fixture that is
        not requested, or for a local variable of another function of the file."""
        elsewhere = self.project.facts[self.path].local | self.project.evidence.fixtures
        return Safety.UNSAFE if self.name in elsewhere else Safety.SAFE

    def is_strange(self, source: Source, what: Import) -> bool:
        """Whether something else may be called so, and this has nothing to do with the file: no file of the
        same top folder imports it, and nothing is imported from there, by the file itself where it is of a
        library, by it or its neighbours where it is a value of the project."""
        external = source.origin.kind == "external"
        if what.module[0] == "." or (not external and self.is_telling(source.origin.kind)):
            return False
        top = self.path.partition("/")[0]
        if any(folder.partition("/")[0] == top for folder, _ in source.by_folder):
            return False
        package = what.module.partition(".")[0]
        return all(each.partition(".")[0] != package for each in (self.habits if external else self.nearby))

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
        """Whether nobody mentions a used attribute of it, while another thing of that name has it."""
        sure = source.origin.kind == "module" or is_known(source, self.known)
        if sure or not self.lacks_attribute(source):
            return False
        return bool(self.modules_with_it) or any(map(self.mentions, self.sources))

    def agreed(self, source: Source) -> bool:
        """Whether the files that import the name all but agree on it, and enough of them do."""
        enough = _ENOUGH
        if source.origin.kind == "external":  # libraries have many names, and the project may mean another
            enough = _ENOUGH_AGAINST_RIVALS if self.has_rivals() else _ENOUGH_FOR_A_LIBRARY
        return self.all_but_agree(source) and source.votes(self.path) >= enough

    def all_but_agree(self, source: Source) -> bool:
        """Whether nine in ten import it from there: of all files, and of those that count most here."""
        weights = sum(each.weight(self.path) for each in self.sources)
        near = source.weight(self.path) >= _AGREE * weights - _NOTHING
        return near and self.share(source) >= _AGREE and not self.takes_from_another(source)

    def takes_from_another(self, source: Source) -> bool:
        """Whether the file takes names from a module that others have this one from, and none from here."""
        taken = self.project.modules_taken_from(self.path)
        others = (each for each in self.sources if each is not source)
        return not taken & source.modules and any(taken & each.modules for each in others)

    def has_rivals(self) -> bool:
        """Whether the project defines something of that name itself."""
        return any(found.kind not in ("value", "module") for found in self.definitions)

    def is_telling(self, kind: str) -> bool:
        """Whether one definition alone can be meant: any module may have a value called `client`."""
        return kind != "value" or self.name.isupper()

    def ranked(self, why: str) -> Choice:
        """Several candidates: the favourite may be asked for, unless it leads by nothing."""
        candidates = self.candidates()
        if not candidates:
            return Choice((), Safety.SUGGESTION, why)
        return Choice(tuple(candidates), Safety.UNSAFE if self.favourite() else Safety.SUGGESTION, why)

    def favourite(self) -> bool:
        weights = [self.weight(source) for source in self.sources]
        better = self.better_definitions()
        if self.vocabulary_first() or len(better) == 1:
            return True
        if better:
            return self.nearness(better[0]) > self.nearness(better[1])
        if weights:
            return max(weights) > 0.5 * sum(weights) + _NOTHING
        if self.known:
            first = self.known[0]
            told = first.kind != "module" and any(use.called for use in self.uses)
            alone = len(self.known) == 1 or first.what.module == "unittest.mock"
            return alone and (told or not first.generic)
        near = [self.nearness(found) for found in self.definitions[:2]]
        kinds_fit = self.is_telling(self.definitions[0].kind)
        return kinds_fit and (len(near) == 1 or near[0] > near[1])

    def candidates(self) -> list[Import]:
        """Every candidate, the project's own habit first, weighed by nearness."""
        spell = self.project.spell
        sources = [spell(source, self.path) for source in sorted(self.sources, key=self.weight, reverse=True)]
        known = [entry.what for entry in self.known]
        found = [*known, *sources] if self.vocabulary_first() else [*sources, *known]
        better = map(self.spell_definition, self.better_definitions())
        others = map(self.spell_definition, self.definitions[:5])
        return list(dict.fromkeys(what for what in (*better, *found, *others) if what is not None))[:6]

    def better_definitions(self) -> list[Definition]:
        """The definitions that speak for themselves more than who imports the name does."""
        rivals = self.rivals
        if all(rivals.is_about_another(source.origin) for source in self.sources):
            akin = [found for found in self.definitions if rivals.kinship(self.origin_of(found))]
            if akin:
                return [found for found in akin if not rivals.is_about_another(self.origin_of(found))]
        if self.sources and all(map(rivals.has_nearer, self.sources)):
            return [found for found in self.definitions if self.is_telling(found.kind)]
        if (self.known and not self.sources) or not all(map(self.is_doubtful, self.sources)):
            return []
        return self.modules_with_it

    def nearness(self, definition: Definition) -> float:
        return nearness(folder_of(self.path), folder_of(definition.path))

    def weight(self, source: Source) -> float:
        """What the importers say: four times as much for a module that the file imports from already, all
        where the file is named after it, nothing where an attribute speaks against it."""
        if self.rivals.kinship(source.origin) and not self.rivals.is_about_another(source.origin):
            return 1 / _NOTHING
        if self.is_doubtful(source):
            return _NOTHING
        return source.weight(self.path) * (1 if self.habits.isdisjoint(source.modules) else 4)

    def vocabulary_first(self) -> bool:
        """Whether an attribute of the name speaks for a module of the vocabulary, while nothing is known of
        what the project imports under that name; or whether one file alone speaks against a mock."""
        if self.known and self.known[0].what.module == "unittest.mock" and 0 < self.files < _ENOUGH:
            return all(is_unknown(each.origin) for each in self.sources)
        return (
            len(self.known) == 1
            and self.known[0].kind == "module"
            and self.known[0].generic
            and told_by(self.known[0], self.uses)
            and all(is_same(self.known[0], each.origin) or is_unknown(each.origin) for each in self.sources)
        )

    def share(self, source: Source) -> float:
        return source.votes(self.path) / self.files if self.files else 0.0

    def count(self, source: Source) -> str:
        origin = source.origin
        place = (
            origin.place
            if origin.name is not None or origin.kind != "external"
            else f"`import {origin.place}`"
        )
        if self.files < 2:
            return f"{self.files or 'no'} other file imports it from {place}"
        return f"{source.votes(self.path)} of {self.files} files import it from {place}"


def _module_of(entry: Known) -> str:
    return f"`{entry.what.module}`" if entry.what.name else "the standard library"
