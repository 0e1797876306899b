"""The fix for a fixture without its decorator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.edits import AddDecorator, AddImport, Edit
from fixer.facts.body import ImportBinding
from fixer.finding import Fix, Safety
from fixer.import_statement import Import
from fixer.project.fixtures.namespaces import Outside

if TYPE_CHECKING:
    from fixer.project.fixtures.explain import Undecorated
    from fixer.project.project import Project

_SCOPES = ("function", "class", "module", "package", "session")  # from narrow to wide


def decorate(code: str, found: Undecorated, project: Project) -> Fix:
    """`@pytest.fixture`, or the decorator for coroutines that the project uses, above the function; with a
    scope where a fixture of a wider one requests it."""
    path, function = found.path, found.function
    module = "pytest"
    if function.is_async and any(True for _ in project.loader.mentioning("pytest_asyncio.fixture")):
        module = "pytest_asyncio"  # in its strict mode, which is the default, pytest's own does not do
    edits: list[Edit] = []
    decorator = _bound(f"{module}.fixture", path, project)
    if decorator is None:
        decorator = f"{module}.fixture"
        edits.append(AddImport(path, Import(module)))
    scope = _scope(function.name, project)
    if scope != _SCOPES[0]:
        decorator += f'(scope="{scope}")'
    edits.insert(0, AddDecorator(path, function.line, function.column, function.name, decorator))
    why = f"`{function.name}` is requested and called by nobody"
    return Fix(f"{code}:{path}:{function.name}", tuple(edits), Safety.UNSAFE, why)


def _scope(name: str, project: Project) -> str:
    """The narrowest scope that will do: that of the widest fixture which requests it (R4)."""
    scopes = {_SCOPES[0]}
    for lack in project.fixtures.lacks_of(name):
        for result in lack.results if lack.by else ():
            for declaration in result.view.definitions(lack.by, result.test)[-1:]:
                scopes |= {each for each in _SCOPES if each == declaration.scope}
    return max(scopes, key=_SCOPES.index)


def _bound(qualified: str, path: str, project: Project) -> str | None:
    """How the module can write `qualified` with what it imports already."""
    namespaces = project.fixtures.namespaces
    module, _, name = qualified.rpartition(".")
    for attribute, bindings in namespaces.module(path).names.items():
        for binding in bindings:
            # As it is written: the project may be that distribution itself.
            if isinstance(binding, ImportBinding) and binding.what.module == module:
                if binding.what.name is None:
                    return f"{attribute}.{name}"
                if binding.what.name == name:
                    return attribute
        for bound in namespaces.lookup(path, attribute):
            if isinstance(bound.what, Outside) and bound.what.qualified == module:
                return f"{attribute}.{name}"
            if isinstance(bound.what, Outside) and bound.what.qualified == qualified:
                return attribute
    return None
