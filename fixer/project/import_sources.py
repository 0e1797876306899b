"""Where an undefined name should be imported from: the sources of evidence, weighed against each other.

In order of trust: what the configuration says; the vocabulary of names that tests use; how the project's
other files import that very name; what the project itself defines; the distributions it declares. Every
candidate must fit each use of the name in the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.finding import Safety
from fixer.frozen import dataclass
from fixer.import_statement import Import
from fixer.project.candidates import Candidates
from fixer.project.fit import is_known, module_fits, needs_submodule, told_by
from fixer.project.modules import folder_of
from fixer.project.ranking import ENOUGH, NOTHING, best_first, has_favourite
from fixer.project.rivals import defined_in_a_branch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.facts.model import Use
    from fixer.known.vocabulary import Known
    from fixer.project.evidence import Definition, Source
    from fixer.project.project import Project

# Folders whose modules are run, built or read, not imported.
_NOT_IMPORTED = """
    benchmarks build ci dev dist doc docs example examples migrations samples scripts tools
"""
# Importing files that have to agree: on something of a library, and where the project defines such a name
# itself.
_ENOUGH_FOR_A_LIBRARY, _ENOUGH_AGAINST_RIVALS = 3, 4
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


class _Weighing(Candidates):
    """The candidates, weighed against each other."""

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
        return Choice((), Safety.SUGGESTION, self.why_nothing())

    def by_vocabulary(self) -> Choice:
        """The vocabulary knows the name; the project may know better."""
        certain = self.certain_entry()
        if not self.files:
            rivals = any(found.kind != "value" for found in self.definitions)
            here = [source for source in self.sources if not is_known(source, self.known)]
            if certain is not None and not rivals and not here and not self.offers:
                return Choice((certain.what,), Safety.SAFE, f"{_module_of(certain)} has it")
            return self.ranked("several things have this name")
        first = self.sources[0]
        agrees = is_known(first, self.known)
        enough = certain is not None or first.votes(self.path) >= ENOUGH
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
        rivalled = rivalled or self.is_offered_elsewhere(first.origin)
        if self.agreed(first) and not rivalled and not self.is_doubtful(first):
            return self.trust(first, self.count(first))
        defined = {self.origin_of(definition).key for definition in self.definitions}
        alone = len(self.sources) == 1 and defined == {first.origin.key}
        alone = alone and self.is_telling(first.origin.kind) and not self.is_offered_elsewhere(first.origin)
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
        likely = whole and what is not None and self.is_meant(first, what)
        if what and likely and not defined_in_a_branch(self.name, self.path, self.project):
            return Choice((what,), self.safety(), f"{first.path} alone defines it")
        return self.ranked(
            f"{len(self.definitions)} modules define it"
            if self.definitions[1:]
            else f"{first.path} defines it"
        )

    def why_nothing(self) -> str:
        """Why there is no candidate. Where a test file was split, the other one still has the name."""
        in_tests = self.fitting(self.project.evidence.in_tests(self.name))
        if not in_tests:
            return "nothing in the project or the standard library has this name"
        first, *others = in_tests
        which = f"{len(in_tests)} test modules define it" if others else f"only {first.path} defines it"
        return f"{which}, and nothing is imported from tests"

    def is_meant(self, definition: Definition, what: Import) -> bool:
        """Whether nothing speaks against the one definition. A plain word (`parse`, `load`) is the name of
        too many functions to be that of a far module from which the file takes nothing."""
        origin = self.origin_of(definition)
        close = (
            self.nearness(definition) == 1 or what.module in self.habits or self.rivals.kinship(origin) > 0
        )
        plain = definition.kind == "function" and self.name.isalpha() and self.name.islower()
        if self.is_offered_elsewhere(origin) or (plain and not close):
            return False
        return self.is_telling(definition.kind) and self.importable(definition, what)

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
            or self.is_folder_alone(source, what)
            or self.is_strange(source, what)
            or needs_submodule(source.origin, self.uses, self.project.origins)
            or self.lacks_attribute(source)
        )
        return Choice((what,), Safety.UNSAFE if unlikely else self.safety(), why)

    def is_folder_alone(self, source: Source, what: Import) -> bool:
        """Whether the dotted name begins with a folder that is no package, and nobody writes it so."""
        if source.origin.kind == "external" or what.module[0] == "." or what.module in source.modules:
            return False
        top = what.module.partition(".")[0]
        if any(module.partition(".")[0] == top for module in self.nearby):
            return False
        return not self.project.modules.begins_with_package(source.origin.place, what.module)

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

    def agreed(self, source: Source) -> bool:
        """Whether the files that import the name all but agree on it, and enough of them do."""
        enough = ENOUGH
        if source.origin.kind == "external":  # libraries have many names, and the project may mean another
            enough = _ENOUGH_AGAINST_RIVALS if self.has_rivals() else _ENOUGH_FOR_A_LIBRARY
        elif not source.is_used_by_tests(self.path) and self.is_defined_elsewhere(source.origin):
            return False  # what the project itself means by it is not what is tested
        return self.all_but_agree(source) and source.votes(self.path) >= enough

    def all_but_agree(self, source: Source) -> bool:
        """Whether nine in ten import it from there: of all files, and of those that count most here."""
        weights = sum(each.weight(self.path) for each in self.sources)
        near = source.weight(self.path) >= _AGREE * weights - NOTHING
        clear = not self.takes_from_another(source) and not self.is_offered_elsewhere(source.origin)
        return near and self.share(source) >= _AGREE and clear

    def takes_from_another(self, source: Source) -> bool:
        """Whether the file takes names from a module that others have this one from, and none from here."""
        taken = self.project.modules_taken_from(self.path)
        others = (each for each in self.sources if each is not source)
        return not taken & source.modules and any(taken & each.modules for each in others)

    def has_rivals(self) -> bool:
        """Whether the project defines something of that name itself."""
        return any(found.kind not in ("value", "module") for found in self.definitions)

    def ranked(self, why: str) -> Choice:
        """Several candidates: the favourite may be asked for, unless it leads by nothing."""
        candidates = best_first(self)
        if not candidates:
            return Choice((), Safety.SUGGESTION, why)
        if self.offers:
            unlike = self.sources and self.is_offered_elsewhere(self.sources[0].origin)
            link = "but" if unlike else "and"
            why = f"the file takes other names from {self.offers[0].what.module}, {link} {why}"
        return Choice(tuple(candidates), Safety.UNSAFE if has_favourite(self) else Safety.SUGGESTION, why)

    def share(self, source: Source) -> float:
        """The votes for it among all that import the name. A package that hands on another thing of that name
        speaks against it, as any other file does."""
        votes = source.votes(self.path)
        others = sum(len(each.paths - {self.path}) for each in self.sources if each is not source)
        return votes / (votes + others) if votes else 0.0

    def count(self, source: Source) -> str:
        origin = source.origin
        place = (
            origin.place
            if origin.name is not None or origin.kind != "external"
            else f"`import {origin.place}`"
        )
        votes = source.votes(self.path)
        if self.files < 2:
            return f"{votes or 'no'} other file imports it from {place}"
        return f"{votes} of {self.files} files import it from {place}"


def _module_of(entry: Known) -> str:
    return f"`{entry.what.module}`" if entry.what.name else "the standard library"
