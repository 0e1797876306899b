"""What is known of the project as a whole: the rules' one window on everything outside a file."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from fixer.facts.call_model import Calls
from fixer.frozen import dataclass
from fixer.import_statement import Import
from fixer.keyword_tables import KwargsSettings, Rewrite
from fixer.known import vocabulary
from fixer.known.plugin_fixtures import who_provides
from fixer.known.star_exports import star_exports
from fixer.project.attributes import is_own_module
from fixer.project.evidence import Evidence
from fixer.project.fit import known_fits
from fixer.project.fixtures.explain import has_method, requests, unrequested, untaken
from fixer.project.fixtures.interchangeable import interchangeable
from fixer.project.fixtures.model import FixtureModel
from fixer.project.keywords import Keywords, Refused
from fixer.project.modules import Modules, folder_of
from fixer.project.origins import Origins
from fixer.project.own_callees import OwnCallees
from fixer.project.own_calls import UnknownKeyword, unknown_keywords
from fixer.project.rivals import is_rather_requested
from fixer.project.spelling import spell
from fixer.project.submodules import bound_submodules
from fixer.project.unguarded import Unguarded, unguarded
from fixer.project.versions import Versions
from fixer.recipe_tables import Recipes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fixer.facts.model import Facts, Use
    from fixer.known.vocabulary import Known
    from fixer.project.dependencies import Declared
    from fixer.project.evidence import Source
    from fixer.project.fixtures.explain import Unrequested
    from fixer.project.fixtures.interchangeable import Interchangeable
    from fixer.project.loader import Loader
    from fixer.project.mock_evidence import MockEvidence


_NEIGHBOURS = 30  # files of a folder whose habits count


@dataclass(frozen=True, slots=True)
class Settings:
    """The part of the configuration that rules read."""

    imports: Mapping[str, Import] = field(default_factory=dict)
    renames: Mapping[str, str] = field(default_factory=dict)
    mock_style: str | None = None
    kwargs: KwargsSettings = field(default_factory=KwargsSettings)
    recipes: Recipes = field(default_factory=Recipes)
    endpoints: Mapping[str, str] = field(default_factory=dict)


class Project:
    """`facts` are those of the files under judgement, by path."""

    def __init__(self, facts: Mapping[str, Facts], loader: Loader, settings: Settings) -> None:
        self.facts = facts
        self.loader = loader
        self.settings = settings
        self._unrequested: dict[str, Sequence[Unrequested]] = {}
        self._rather_requested: dict[str, bool] = {}
        self._spelled: dict[tuple[Source, str, frozenset[str]], Import | None] = {}
        self._imported: dict[str, frozenset[Import]] = {}
        self._nearby: dict[str, frozenset[str]] = {}
        self._unknown: dict[str, tuple[UnknownKeyword, ...]] = {}
        self._refused: dict[str, tuple[Refused, ...]] = {}
        self._unguarded: dict[str, tuple[Unguarded, ...]] = {}

    @cached_property
    def modules(self) -> Modules:
        loader = self.loader
        return Modules(
            loader.python_files(), loader.search_paths(), loader.declared().imports, loader.project_folders()
        )

    @cached_property
    def fixtures(self) -> FixtureModel:
        """Which fixtures the tests of the project see."""
        loader = self.loader
        return FixtureModel(
            self.modules,
            loader.body,
            loader.configurations(),
            loader.surroundings(),
            loader.mentioning,
            star_exports,
            loader.facts,
            loader.declared().imports,
            loader.occurrences,
            loader.look_ups,
            loader.statements,
            self.settings.recipes.fixtures,
        )

    def unrequested(self, facts: Facts) -> Sequence[Unrequested]:
        """The undefined uses of a file that are explained by a fixture which is not requested there."""
        known = self._unrequested.get(facts.path)
        if known is None:
            names = {use.name for use in facts.undefined if use.deferred and not use.guarded}
            if names:
                names -= self.bound_unseen(facts)
            handed = untaken(facts.path, self.fixtures) if names or facts.decorated else {}
            worth = {name for name in names if name in handed or self._may_be_fixture(name, facts)}
            asked = worth or facts.decorated
            known = unrequested(facts, self.fixtures, worth, handed) if asked else ()
            self._unrequested[facts.path] = known
        return known

    @cached_property
    def interchangeable(self) -> Mapping[str, Sequence[Interchangeable]]:
        """By a fixture's name: the sets of equal declarations of it."""
        return interchangeable(self.fixtures, self.loader.statements)

    def bound_unseen(self, facts: Facts) -> frozenset[str]:
        """The names that the file has without binding them in a way the compiler sees: from star imports that
        can be followed, at run time under a literal name, as builtins that the project adds, or as
        submodules of the package that it is."""
        stars = (self.star_exports(module, facts.path) or () for module in facts.star_imports)
        used = {use.name for use in facts.undefined}
        submodules = bound_submodules(facts.path, used, self.modules, self.loader.outline)
        return self.builtins.union(facts.injected, submodules, *stars)

    def _may_be_fixture(self, name: str, facts: Facts) -> bool:
        """Whether a fixture of that name is known, and is more likely meant than something to import."""
        bound_elsewhere = name in facts.local  # else no method and no parameter of the file has that name
        if name not in self.evidence.fixtures and not who_provides(name):
            body = self.loader.body(facts.path) if bound_elsewhere else None
            if body is None or not has_method(body, name):
                return False
        uses = [use for use in facts.undefined if use.name == name]
        known = self.vocabulary(name, uses)
        imported = self.evidence.sources(name)
        if not known and not imported and not is_own_module(name, uses, self):
            return True
        body = self.loader.body(facts.path) if bound_elsewhere else None
        if body is not None and requests(body, name):  # another test of the file that requests it decides
            return True
        if known or not imported:
            return False
        if name not in self._rather_requested:
            self._rather_requested[name] = is_rather_requested(name, self)
        return self._rather_requested[name]

    @cached_property
    def origins(self) -> Origins:
        return Origins(self.modules, self.loader.outline, self.loader.bound_names)

    @cached_property
    def declared(self) -> Declared:
        return self.loader.declared()

    @cached_property
    def versions(self) -> Versions:
        """Which version of a package holds where."""
        said = self.loader.manifests()
        return Versions(
            said.requirements, said.included, self.settings.kwargs.versions, self.loader.installed()
        )

    @cached_property
    def keywords(self) -> Keywords:
        """Which keywords known callees refuse."""
        return Keywords(
            self.settings.kwargs,
            lambda package, path: self.versions.of(package, path),
            self._is_own_module,
        )

    def _is_own_module(self, module: str, path: str) -> bool:
        found = self.modules.find(module, path) if module.isidentifier() else None
        return found is not None and found.endswith(".py")  # an installed package wins over a bare folder

    def refused_keywords(self, facts: Facts) -> tuple[Refused, ...]:
        """The keywords that callees of known libraries refuse, in the calls of one file."""
        own = self.settings.kwargs.callees
        if not facts.calls.calls and not own:
            return ()
        if facts.path not in self._refused:
            calls = self.loader.calls(facts.path, own) if own and facts.problem is None else Calls()
            listed = {(call.span, call.callee): call for call in (*facts.calls.calls, *calls.calls)}
            together = Calls(tuple(listed.values()), facts.calls.attributes | calls.attributes)
            self._refused[facts.path] = tuple(self.keywords.refused(together, facts.path))
        return self._refused[facts.path]

    @cached_property
    def own_callees(self) -> OwnCallees:
        """What the project's own functions and classes take."""
        loader = self.loader
        return OwnCallees(self.origins, self.modules, loader.definitions, loader.may_lack)

    def unknown_keywords(self, path: str) -> tuple[UnknownKeyword, ...]:
        """The keywords that the project's own callees do not have, in the calls of one file."""
        if path not in self._unknown:
            self._unknown[path] = tuple(unknown_keywords(path, self))
        return self._unknown[path]

    def unguarded(self, path: str) -> tuple[Unguarded, ...]:
        """The tests and fixtures of one file that reach a declared service and fail where it is down."""
        if path not in self._unguarded:
            self._unguarded[path] = tuple(unguarded(path, self))
        return self._unguarded[path]

    def own_rewrite(self, unknown: UnknownKeyword, path: str) -> Rewrite | None:
        """The user's entry for a keyword of one of the project's own callees."""
        for entry in self.settings.kwargs.rewrites:
            if not entry.enabled or entry.keyword != unknown.keyword.name:
                continue
            for callee in entry.callees:
                if callee == unknown.call.callee or self.own_callees.find(callee, path) == unknown.callee:
                    return entry
        return None

    @cached_property
    def evidence(self) -> Evidence:
        """The evidence for every name at stake in this run. What it says of one name does not depend on
        the others, so any batch of files is told the same."""
        names = {use.name for facts in self.facts.values() for use in facts.undefined}
        names |= {self.settings.renames[name] for name in names & self.settings.renames.keys()}
        wanted = frozenset(names)
        return Evidence(self.loader.mentions(wanted), wanted, self.origins)

    @cached_property
    def mock_evidence(self) -> MockEvidence:
        """How the project's files import mock."""
        from fixer.project.mock_evidence import MockEvidence

        outlines = (self.loader.outline(path) for path in self.loader.python_files())
        return MockEvidence((found for found in outlines if found is not None), self.modules)

    def vocabulary(self, name: str, uses: Sequence[Use]) -> tuple[Known, ...]:
        """The vocabulary's entries for `name` that fit `uses` and that the project can import."""
        found = tuple(
            entry
            for entry in vocabulary.candidates(name)
            if known_fits(entry, uses) and self.has_distribution(entry.distribution)
        )
        if any(entry.what == Import(name) for entry in found):  # then no use asks for a submodule
            return tuple(entry for entry in found if entry.what.name or "." not in entry.what.module)
        return found

    def known_import(self, name: str, what: Import) -> Known | None:
        """The vocabulary's entry for this very import, if it has one."""
        for entry in vocabulary.candidates(name):
            if (entry.what.module, entry.what.name) == (what.module, what.name):
                return entry
        return None

    def has_distribution(self, distribution: str | None) -> bool:
        return distribution is None or distribution in self.declared.distributions

    def spell(self, source: Source, path: str) -> Import | None:
        """The import of `source` as the file `path` would write it, None if it cannot."""
        taken_from = self.modules_taken_from(path) & source.modules
        key = (source, folder_of(path), taken_from)
        if key not in self._spelled:
            self._spelled[key] = spell(source, path, self.modules, taken_from)
        return self._spelled[key]

    def imported_modules(self, path: str) -> frozenset[str]:
        """The modules that the file imports, or imports from, as it writes them."""
        return frozenset(what.module for what in self._imports(path))

    def mentions_word(self, path: str, word: str) -> bool:
        """Whether `word` occurs in the text of a file of the project."""
        return self.loader.mentions_word(path, word)

    def modules_taken_from(self, path: str) -> frozenset[str]:
        """The modules that the file imports names from."""
        return frozenset(what.module for what in self._imports(path) if what.name is not None)

    def _imports(self, path: str) -> frozenset[Import]:
        if path not in self._imported:
            self._imported[path] = self.loader.imports(path)
        return self._imported[path]

    def imported_nearby(self, path: str) -> frozenset[str]:
        """The modules that the files in the folder of `path` import, as far as they are absolute."""
        folder = folder_of(path)
        if folder not in self._nearby:
            beside = self._by_folder.get(folder, ())[:_NEIGHBOURS]
            names = (self.imported_modules(each) for each in beside)
            self._nearby[folder] = frozenset().union(*names)
        return self._nearby[folder]

    @cached_property
    def _by_folder(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in sorted(self.modules.files):
            found.setdefault(folder_of(path), []).append(path)
        return found

    def star_exports(self, module: str, importer: str) -> frozenset[str] | None:
        """The names that `from module import *` binds there; None where that cannot be known."""
        return self.origins.exports(module, importer)

    @cached_property
    def builtins(self) -> frozenset[str]:
        """Names that some file of the project puts into Python's `builtins`, for all the others."""
        return self.evidence.builtins
