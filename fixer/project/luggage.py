"""What a definition needs in order to stand in another module: imports, and helpers that go along."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixer.facts.body import Assignment, Function, ImportBinding
from fixer.facts.builtin_names import BUILTIN_NAMES
from fixer.frozen import dataclass
from fixer.import_statement import Import
from fixer.project.fixtures.namespaces import Star
from fixer.project.modules import conftest_of, folder_of
from fixer.project.spelling import respell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fixer.facts.top_level import Definition
    from fixer.project.project import Project

# Names that mean something else in every module, or let the code reach what cannot be seen here.
_OF_THE_MODULE = frozenset(
    {"__file__", "__name__", "__doc__", "__path__", "__package__", "__spec__", "__loader__"}
) | {"__builtins__", "globals", "vars"}


_LAZY = Import("__future__", "annotations")


class Immovable(Exception):  # noqa: N818
    """Why a definition cannot stand elsewhere, as a clause."""


@dataclass(frozen=True, slots=True)
class Luggage:
    """The definitions that go, in order, and the imports they need at the new place."""

    definitions: tuple[Definition, ...]
    imports: tuple[Import, ...] = ()

    @property
    def text(self) -> str:
        """The source of the definitions, as a module has them one below the other."""
        text = ""
        above: Definition | None = None
        for each in self.definitions:
            if above is not None and not above.kind == each.kind == "assignment":
                text += "\n\n"
            text += each.text
            above = each
        return text


def pack(wanted: Iterable[Definition], old: str, new: str, project: Project) -> Luggage:
    """What has to go along when the definitions `wanted` of the file `old` move to the file `new`, which may
    not exist yet. Raises Immovable."""
    statements = project.loader.statements(old)
    going = list(wanted)
    imports: dict[str, Import | None] = {}
    for each in going:  # grows while it is walked
        _refuse_state(each)
        for name in sorted(each.reads):
            if name in imports or any(name == known.name for known in going):
                continue
            needed = _needed(name, each, old, new, project)
            if isinstance(needed, Import):
                imports[name] = _import_for(name, needed, old, new, project)
            elif needed is not None:
                going.append(needed)
            elif name in BUILTIN_NAMES and _binds(new, name, project):
                raise Immovable(f"`{name}` means something else in {new}")
    going.sort(key=lambda each: each.line)
    for each in going:
        _refuse_users(each, going, statements, old)
        if _binds(new, each.name, project):
            raise Immovable(f"{new} binds `{each.name}` already")
        if each.name in BUILTIN_NAMES:
            raise Immovable(f"`{each.name}` is the name of a builtin, which {new} may use")
    taken = importers([each.name for each in going], old, project)
    if taken:
        name = min(taken)
        raise Immovable(f"{taken[name]} takes `{name}` from {old}")
    needed_there = [what for what in imports.values() if what is not None]
    if new not in project.modules.files and _LAZY in _imported(old, project):
        needed_there.append(_LAZY)  # annotations may be such that Python cannot evaluate them
    return Luggage(tuple(going), tuple(sorted(needed_there, key=lambda what: what.place)))


def helpers(definition: Definition, path: str, project: Project) -> list[Definition]:
    """The functions and values of the module that nothing but `definition` uses, in order."""
    statements = project.loader.statements(path)
    going = [definition]
    for each in going:  # grows while it is walked
        for name in sorted(each.reads):
            found = [one for one in statements if one.name == name and one.kind in ("function", "assignment")]
            free = len(found) == 1 and found[0].alone and found[0] not in going
            if not free or _is_for_pytest(name, path, project):
                continue
            if all(user in going for user in users(found[0], statements)):
                going.append(found[0])
    taken = importers([each.name for each in going], path, project)
    return sorted((each for each in going[1:] if each.name not in taken), key=lambda each: each.line)


def importers(names: Iterable[str], path: str, project: Project) -> dict[str, str]:
    """Which of `names` other files take from the module `path`, as far as their text shows: name -> such a
    file."""
    wanted = list(names)
    stem = path.removesuffix(".py").rpartition("/")[2]
    find, occurrences = project.modules.find, project.fixtures.occurrences
    found: dict[str, str] = {}
    for other in project.fixtures.mentioning(stem) if wanted else ():
        outline = project.loader.outline(other) if other != path else None
        if outline is None:
            continue
        starred = any(find(star, other) == path for star in outline.star_imports)
        for name in wanted:
            if not occurrences(other, name):
                continue
            taken = any(_takes(each.what, name, path, other, project) for each in outline.imports)
            if starred or taken or occurrences(other, f"{stem}.{name}"):
                found.setdefault(name, other)
    return found


def _takes(what: Import, name: str, path: str, importer: str, project: Project) -> bool:
    place = project.modules.find(what.module, importer)
    if what.name is None:
        return place == path
    if place == path:
        return what.name == name
    dot = "" if what.module.endswith(".") else "."
    return project.modules.find(f"{what.module}{dot}{what.name}", importer) == path


def _refuse_state(definition: Definition) -> None:
    if definition.writes:
        raise Immovable(f"`{definition.name}` changes `{min(definition.writes)}` of its module")
    own = sorted(definition.reads & _OF_THE_MODULE)
    if own:
        raise Immovable(f"`{definition.name}` uses `{own[0]}`, which is another one in another module")
    if "importorskip" in definition.text and definition.kind == "assignment":
        raise Immovable(f"`{definition.name}` comes from `importorskip`, which would skip more in a conftest")
    if re.search(r"^\s*from\s*\.", definition.text, re.MULTILINE):
        raise Immovable(f"`{definition.name}` imports something relative to where it stands")
    if not definition.alone:
        raise Immovable(f"`{definition.name}` shares a line with another statement")


def _needed(name: str, user: Definition, path: str, new: str, project: Project) -> Import | Definition | None:
    """What binds `name` in the module; None for a builtin, and for what only the annotations need and the
    file `new` has for its own."""
    space = project.fixtures.namespaces.module(path)
    bindings = space.names.get(name, ())
    if not bindings:
        if name in BUILTIN_NAMES:
            return None
        _refuse_for_type_checkers(name, user, path, new, project)
        return None
    binding = bindings[0]
    if isinstance(binding, Star):
        if len(bindings) == 1:
            return Import(_absolute(binding.path, path, project), binding.name)
    elif len(bindings) > 1 or getattr(binding, "conditional", False):
        raise Immovable(f"what `{name}` is in {path} depends on a condition")
    elif isinstance(binding, ImportBinding):
        return binding.what
    elif isinstance(binding, (Function, Assignment)):
        statements = project.loader.statements(path)
        movable = [one for one in statements if one.kind in ("function", "assignment")]
        found = next((one for one in movable if (one.name, one.line) == (name, binding.line)), None)
        if found is not None and not _is_for_pytest(name, path, project):
            return found
    raise Immovable(f"`{user.name}` uses `{name}`, which cannot be moved along")


def _refuse_for_type_checkers(name: str, user: Definition, old: str, new: str, project: Project) -> None:
    """Refuse a name that nothing binds at run time, unless annotations alone need it and `new` imports the
    same, if only for type checkers."""
    here = next(iter(_imports_of(name, old, project)), None)
    there = _imports_of(name, new, project)
    same = respell(here, old, new, project.modules) in there if here is not None else bool(there)
    lazy = all(_LAZY in _imported(path, project) for path in (old, new))
    if same and lazy and name not in user.run_time_reads:
        return
    if here is not None:
        raise Immovable(f"{old} imports `{name}` for type checkers only")
    raise Immovable(f"`{user.name}` uses `{name}`, and {old} does not show what that is")


def _imports_of(name: str, path: str, project: Project) -> list[Import]:
    """What the file imports by that name, in any case or for type checkers."""
    body = project.loader.body(path) if path in project.modules.files else None
    return [
        each.what
        for each in (body.bindings if body is not None else ())
        if isinstance(each, ImportBinding) and each.what.bound == name
        if each.typing_only or not each.conditional
    ]


def _is_for_pytest(name: str, path: str, project: Project) -> bool:
    """Whether pytest may look for the name in the module itself: a fixture, a test, a hook or a setting."""
    if name.startswith(("test", "pytest", "collect_ignore")):
        return True
    own = project.fixtures.declarations.module(path).own
    return any(each.attribute == name for listed in own.values() for each in listed if each.doubt is None)


def _absolute(place: str, importer: str, project: Project) -> str:
    names = project.modules.names(place, importer)
    if not names:
        raise Immovable(f"{place} cannot be imported by its name")
    return names[0]


def _import_for(name: str, what: Import, old: str, new: str, project: Project) -> Import | None:
    """The import that `new` needs for what `old` imports as `name`; None if it has it."""
    if what.module == "__future__":
        return None
    place = project.modules.find(what.module, old)
    if place is not None and place.endswith(".py"):
        if place == new:
            raise Immovable(f"it needs `{name}`, which {old} imports from {new}")
        problem = project.fixtures.chains.problem(place)
        if problem is not None and not _is_imported_above(place, new, project):
            raise Immovable(f"it needs {what.module}, and importing that in a conftest may fail: {problem}")
    elif place is None and project.fixtures.occurrences(old, "importorskip"):
        top = what.module.partition(".")[0]
        asked = re.compile(rf"""importorskip\(\s*["']{top}\b""")
        if any(asked.search(each.text) for each in project.loader.statements(old)):
            raise Immovable(f"{old} is skipped where {top} is not installed, and a conftest would fail")
    spelled = respell(what, old, new, project.modules)
    if spelled is None:
        raise Immovable(f"{new} cannot import {what.module}")
    if new not in project.modules.files:
        return spelled
    namespaces = project.fixtures.namespaces
    if not namespaces.module(new).names.get(name):
        if name in BUILTIN_NAMES:
            raise Immovable(f"`{name}` hides a builtin, which {new} may use")
        return spelled
    here = {bound.what for bound in namespaces.lookup(new, name)}
    if here != {bound.what for bound in namespaces.lookup(old, name)}:
        raise Immovable(f"`{name}` means something else in {new}")
    is_submodule = what.name is None and what.asname is None and "." in what.module
    return spelled if is_submodule and what not in _imported(new, project) else None


def _is_imported_above(place: str, conftest: str, project: Project) -> bool:
    """Whether the conftest, or one above it, imports the module for the same tests already."""
    folder = folder_of(conftest)
    while True:
        path = conftest_of(folder)
        if any(project.modules.find(what.module, path) == place for what in _imported(path, project)):
            return True
        if not folder:
            return False
        folder = folder_of(folder)


def _imported(path: str, project: Project) -> list[Import]:
    """What the file imports in any case."""
    body = project.loader.body(path) if path in project.modules.files else None
    bindings = body.bindings if body is not None else ()
    return [each.what for each in bindings if isinstance(each, ImportBinding) and not each.conditional]


def _binds(path: str, name: str, project: Project) -> bool:
    return path in project.modules.files and name in project.fixtures.namespaces.module(path).names


def _refuse_users(
    definition: Definition, going: Sequence[Definition], statements: Sequence[Definition], path: str
) -> None:
    for user in users(definition, statements):
        if user not in going:
            what = f"`{user.name}`" if user.name else f"line {user.line}"
            raise Immovable(f"{what} of {path} uses `{definition.name}`, too")


def users(definition: Definition, statements: Iterable[Definition]) -> Iterator[Definition]:
    """The other statements of the module that use what `definition` binds, or export it by name."""
    for each in statements:
        if each.line == definition.line:
            continue
        exported = each.name == "__all__" and repr(definition.name) in each.code
        if exported or definition.name in each.reads | each.writes or each.name == definition.name:
            yield each
