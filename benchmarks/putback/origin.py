"""Where an imported name really comes from: modules are found and re-exports followed as files, unexecuted.

Two imports are the same when they lead to the same origin. An origin outside the repository is a dotted
name; one inside is a file, or a file and a name in it, so that relative and absolute spellings are equal.
"""

from __future__ import annotations

import ast
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SKIPPED_FOLDERS = frozenset({".git", ".hg", ".nox", ".testfix", ".tox", ".venv", "node_modules", "venv"})
PROJECT_FILES = frozenset({"pyproject.toml", "setup.cfg", "setup.py"})


@dataclass(frozen=True, slots=True)
class Origin:
    """`file` is relative to the repository ("" outside of it); `name` is dotted outside."""

    file: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """One name of one import statement, as written. `import a.b` has `name` None."""

    module: str
    name: str | None = None
    asname: str | None = None

    @property
    def text(self) -> str:
        alias = f" as {self.asname}" if self.asname else ""
        if self.name is None:
            return f"import {self.module}{alias}"
        return f"from {self.module} import {self.name}{alias}"


def imported_names(node: ast.stmt) -> Iterator[tuple[str, Imported]]:
    """Each name that an import statement binds, with what it stands for. Nothing for other statements."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            yield bound, Imported(alias.name, None, alias.asname)
    elif isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            yield alias.asname or alias.name, Imported(module, alias.name, alias.asname)


@dataclass(slots=True)
class Repository:
    """The Python files of one folder. Paths are relative to it, with forward slashes."""

    folder: Path
    files: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()  # those with a Python file somewhere below
    roots: tuple[str, ...] = ()  # where project code may be imported from
    _modules: dict[str, tuple[dict[str, list[Imported | None]], list[Imported]]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Repository:
        """Lists the files; none is opened yet."""
        files: set[str] = set()
        roots: set[str] = set()
        for place, names, found in os.walk(folder):
            names[:] = sorted(name for name in names if name not in SKIPPED_FOLDERS)
            here = Path(place).relative_to(folder).as_posix().removeprefix(".")
            files.update(_join(here, name) for name in found if name.endswith(".py"))
            if here == "" or PROJECT_FILES.intersection(found):
                roots.update((here, _join(here, "src"), _join(here, "lib")))
        folders = {parent for file in files for parent in _parents(file)}
        return cls(folder, frozenset(files), frozenset(folders), tuple(sorted(roots)))

    def origin(self, importer: str, what: Imported) -> Origin:
        """What the import in the file `importer` leads to, through every re-export that leaves one answer."""
        return self._origin(importer, what, frozenset())

    def is_project(self, importer: str, what: Imported) -> bool:
        """Whether the import leads into the repository (before following re-exports out of it)."""
        found = self._find(importer, what.module)
        if found is None:
            return False
        if found.endswith(".py"):
            return True
        # A folder without __init__.py: only a module in it makes it a package of the project.
        return what.name is not None and self._in_folder(found, what.name) is not None

    def _origin(self, importer: str, what: Imported, seen: frozenset[tuple[str, str]]) -> Origin:
        found = self._find(importer, what.module)
        if what.name is None:
            if what.asname is None and "." in what.module:
                # `import a.b` binds `a` and loads `a.b`; os alone always brings os.path.
                if what.module == "os.path":
                    return Origin("", "os")
                return Origin(found or "", f"import {what.module}")
            return Origin(found or "", "" if found else what.module)
        if found is None:
            return Origin("", f"{what.module}.{what.name}")
        if not found.endswith(".py"):
            inner = self._in_folder(found, what.name)
            return Origin(inner) if inner else Origin("", f"{what.module}.{what.name}")
        return self._follow(found, what.name, seen)

    def _follow(self, file: str, name: str, seen: frozenset[tuple[str, str]]) -> Origin:
        return self._lookup(file, name, seen) or Origin(file, name)

    def _lookup(self, file: str, name: str, seen: frozenset[tuple[str, str]]) -> Origin | None:
        """Where the module `file` has `name` from; None if nothing in it binds the name."""
        package = file.removesuffix("/__init__.py")
        submodule = self._in_folder(package, name) if package != file else None
        if (file, name) not in seen:
            seen |= {(file, name)}
            bindings, stars = self._bindings(file)
            if name in bindings:
                here = Origin(file, name)
                leads = {self._origin(file, what, seen) if what else here for what in bindings[name]}
                return leads.pop() if len(leads) == 1 else here
            for star in stars:
                target = self._find(file, star.module)
                origin = self._lookup(target, name, seen) if target and target.endswith(".py") else None
                if origin is not None:
                    return origin
        return Origin(submodule) if submodule else None

    def _bindings(self, file: str) -> tuple[dict[str, list[Imported | None]], list[Imported]]:
        """How each module-level name of the file is bound (None: not by import), and its star imports."""
        if file not in self._modules:
            try:
                tree = ast.parse((self.folder / file).read_bytes())
            except (OSError, SyntaxError, ValueError):
                tree = ast.Module(body=[], type_ignores=[])
            names: dict[str, list[Imported | None]] = {}
            stars: list[Imported] = []
            for statement in module_level(tree.body):
                for bound, what in imported_names(statement):
                    if what.name == "*":
                        stars.append(what)
                    else:
                        names.setdefault(bound, []).append(what)
                for bound in defined_names(statement):
                    names.setdefault(bound, []).append(None)
            self._modules[file] = names, stars
        return self._modules[file]

    def _find(self, importer: str, module: str) -> str | None:
        """The file of a module, or its folder if that has no __init__.py; None outside the repository."""
        dots = len(module) - len(module.lstrip("."))
        parts = [part for part in module[dots:].split(".") if part]
        if dots:
            base = importer
            for _ in range(dots):
                base = _folder(base)
            return self._below(base, parts)
        if parts[0] in sys.stdlib_module_names:
            return None
        # In a repository of several projects the one around the importer is meant.
        near = sorted(self.roots, key=lambda root: (not importer.startswith(root + "/"), -len(root)))
        places = [*self._test_paths(importer), *near]
        # A real module or package anywhere on the path beats a folder without __init__.py.
        found = [self._below(place, parts) for place in places]
        whole = [place for place in found if place is not None and place.endswith(".py")]
        partial = [place for place in found if place is not None]
        return whole[0] if whole else (partial[0] if partial else None)

    def _test_paths(self, importer: str) -> Iterable[str]:
        """What pytest puts on `sys.path` for a test file: the folder above its topmost package."""
        place = _folder(importer)
        while place and _join(place, "__init__.py") in self.files:
            place = _folder(place)
        yield place
        for parent in _parents(place + "/x"):
            if _join(parent, "conftest.py") in self.files and _join(parent, "__init__.py") not in self.files:
                yield parent

    def _below(self, place: str, parts: list[str]) -> str | None:
        for part in parts[:-1]:
            place = _join(place, part)
        if not parts:
            init = _join(place, "__init__.py")
            return init if init in self.files else (place if place in self.folders else None)
        return self._in_folder(place, parts[-1])

    def _in_folder(self, folder: str, name: str) -> str | None:
        base = _join(folder, name)
        for file in (_join(base, "__init__.py"), base + ".py"):
            if file in self.files:
                return file
        return base if base in self.folders else None


def module_level(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run when the module is imported: those in branches too, not those in functions."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Try):
            for name in ("body", "orelse", "finalbody"):
                yield from module_level(getattr(node, name, ()))
            for handler in getattr(node, "handlers", ()):
                yield from module_level(handler.body)


def defined_names(node: ast.stmt) -> Iterator[str]:
    """Names a statement binds by other means than an import; its nested statements are not looked into."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
        return
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.For):
        targets = [node.target]
    elif isinstance(node, ast.With):
        targets = [item.optional_vars for item in node.items if item.optional_vars]
    for target in targets:
        for inner in ast.walk(target):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                yield inner.id


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _parents(path: str) -> Iterator[str]:
    while path:
        path = _folder(path)
        if path:
            yield path
