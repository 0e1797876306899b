"""What to do about a fixture that is not found: explained and repaired for all who ask for it together."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.edits import AddImport, AddPluginModule, Edit, RenameName, RenameParameter
from fixer.finding import Fix, Safety
from fixer.import_statement import statements
from fixer.known.plugin_fixtures import who_provides
from fixer.project.fixtures.exposure import Exposure, common_conftest, distance, expose, is_foreign, ranked
from fixer.project.fixtures.orphans import is_named_once, orphan_like
from fixer.project.fixtures.slips import nearest_name, renamed_at
from fixer.project.luggage import importers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from fixer.finding import Finding
    from fixer.project.fixtures.declarations import Declaration
    from fixer.project.fixtures.elsewhere import Elsewhere
    from fixer.project.fixtures.lacks import Lack
    from fixer.project.project import Project

    # How a fixture is moved to where all of the lacks see it: the fix, or why it cannot be.
    Move: TypeAlias = Callable[[str, Sequence[Lack], Elsewhere, Project], Fix | str]
    # How it is made from the recipe that is configured for it: the fix, or why it cannot be.
    Scaffold: TypeAlias = Callable[[str, Lack, Project], Fix | str]
    # How the request is spelt as the name that its function uses: the fix, if it is a slip of one.
    Respell: TypeAlias = Callable[[Lack, Project], Fix | None]


class MissingFixtures:
    """Plans the findings of one run. What it says of one does not depend on the others."""

    def __init__(self, code: str, project: Project, move: Move, scaffold: Scaffold, respell: Respell) -> None:
        self.code = code
        self.project = project
        self.move = move
        self.scaffold = scaffold
        self.respell = respell
        self.model = project.fixtures
        self._ways: dict[tuple[str, str], list[Exposure]] = {}
        self._moves: dict[tuple[str, str], list[Fix | str]] = {}
        self._scaffolds: dict[str, Fix | str] = {}
        self._lent: dict[str, bool] = {}
        self._orphans: dict[str, Declaration | None] = {}

    def plan(self, findings: Sequence[Finding]) -> list[Finding]:
        """The same findings with a fix or a reason, and with the rest of their message."""
        lacks = {
            (lack.kind, lack.path, lack.span, lack.name): lack
            for path in dict.fromkeys(finding.path for finding in findings)
            for lack in self.model.lacks(path)
        }
        by_place = {key[1:]: lack for key, lack in lacks.items()}
        return [self._planned(each, by_place[(each.path, each.span, each.name)]) for each in findings]

    def _planned(self, finding: Finding, lack: Lack) -> Finding:
        if lack.kind == "look-up":
            return self._looked_up(finding, lack)
        if lack.kind != "missing":
            reason = (
                "nothing that the test uses takes this name: add the parameter, or take it out of the mark"
            )
            return replace(finding, reason_unfixed=reason)
        found = self.model.elsewhere(lack.name)
        importable = [each for each in found if each.kind == "module"]
        if importable:
            return self._exposed(finding, lack, importable)
        others = [each for each in found if each.kind != "undecorated"]
        if others:
            return self._moved(finding, lack, others)
        if lack.name in self.project.settings.recipes.fixtures:
            return self._scaffolded(finding, lack)
        return self._declared_nowhere(finding, lack)

    def _looked_up(self, finding: Finding, lack: Lack) -> Finding:
        """A hint and no more: the line may be meant to fail."""
        found = [each for each in self.model.elsewhere(lack.name) if each.kind != "undecorated"]
        slip = None if found else nearest_name(lack)
        message = f"{finding.message}: {_places(found)}, but it is not visible from here" if found else None
        message = message or (f"{finding.message}: did you mean `{slip}`?" if slip else finding.message)
        reason = "only running the test shows whether it is needed"
        return replace(finding, message=message, reason_unfixed=reason)

    def _exposed(self, finding: Finding, lack: Lack, importable: Sequence[Elsewhere]) -> Finding:
        """The fixture stands in a module that can be imported: made visible in one conftest."""
        suite = lack.results[0].suite
        key = (lack.name, suite.rootdir)
        if key not in self._ways:
            conftest = common_conftest(self.model.lacks_of(lack.name), suite)
            declared = ranked([each.declaration for each in importable if each.declaration], conftest)
            self._ways[key] = [expose(each, suite, self.model) for each in declared]
        ways = self._ways[key]
        known = itertools.takewhile(lambda way: not way.waits, ways)
        possible = [way for way in known if way.refusal is None]
        where = _places(importable)
        seen = (
            "no conftest that is visible from here imports it" if len(importable) == 1 else "none is visible"
        )
        message = f"{finding.message}: {where}, but {seen}"
        if not possible:
            return replace(finding, message=message, reason_unfixed=ways[0].refusal)
        best = possible[0]
        risk = best.risk
        if risk is None and is_foreign(best.path, best.place, self.model):
            risk = f"{best.path} alone declares it, but for tests of another folder"
        safe = len(importable) == 1 and risk is None
        number = len(importable)
        all_of_them = "it" if len(best.names) == 1 else ", ".join(f"`{name}`" for name in best.names)
        alone = f"{best.path} alone declares {all_of_them}"
        why = risk or (alone if safe else f"the nearest of {number} declarations")
        fix = Fix(
            f"{self.code}:expose:{'+'.join(best.names)}:{best.place}",
            tuple(edit for part in best.apart or (best,) for edit in _edits(part)),
            Safety.SAFE if safe else Safety.UNSAFE,
            why,
        )
        candidates = tuple(_candidate(way) for way in possible if not way.apart)
        return replace(finding, message=message, fix=fix, candidates=candidates)

    def _moved(self, finding: Finding, lack: Lack, others: Sequence[Elsewhere]) -> Finding:
        """The fixture stands in a test module, a class or another folder's conftest: moved to be shared."""
        message = f"{finding.message}: {_places(others)}, which is not visible from here"
        suite = lack.results[0].suite  # each suite is a world of its own
        key = (lack.name, suite.rootdir)
        if key not in self._moves:
            listed = self.model.lacks_of(lack.name)
            lacks = [each for each in listed if any(result.suite is suite for result in each.results)]
            conftest = common_conftest(lacks, suite)
            near = sorted(others, key=lambda each: (each.kind == "class", *distance(each.path, conftest)))
            self._moves[key] = [self.move(self.code, lacks, each, self.project) for each in near]
        outcomes = self._moves[key]
        fix = next((each for each in outcomes if isinstance(each, Fix)), None)
        if fix is not None:
            return replace(finding, message=message, fix=fix)
        lent = [each for each in others if self._is_lent(each)]
        if lent:
            return self._exposed(finding, lack, lent)
        reasons = list(dict.fromkeys(map(str, outcomes)))
        few = len(reasons) < 3
        reason = "; ".join(reasons) if few else f"{reasons[0]}; nor can the {len(reasons) - 1} others"
        return replace(finding, message=message, reason_unfixed=reason)

    def _is_lent(self, found: Elsewhere) -> bool:
        """Whether other files import fixtures from its conftest: that is how the project does it then."""
        if found.kind != "conftest" or found.declaration is None:
            return False
        if found.path not in self._lent:
            own = self.model.declarations.module(found.path).own.values()
            names = [each.attribute for listed in own for each in listed]
            self._lent[found.path] = bool(importers(names, found.path, self.project))
        return self._lent[found.path]

    def _scaffolded(self, finding: Finding, lack: Lack) -> Finding:
        """Nothing declares the fixture, but a recipe is configured for it."""
        if lack.name not in self._scaffolds:
            self._scaffolds[lack.name] = self.scaffold(self.code, lack, self.project)
        outcome = self._scaffolds[lack.name]
        if isinstance(outcome, Fix):
            return replace(finding, fix=outcome)
        return replace(finding, reason_unfixed=outcome)

    def _declared_nowhere(self, finding: Finding, lack: Lack) -> Finding:
        """A slip, a plugin's fixture, an argument that `@patch` should have passed, or simply gone."""
        respelt = self.respell(lack, self.project)
        if respelt is not None:
            [edit] = respelt.edits
            assert isinstance(edit, RenameParameter)
            message = f"{finding.message}: did you mean `{edit.new}`?"
            return replace(finding, message=message, candidates=(edit.new,), fix=respelt)
        if lack.name not in self._orphans:
            lacks = self.model.lacks_of(lack.name)
            self._orphans[lack.name] = orphan_like(lack.name, lacks, self.model)
        orphan = self._orphans[lack.name]
        if orphan is not None:
            return self._renamed(finding, orphan)
        plugins = who_provides(lack.name)
        if plugins:
            message = f"{finding.message}: {plugins[0]}, which nothing here declares, has one"
            reason = f"if that is the one, install {plugins[0]} and declare it"
            return replace(finding, message=message, reason_unfixed=reason)
        slip = nearest_name(lack)
        if slip is not None:
            return self._slipped(finding, lack, slip)
        if (
            any(result.test.supplied or _is_patched(result.test.function) for result in lack.results)
            and not lack.by
        ):
            reason = (
                "nothing declares it; if `@patch` should pass it, one decorator is missing or gives `new`"
            )
            return replace(finding, reason_unfixed=reason)
        return replace(finding, reason_unfixed="nothing in the project declares a fixture of this name")

    def _slipped(self, finding: Finding, lack: Lack, slip: str) -> Finding:
        """One visible name is nearly the same: what a single place asks for is renamed."""
        found = replace(finding, message=f"{finding.message}: did you mean `{slip}`?", candidates=(slip,))
        function = renamed_at(lack)
        if function is None:
            reason = "the name is used in a way that testfix does not rename"
            return replace(found, reason_unfixed=reason)
        if len(self.model.lacks_of(lack.name)) > 1:
            reason = "other places ask for it, too, so it is no slip of one of them"
            return replace(found, reason_unfixed=reason)
        edit = RenameParameter(lack.path, function.line, function.column, function.name, lack.name, slip)
        fix_id = f"{self.code}:rename:{lack.path}:{function.line}:{lack.name}"
        why = f"`{slip}` is visible, and the only name like it"
        return replace(found, fix=Fix(fix_id, (edit,), Safety.UNSAFE, why))

    def _renamed(self, finding: Finding, orphan: Declaration) -> Finding:
        """Several places ask for it, and nobody for the one fixture that is called nearly the same: that is
        renamed back."""
        place = f"{orphan.path}:{orphan.line}"
        message = f"{finding.message}: {place} declares `{orphan.name}`, which nothing requests"
        found = replace(finding, message=message, candidates=(orphan.name,))
        if orphan.function is None or not is_named_once(orphan, finding.name, self.model):
            reason = f"`{orphan.name}` occurs in more places than its declaration"
            return replace(found, reason_unfixed=reason)
        edit = RenameName(orphan.path, orphan.function.span, orphan.name, finding.name)
        why = f"nothing else is called like it, and nobody requests `{orphan.name}`"
        return replace(found, fix=Fix(f"{self.code}:rename:{place}", (edit,), Safety.UNSAFE, why))


def _edits(way: Exposure) -> tuple[Edit, ...]:
    if way.plugin is not None:
        return (AddPluginModule(way.place, way.plugin),)
    return tuple(AddImport(way.place, what, reexport=True) for what in way.imports)


def _candidate(way: Exposure) -> str:
    if way.plugin is not None:
        return f'pytest_plugins = ["{way.plugin}"] in {way.place}'
    return f"{'; '.join(statements(way.imports))} in {way.place}"


def _places(found: Sequence[Elsewhere]) -> str:
    """`a.py:3 declares it`, `it is declared in a.py:3 and b.py:4`."""
    places = [f"{each.path}:{each.line}" for each in found]
    if len(places) == 1:
        inside = f" (in the class `{found[0].owner}`)" if found[0].owner else ""
        return f"{places[0]}{inside} declares it"
    shown = ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")
    return f"{shown} declare it"


def _is_patched(function: object) -> bool:
    return "patch" in repr(getattr(function, "decorators", ()))
