"""Which file an import statement means, and how a file can be imported."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# When pytest imports a test it has long been imported itself: nothing beside the test hides it.
_PYTEST = frozenset({"pytest", "_pytest"})
# A folder `tests/pytest` or `tests/json` that is no regular package never hides these.
_ALWAYS_THERE = _PYTEST | sys.stdlib_module_names


def folder_of(path: str) -> str:
    """The folder of a relative path; "" is the root."""
    return path.rpartition("/")[0]


def shared_length(here: Sequence[str], there: Sequence[str]) -> int:
    """How many parts two paths have in common, from the root down."""
    length = 0
    while length < min(len(here), len(there)) and here[length] == there[length]:
        length += 1
    return length


def is_in(path: str, folder: str) -> bool:
    """Whether the path is that of the folder, or of something below it."""
    return not folder or path == folder or path.startswith(f"{folder}/")


def below_tests(path: str) -> bool:
    """Whether the file is in a folder of tests, whatever package that is in."""
    folders = path.split("/")[:-1]
    return any(folder in ("test", "tests") or folder.startswith("test_") for folder in folders)


def common_folder(paths: Iterable[str]) -> str:
    """The nearest folder above all `paths`, of which there is at least one."""
    shared, *others = (folder_of(path).split("/") for path in paths)
    for parts in others:
        shared = shared[: shared_length(shared, parts)]
    return "/".join(shared)


def conftest_of(folder: str) -> str:
    """The path of the conftest in a folder, be there one or not."""
    return f"{folder}/conftest.py" if folder else "conftest.py"


class Modules:
    """The Python files of a project as modules. Paths are relative to the root, with forward slashes.

    Nothing says for certain what `sys.path` will be; the folders that pytest and packaging put there are
    tried in the order in which they would win: the test's own base folder (the first one upward without
    an `__init__.py`), the configured ones, `src` and `lib` folders, the root, then, as guesses, the folders
    above the test that are no packages, those that are called as the package in them, and `project_folders`,
    which have a `setup.py`. `declared` are the top-level names of the declared distributions.
    """

    def __init__(
        self,
        files: Iterable[str],
        search_paths: Mapping[str, Sequence[str]] | None = None,
        declared: Iterable[str] = (),
        project_folders: Iterable[str] = (),
    ) -> None:
        self.files = frozenset(files)
        self.folders = frozenset(_folders(self.files))
        self.sources = sorted(filter(self._holds_packages, self.folders))
        projects = {*project_folders, *filter(self._is_called_as_its_package, self.folders)}
        self.projects = sorted(filter(self._is_project, projects - {""}))
        self.declared = frozenset(declared)
        self.search_paths = search_paths or {}
        self._bases: dict[str, str] = {}
        self._found: dict[tuple[str, str], str | None] = {}
        self._folders_for: dict[str, tuple[str, ...]] = {}

    def base_folder(self, path: str) -> str:
        """The first folder above `path` that is no regular package (pytest's "prepend" import mode)."""
        start = folder = folder_of(path)
        if start not in self._bases:
            while folder and f"{folder}/__init__.py" in self.files:
                folder = folder_of(folder)
            self._bases[start] = folder
        return self._bases[start]

    def find(self, module: str, importer: str) -> str | None:
        """The file that `module` (leading dots: relative) means in the file `importer`.

        A package is its `__init__.py`, or the folder itself where it has none. None: not in the project.
        """
        start = folder_of(importer) if module.startswith(".") else self.base_folder(importer)
        key = (module, start)
        if key not in self._found:
            self._found[key] = self._find(module, importer)
        found = self._found[key]
        return None if found == importer else found

    def _find(self, module: str, importer: str) -> str | None:
        if module.startswith("."):
            name = module.lstrip(".")
            folder: str | None = folder_of(importer)
            for _ in range(len(module) - len(name) - 1):
                folder = folder_of(folder) if folder else None
            if folder is None:
                return None
            return self._file_in(folder, name) or self._namespace_in(folder, name)
        folders: Iterable[str] = self._search(importer)
        finders = [self._file_in, self._namespace_in]  # a namespace package loses to any other
        top = module.partition(".")[0]
        if top in _ALWAYS_THERE or module in self.declared:
            del finders[1]
        if top in _ALWAYS_THERE:
            certain = self._certain(importer)
            folders = certain[1:] if top in _PYTEST else certain
        for kinds in finders:
            for folder in folders:
                found = kinds(folder, module)
                if found is not None:
                    return found
        return None

    def names(self, path: str, importer: str, habits: frozenset[str] = frozenset()) -> list[str]:
        """The absolute dotted names by which `importer` can import the file `path`, best first.

        `habits` are modules that files beside `importer` import: a name that begins as they do is known
        to work there.
        """
        stem = path.removesuffix(".py").removesuffix("/__init__")
        found: dict[str, None] = {}
        for folder in self._search(importer):
            prefix = f"{folder}/" if folder else ""
            name = stem[len(prefix) :].replace("/", ".") if stem.startswith(prefix) else ""
            parts = name.split(".")
            if not all(part.isidentifier() for part in parts) or self.find(name, importer) != path:
                continue
            if not self._is_shadowed(name, path, importer):
                found[name] = None
        tops = {module.partition(".")[0] for module in habits}
        return sorted(
            found,
            key=lambda name: (
                name.partition(".")[0] not in tops,
                not self.begins_with_package(path, name),
                not self._complete(path, name),
            ),
        )

    def _is_shadowed(self, name: str, path: str, importer: str) -> bool:
        """Whether the first part of the dotted `name` means another module, which is found earlier."""
        top = self.find(name.partition(".")[0], importer)
        if top is None or top == path or not top.endswith(".py"):
            return False
        return not path.startswith(top.removesuffix("__init__.py"))

    def relative_name(self, path: str, importer: str) -> str | None:
        """The relative dotted name of the file `path` in `importer`, None where they share no package."""
        base = self.base_folder(importer)
        if base == folder_of(importer) or not path.startswith(f"{base}/" if base else ""):
            return None
        target = path.removesuffix(".py").removesuffix("/__init__").split("/")
        here = folder_of(importer).split("/")
        common = shared_length(here, target)
        if common <= len(base.split("/") if base else []):
            return None
        return "." * (len(here) - common + 1) + ".".join(target[common:])

    def is_first_party(self, module: str, importer: str) -> bool:
        """Whether the absolute `module` is one of the project's own, seen from `importer`."""
        return self.find(module.partition(".")[0], importer) is not None

    def begins_with_package(self, path: str, name: str) -> bool:
        """Whether the first part of the dotted `name` of the file `path` is a regular package, or the module
        itself: a folder that is neither is seldom meant to be imported by its name."""
        stem = path.removesuffix(".py").removesuffix("/__init__")
        parts = stem.split("/")
        first = "/".join(parts[: len(parts) - name.count(".")])
        return "." not in name or f"{first}/__init__.py" in self.files

    def _complete(self, path: str, name: str) -> bool:
        """Whether the dotted name starts at the outermost regular package, as an installed name does."""
        depth = len(name.split("."))
        parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
        above = "/".join(parts[:-depth])
        return f"{above}/__init__.py" not in self.files

    def _search(self, importer: str) -> tuple[str, ...]:
        """The folders where an absolute import in `importer` is looked for, in order."""
        base = self.base_folder(importer)
        if base not in self._folders_for:
            # pytest puts no package on `sys.path`, only what the outermost one is in.
            above = [each for each in _above(base) if f"{each}/__init__.py" not in self.files]
            folders = (*self._certain(importer), *above, *self.projects)
            self._folders_for[base] = tuple(dict.fromkeys(folders))
        return self._folders_for[base]

    def _certain(self, importer: str) -> tuple[str, ...]:
        """Those of them that are no guess."""
        base = self.base_folder(importer)
        configured = (path for folder in (base, *_above(base)) for path in self.search_paths.get(folder, ()))
        return (base, *configured, *self.sources, "")

    def _holds_packages(self, folder: str) -> bool:
        """Whether the folder is one that packaging puts on `sys.path`: `src`, or `lib` without being one."""
        name = folder.rpartition("/")[2]
        return name == "src" or (name in ("lib", "python") and f"{folder}/__init__.py" not in self.files)

    def _is_called_as_its_package(self, folder: str) -> bool:
        """Whether it is a folder like `shop` with `shop/shop/__init__.py`."""
        return f"{folder}/{folder.rpartition('/')[2]}/__init__.py" in self.files

    def _is_project(self, folder: str) -> bool:
        """Whether the folder may be one of several projects, and is no package. Of those below tests, what is
        imported would be guessed."""
        below_tests = any(part.startswith("test") for part in folder.split("/"))
        return not below_tests and f"{folder}/__init__.py" not in self.files

    def _file_in(self, folder: str, module: str) -> str | None:
        stem = _stem(folder, module)
        for path in (f"{stem}/__init__.py", f"{stem}.py") if stem else ("__init__.py",):
            if path in self.files:
                return path
        return None

    def _namespace_in(self, folder: str, module: str) -> str | None:
        stem = _stem(folder, module)
        return stem if stem in self.folders else None


def _above(folder: str) -> Iterator[str]:
    """The folders above one, up to the root."""
    while folder:
        folder = folder_of(folder)
        yield folder


def _stem(folder: str, module: str) -> str:
    return "/".join(part for part in (folder, module.replace(".", "/")) if part)


def _folders(files: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for path in files:
        folder = folder_of(path)
        while folder and folder not in found:
            found.add(folder)
            folder = folder_of(folder)
    return found
