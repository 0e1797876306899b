"""Fixtures into the nearest conftest that serves all who ask for them."""

from __future__ import annotations

import contextlib
import itertools
import re
from typing import TYPE_CHECKING

from fixer.edits import AddImport, Edit, RemoveDefinition, ReplaceImport
from fixer.facts.body import ImportBinding
from fixer.finding import Fix, Safety
from fixer.fixture_edits import AddFixture
from fixer.project.fixtures.relocation import changed, conftest_above
from fixer.project.luggage import Immovable, helpers, importers, pack, users
from fixer.project.modules import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.facts.top_level import Definition
    from fixer.import_statement import Import
    from fixer.project.fixtures.declarations import Declaration
    from fixer.project.fixtures.elsewhere import Elsewhere
    from fixer.project.fixtures.interchangeable import Interchangeable
    from fixer.project.fixtures.lacks import Lack
    from fixer.project.luggage import Luggage
    from fixer.project.project import Project

_OF_ONE_MODULE = ("function", "class", "module")  # scopes in which no two modules share a fixture


def move_fixture(code: str, lacks: Sequence[Lack], found: Elsewhere, project: Project) -> Fix | str:
    """The fix that moves the fixture `found`, of a conftest or test module, to where all tests of `lacks` see
    it too; or a sentence that says why it cannot be moved."""
    declaration = found.declaration
    if found.kind == "class" or declaration is None:
        return f"`{found.owner}` of {found.path} has it as a method, which cannot be moved"
    model = project.fixtures
    results = [result for lack in lacks for result in lack.results]
    paths = [found.path, *(result.test.path for result in results)]
    conftest = conftest_above(paths, [result.suite for result in results])
    try:
        if conftest is None:
            raise Immovable("no conftest is loaded for all who request it")
        if conftest == found.path:
            raise Immovable(f"{conftest} declares it for all of them already")
        moved = _with_dependencies(declaration, lacks, project)
        for each in moved:
            _refuse_spread(each, project)
            _refuse(changed(each.name, [each], conftest, model))
        luggage = pack([_definition(each, project) for each in moved], found.path, conftest, project)
        edits = [
            *_arrival(declaration.name, luggage, conftest, project),
            *_departure(luggage.definitions, found.path, project),
        ]
    except Immovable as reason:
        return f"`{declaration.name}` of {found.path} cannot be moved: {reason}"
    why = f"{conftest} is the nearest one that all who request it see; they share one declaration then"
    return Fix(f"{code}:move:{found.path}:{declaration.name}:{conftest}", tuple(edits), Safety.UNSAFE, why)


def unite(code: str, group: Interchangeable, project: Project) -> Fix | str:
    """The fix that leaves one of several equal declarations, in the nearest conftest above all of them; or a
    sentence that says why there have to be several."""
    declared = group.declarations
    first = declared[0]
    conftest = conftest_above([each.path for each in declared], [group.suite])
    try:
        if conftest is None:
            raise Immovable("no conftest is loaded for all of them")
        _refuse_second(group, conftest, project)
        if first.autouse or first.autouse_doubt:
            raise Immovable("it is an autouse fixture, and would act on other tests as well")
        if first.scope not in _OF_ONE_MODULE:
            raise Immovable(
                f"its scope is {first.scope or 'not known'}: what is set up for each would be shared"
            )
        _refuse(changed(first.name, declared, conftest, project.fixtures))
        kept = next((each for each in declared if each.path == conftest), None)
        edits: list[Edit] = []
        if kept is None:
            edits += _arrival(first.name, _first_that_packs(declared, conftest, project), conftest, project)
        for each in declared:
            if each is not kept:
                edits += _departure(_free(each, project), each.path, project)
    except Immovable as reason:
        return f"`{first.name}` cannot be declared once: {reason}"
    why = f"all {len(declared)} declarations say the same; one in {conftest} serves them all"
    return Fix(f"{code}:{conftest}:{first.name}:{first.path}", tuple(edits), Safety.UNSAFE, why)


def _refuse_second(group: Interchangeable, conftest: str, project: Project) -> None:
    """Refuse where other equal declarations of the same name would go to a conftest above or below."""
    for other in project.interchangeable[group.name]:
        if other is group or other.suite is not group.suite:
            continue
        there = conftest_above([each.path for each in other.declarations], [other.suite]) or conftest
        low, high = sorted((folder_of(there), folder_of(conftest)), key=len, reverse=True)
        if not high or low == high or low.startswith(f"{high}/"):
            where = f"{other.declarations[0].path}:{other.declarations[0].line}"
            raise Immovable(f"others of that name are equal, too, but to {where}")


def _with_dependencies(
    declaration: Declaration, lacks: Sequence[Lack], project: Project
) -> list[Declaration]:
    """The fixture and those beside it that it requests and that the tests do not see either."""
    results = [result for lack in lacks for result in lack.results]
    beside = project.fixtures.declarations.module(declaration.path)
    moved = [declaration]
    for each in moved:  # grows while it is walked
        for name in [request.name for request in each.requests]:
            blind = [
                result
                for result in results
                if name not in result.test.provided and not result.view.definitions(name, result.test)
            ]
            if name == "request" or not blind or any(known.name == name for known in moved):
                continue
            own = beside.own.get(name, ())
            if not own:
                raise Immovable(f"it requests `{name}`, which {blind[0].test.node} does not see, either")
            moved.append(own[-1])
    return moved


