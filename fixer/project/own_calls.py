"""The calls of the project's own functions and classes in one test file, as far as a keyword is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixer.facts.call_model import Call, Keyword
    from fixer.project.own_callees import OwnCallee
    from fixer.project.project import Project


@dataclass(frozen=True, slots=True)
class UnknownKeyword:
    """`nearest` are parameters with a similar name, the most similar first."""

    call: Call
    keyword: Keyword
    callee: OwnCallee
    nearest: tuple[str, ...]


def unknown_keywords(path: str, project: Project) -> Iterator[UnknownKeyword]:
    """Every keyword of the file `path` that the callee, resolved in the project, does not have."""
    suspected = _suspected(path, project)
    if not suspected:
        return
    for call in project.loader.calls(path, frozenset(suspected)).calls:
        callee = suspected[call.callee]
        if call.guard is not None:
            continue
        for keyword in call.keywords:
            if keyword.name not in callee.parameters.names:
                yield UnknownKeyword(call, keyword, callee, _nearest(keyword.name, callee))


def _nearest(name: str, callee: OwnCallee) -> tuple[str, ...]:
    from difflib import get_close_matches  # a file in order never needs it

    return tuple(get_close_matches(name, callee.parameters.names, 3))


def _suspected(path: str, project: Project) -> dict[str, OwnCallee]:
    """The callees that the file seems to call with a keyword they do not have, by dotted path."""
    outline = project.loader.outline(path)
    if outline is None:
        return {}
    found: dict[str, OwnCallee] = {}
    for each in outline.imports:
        what = each.what
        dotted = what.module if what.name is None else _member(what.module, what.name)
        if project.modules.find(what.module, path) is None:
            continue
        if what.name is not None:
            _look_at(path, dotted, what.bound, project, found)
        owner = what.bound if what.name is not None or what.asname is not None else what.module
        for name in project.loader.members_called(path, owner):
            _look_at(path, f"{dotted}.{name}", f"{owner}.{name}", project, found)
    own = [name for name, kind in outline.defined if kind in _CALLED and not name.startswith("test")]
    for name in project.loader.own_names_called(path, own):
        _look_at(path, f"__name__.{name}", name, project, found)
    return found


_CALLED = ("class", "function", "decorated")


def _look_at(path: str, dotted: str, spelled: str, project: Project, found: dict[str, OwnCallee]) -> None:
    passed = project.loader.passed_keywords(path, spelled)
    callee = project.own_callees.find(dotted, path, passed) if passed else None
    if callee is not None and not callee.parameters.any and passed - set(callee.parameters.names):
        found[dotted] = callee


def _member(module: str, name: str) -> str:
    return f"{module}{name}" if module.endswith(".") else f"{module}.{name}"
