"""Tests and fixtures that reach a declared service and fail hard where it is down."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fixer.facts.body import Class, Function
from fixer.frozen import dataclass
from fixer.project.fixtures.relocation import conftest_above, loads
from fixer.project.modules import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fixer.facts.body import Binding
    from fixer.facts.reaches import Reach
    from fixer.project.fixtures.model import FixtureModel, Result
    from fixer.project.fixtures.suites import Suite
    from fixer.project.project import Project
    from fixer.recipe_tables import Service

_USUAL_PORTS = {"https": 443, "wss": 443, "postgresql": 5432, "postgres": 5432, "redis": 6379}
_LOCAL = ("localhost", "127.0.0.1", "0.0.0.0")


@dataclass(frozen=True, slots=True)
class Unguarded:
    """`function`, a test or fixture of the file `path`, reaches `service` by the call `reach`.

    `refusal`: why it cannot request a fixture.
    """

    path: str
    function: Function
    service: Service
    reach: Reach
    refusal: str | None = None


def guard_of(service: Service) -> str:
    """The name of the fixture that skips tests where the service is down."""
    return f"{service.name.replace('-', '_')}_service"


def places_of(service: Service) -> frozenset[str]:
    """How the address of a service may be written: `localhost:8000`, `127.0.0.1:8000`."""
    parts = urlsplit(service.url)
    host = parts.hostname or "localhost"
    hosts = _LOCAL if host in _LOCAL else (host,)
    if parts.port is None and host not in _LOCAL:
        return frozenset({host, f"{host}:{_USUAL_PORTS.get(parts.scheme, 80)}"})
    port = parts.port or _USUAL_PORTS.get(parts.scheme, 80)
    return frozenset(f"{each}:{port}" for each in hosts)


def unguarded(path: str, project: Project) -> Iterator[Unguarded]:
    """The first call of each test and fixture of the file that reaches each service."""
    services = {place: each for each in project.settings.recipes.services for place in places_of(each)}
    if not services:
        return
    reaches = project.loader.reaches(path, frozenset(services))
    body = project.loader.body(path) if reaches else None
    if body is None:
        return
    functions = {each.line: each for each in _functions(body.bindings)}
    results = project.fixtures.results(path)
    seen: set[tuple[int, str]] = set()
    for reach in reaches:
        service, function = services[reach.place], functions.get(reach.line)
        if function is None or (reach.line, service.name) in seen:
            continue
        seen.add((reach.line, service.name))
        own = [result for result in results if result.test.function is function]
        guard = guard_of(service)
        if own:
            if not any(_is_guarded(result, guard) for result in own):
                takes = all(result.test.takes_arguments for result in own)
                yield Unguarded(path, function, service, reach, None if takes else _NO_ARGUMENTS)
        elif _is_fixture(function, path, project.fixtures) and not any(
            parameter.name == guard for parameter in function.required
        ):
            yield Unguarded(path, function, service, reach)


_NO_ARGUMENTS = "it is a test of unittest, which cannot request a fixture"


def conftest_for(found: Unguarded, project: Project) -> str | None:
    """The nearest conftest for all of its suites who reach a service without a guard, so that one has all
    guards and the table of services; if none is loaded for all, the one for those who reach this service, or
    for this file; or None."""
    model = project.fixtures
    own = _suites(found.path, model)
    reaching = {
        service.name: [
            path
            for path in _reaching(service, project)
            if all(suite in own for suite in _suites(path, model))
        ]
        for service in project.settings.recipes.services
    }
    for paths in (sorted(set().union(*reaching.values())), reaching[found.service.name], [found.path]):
        suites = [suite for path in paths for suite in _suites(path, model)]
        conftest = conftest_above(paths, suites) if paths else None
        if conftest is not None:
            return conftest
    return None


def _reaching(service: Service, project: Project) -> list[str]:
    word = min(places_of(service), key=len).rpartition(":")[2]  # the host, where no port need be given
    return [
        path
        for path in sorted(project.fixtures.mentioning(word))
        if any(each.service is service and each.refusal is None for each in project.unguarded(path))
    ]


def _suites(path: str, model: FixtureModel) -> Sequence[Suite]:
    own = model.suites_of(path)
    return own or [suite for suite in model.suites if loads(suite, folder_of(path))]


def is_there(name: str, conftest: str, project: Project) -> bool:
    """Whether tests below the conftest see a fixture of that name already."""
    return any(
        project.fixtures.view(conftest, suite).sees(name) for suite in _suites(conftest, project.fixtures)
    )


def _is_guarded(result: Result, guard: str) -> bool:
    """Whether a fixture that the test uses is the guard, or may skip it."""
    if guard in result.closure or result.test.excused is not None:
        return True
    for name in result.closure:
        for declaration in result.view.definitions(name, result.test):
            if declaration.function is not None and "skip" in declaration.function.mentions:
                return True
    return False


def _is_fixture(function: Function, path: str, model: FixtureModel) -> bool:
    meanings = [model.decorators.meaning(each, path, function.line).kind for each in function.decorators]
    return "fixture" in meanings and "skip" not in function.mentions


def _functions(bindings: Iterable[Binding]) -> Iterator[Function]:
    for each in bindings:
        if isinstance(each, Function):
            yield each
        elif isinstance(each, Class):
            yield from _functions(each.body)