def _refuse_spread(declaration: Declaration, project: Project) -> None:
    """Refuse what would act on, or be shared with, tests that have nothing to do with it."""
    if declaration.autouse or declaration.autouse_doubt:
        raise Immovable(f"`{declaration.name}` is an autouse fixture, and would act on other tests as well")
    if any(request.name == declaration.name for request in declaration.requests):
        raise Immovable("it overrides one of the same name")
    if declaration.scope in ("function", "class"):
        return
    others = project.fixtures.elsewhere(declaration.name)
    if sum(each.kind != "undecorated" for each in others) > 1:
        scope = declaration.scope or "unknown"
        raise Immovable(f"it has the scope {scope}, and others of the same name exist")


def _refuse(reason: str | None) -> None:
    if reason is not None:
        raise Immovable(reason)


def _definition(declaration: Declaration, project: Project) -> Definition:
    function, decorators = declaration.function, project.fixtures.decorators
    for expression in function.decorators if function is not None else ():
        if decorators.meaning(expression, declaration.path).kind == "mark":  # an error from pytest 9 on
            raise Immovable(f"`{declaration.name}` carries a mark, which stops the import in newer pytest")
    for each in project.loader.statements(declaration.path):
        key = (each.kind, each.name, each.line)
        if key == ("function", declaration.attribute, declaration.line):
            return each
    raise Immovable(f"`{declaration.name}` is not simply a function of {declaration.path}")


def _first_that_packs(declared: Sequence[Declaration], conftest: str, project: Project) -> Luggage:
    """The first of equal declarations that can be moved. Raises what speaks against the last one."""
    for each in declared[:-1]:
        with contextlib.suppress(Immovable):
            return pack([_definition(each, project)], each.path, conftest, project)
    return pack([_definition(declared[-1], project)], declared[-1].path, conftest, project)


def _free(declaration: Declaration, project: Project) -> list[Definition]:
    """The definition and what only it uses, if nothing but pytest refers to it."""
    path = declaration.path
    definition = _definition(declaration, project)
    user = next(users(definition, project.loader.statements(path)), None)
    if user is not None or not definition.alone:
        raise Immovable(f"line {(user or definition).line} of {path} uses it by its name")
    importer = importers([definition.name], path, project).get(definition.name)
    if importer is not None:
        raise Immovable(f"{importer} takes it from {path}")
    return [*helpers(definition, path, project), definition]


def _arrival(name: str, luggage: Luggage, conftest: str, project: Project) -> Iterator[Edit]:
    if conftest in project.modules.files:
        body = project.loader.body(conftest)
        if body is None or body.problem is not None:
            raise Immovable(f"{conftest} cannot be parsed")
    else:
        folder = folder_of(conftest)
        for path in project.fixtures.mentioning("conftest import"):
            inside = not folder or path.startswith(f"{folder}/")
            if inside and "conftest" in project.imported_modules(path):
                raise Immovable(f"{path} imports a conftest by name, and {conftest} would be a new one")
    for what in luggage.imports:
        yield AddImport(conftest, what)
    binds = tuple(each.name for each in luggage.definitions)
    yield AddFixture(conftest, luggage.text, name, binds)


def _departure(going: Sequence[Definition], path: str, project: Project) -> Iterator[Edit]:
    """The definitions leave the file, and the imports that nothing else there uses."""
    statements = project.loader.statements(path)
    for each in going:
        yield RemoveDefinition(path, each.line, each.column, each.name)
    left = "\n".join(each.text for each in statements if each not in going and each.kind != "import")
    used = set(re.findall(r"\w+", left))  # a name in an annotation that is a string counts
    space = project.fixtures.namespaces.module(path)
    idle: dict[Definition, list[Import]] = {}
    on_top = list(itertools.takewhile(_is_import_or_string, statements))  # where imports can go
    read = {name for each in going for name in each.reads} - used
    taken = importers(read, path, project)
    for name in sorted(read.difference(taken)) if "__all__" not in space.names else ():
        bindings = space.names.get(name, ())
        binding = bindings[0] if len(bindings) == 1 else None
        if not isinstance(binding, ImportBinding) or binding.conditional:
            continue
        statement = next(
            (each for each in on_top if each.first == binding.line and each.kind == "import"), None
        )
        if statement is not None and statement.alone and "#" not in statement.text:
            idle.setdefault(statement, []).append(binding.what)
    for statement, names in idle.items():
        yield ReplaceImport(path, statement.line, statement.column, tuple(names), ())


def _is_import_or_string(statement: Definition) -> bool:
    return statement.kind == "import" or re.match(r"[rRuU]?[\"']", statement.text) is not None
