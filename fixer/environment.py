"""What is installed for a project, read from the files of its environment. Nothing is imported or executed.

Sources: PEP 376 and 427 (*.dist-info), setuptools (*.egg-info, *.egg-link, editable installs), PEP 405
(pyvenv.cfg), Python's module site (*.pth), the entry point specification of packaging.python.org.
"""

# Strings, not pathlib: this looks at thousands of files, and os.path.isdir and its like never raise.
# ruff: noqa: PTH100, PTH112, PTH113, PTH118, PTH119, PTH123, PTH208

from __future__ import annotations

import ast
import os
import re
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from fixer.frozen import dataclass
from fixer.project.requirements import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_IN_PROJECT = (".venv", "venv")
_CONFIGURATION = "pyvenv.cfg"
_LIBRARY = re.compile(r"(?:python|pypy)(\d)(?:\.(\d+))?t?")
_INTERPRETER = re.compile(r"(?:python|pypy)(\d)\.(\d+)t?(?:\.exe)?")
_PACKAGES = ("site-packages", "dist-packages")  # the latter on Debian
_MAX_CHARACTERS = 1_000_000  # of one metadata file


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A plugin that pytest loads from an installed distribution by itself (group `pytest11`).

    `name` is what `-p no:NAME` takes. `file` is the absolute path of the module, None where it is not Python
    source or cannot be found.
    """

    name: str
    module: str
    file: str | None


@dataclass(frozen=True, slots=True)
class Installed:
    """An installed distribution: its name as PEP 503 normalises it, its version, its pytest plugins."""

    name: str
    version: str
    plugins: tuple[EntryPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Environment:
    """The packages that a project runs with.

    `folder` is the environment, or the prefix of the interpreter, None where none was found. `python` is its
    version. `search_path` are the folders that modules are imported from, `editable` the top-level packages
    that an import hook of setuptools takes from elsewhere. `problem` is a sentence about a `--python` that
    is no interpreter and no environment.
    """

    folder: str | None = None
    python: tuple[int, int] | None = None
    distributions: Mapping[str, Installed] = field(default_factory=dict)
    search_path: tuple[str, ...] = ()
    editable: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None

    def version(self, name: str) -> str | None:
        """The installed version of a distribution, None where it is not installed."""
        found = self.distributions.get(normalised(name))
        return None if found is None else found.version

    def find_module(self, module: str) -> str | None:
        """The absolute path of an installed module's source, None where there is none."""
        return _find(module, self.search_path, self.editable)

    def find_beside(self, module: str, importer: str) -> str | None:
        """The absolute path of what an installed file (`importer`, absolute) means by `module`, if that is a
        module of its own package; leading dots as in an import statement."""
        name = module.lstrip(".")
        if name == module:
            found = self.find_module(module)
            top = self.find_module(module.partition(".")[0])
            package = top.removesuffix("__init__.py") if top and top.endswith("__init__.py") else None
            return found if package is not None and importer.startswith(package) else None
        folder = importer
        for _ in range(len(module) - len(name)):
            folder = os.path.dirname(folder)  # noqa: PTH120
        return _source(os.path.join(folder, *name.split(".")) if name else folder)


def read_environment(root: Path, python: Path | None = None) -> Environment:
    """The environment at `python` (an interpreter or a folder), else `.venv` or `venv` in `root`, else empty.

    Never raises: what is missing or damaged is passed over.
    """
    if python is not None:
        prefixes = list(_prefixes(python))
        if not any(True for prefix in prefixes for _ in _site_packages(prefix)):
            sentence = (
                f"{python} is neither a Python interpreter nor an environment: give the path of either."
            )
            return Environment(problem=sentence)
        return _read(prefixes)
    for name in _IN_PROJECT:
        if os.path.isfile(root / name / _CONFIGURATION):
            return _read(list(_with_base(root / name)))
    return Environment()


def _prefixes(python: Path) -> Iterator[Path]:
    """The folders whose libraries that interpreter or environment sees, its own first."""
    python = Path(os.path.abspath(python))  # a link is followed only where that is needed
    if os.path.isdir(python):
        yield from _with_base(python)
        return
    for file in (python, Path(os.path.realpath(python))):
        for prefix in (file.parent.parent, file.parent):  # on Windows the base interpreter lies at the top
            if os.path.isfile(prefix / _CONFIGURATION):
                yield from _with_base(prefix)
                return
    real = Path(os.path.realpath(python))
    if os.path.isfile(python) and real.name.lower().startswith(("python", "pypy")):
        yield from _base(real)


def _with_base(prefix: Path) -> Iterator[Path]:
    """The environment, and what it was made from where that is visible (PEP 405)."""
    yield prefix
    settings = _settings(prefix)
    if settings.get("include-system-site-packages", "").lower() == "true" and settings.get("home"):
        yield from _base(Path(settings["home"]) / "python")


def _base(interpreter: Path) -> Iterator[Path]:
    """The prefix of an interpreter that is in no environment, and Debian's local one."""
    folder = interpreter.parent
    if os.path.isdir(folder / "Lib") and folder.name.lower() not in ("bin", "scripts"):
        yield folder
        return
    prefix = folder.parent
    if prefix == Path("/usr"):
        yield prefix / "local"
    yield prefix


def _settings(prefix: Path) -> dict[str, str]:
    """The keys of pyvenv.cfg, in lower case."""
    pairs = (line.partition("=") for line in _lines(str(prefix / _CONFIGURATION)))
    return {key.strip().lower(): value.strip() for key, equals, value in pairs if equals}


def _read(prefixes: list[Path]) -> Environment:
    python = next(filter(None, map(_version_said, prefixes)), None)
    folders: list[str] = []
    for prefix in prefixes:
        found = list(_site_packages(prefix))
        if python is None:
            python = max((version for version, _ in found if version), default=None)
        folders += [folder for version, folder in found if python is None or version in (None, python)]
    search_path, editable = _search_path(folders)
    distributions: dict[str, Installed] = {}
    for folder in search_path:
        for one in _distributions(folder, search_path, editable):
            distributions.setdefault(one.name, one)
    return Environment(str(prefixes[0]), python, distributions, tuple(search_path), editable)


def _version_said(prefix: Path) -> tuple[int, int] | None:
    """The Python version that pyvenv.cfg or the name of the interpreter's file says."""
    settings = _settings(prefix)
    found = re.match(r"(\d+)\.(\d+)", settings.get("version_info", settings.get("version", "")))
    if found is None:
        real = os.path.basename(os.path.realpath(prefix / "bin" / "python3"))
        found = _INTERPRETER.fullmatch(real)
    return (int(found[1]), int(found[2])) if found else None


def _site_packages(prefix: Path) -> Iterator[tuple[tuple[int, int] | None, str]]:
    """(Python version, folder) of all folders for installed packages below a prefix."""
    windows = prefix / "Lib" / "site-packages"
    if os.path.isdir(windows):
        yield None, str(windows)
    for library in ("lib", "lib64"):
        for name in _names(str(prefix / library)):
            found = _LIBRARY.fullmatch(name)
            for packages in _PACKAGES if found else ():
                folder = prefix / library / name / packages
                if found and os.path.isdir(folder):
                    yield (int(found[1]), int(found[2])) if found[2] else None, str(folder)


def _search_path(folders: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """The folders and those that their *.pth and *.egg-link files add; what editable packages map to."""
    result: list[str] = []
    editable: dict[str, str] = {}
    seen: set[str] = set()

    def add(folder: str) -> None:
        real = os.path.realpath(folder)
        if real not in seen and os.path.isdir(real):
            seen.add(real)
            result.append(folder)

    for folder in folders:
        add(folder)
        for name in _names(folder):
            path = os.path.join(folder, name)
            if name.endswith((".pth", ".egg-link")):
                for line in _lines(path):
                    if line and not line.startswith(("#", "import ", "import\t")):
                        add(os.path.normpath(os.path.join(folder, line)))
            elif name.startswith("__editable__") and name.endswith("_finder.py"):
                editable.update(_mapping(path))
    return result, editable


def _mapping(path: str) -> dict[str, str]:
    """MAPPING of the import hook that setuptools writes for an editable install: package -> its folder."""
    try:
        tree = ast.parse(_text(path))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == "MAPPING" for target in targets):
            try:
                found = ast.literal_eval(getattr(node, "value", None) or ast.Dict([], []))
            except ValueError:
                return {}
            return {str(name): str(folder) for name, folder in dict(found).items()}
    return {}


def _distributions(folder: str, search_path: list[str], editable: dict[str, str]) -> Iterator[Installed]:
    """What the metadata folders in one folder of the search path say."""
    for file in _names(folder):
        if not file.endswith((".dist-info", ".egg-info")) and file != "EGG-INFO":
            continue
        path = os.path.join(folder, file)
        stem = file.rpartition(".")[0].split("-")
        metadata = "METADATA" if file.endswith(".dist-info") else "PKG-INFO"
        head = _head(os.path.join(path, metadata)) or _head(path)  # distutils wrote one file
        name, version = head.get("name", ""), head.get("version", "")
        if not version and len(stem) > 1:
            name, version = name or stem[0], stem[1]
        if name and version:
            plugins = tuple(
                EntryPoint(plugin, module, _find(module, search_path, editable))
                for plugin, module in _plugins(os.path.join(path, "entry_points.txt"))
            )
            yield Installed(normalised(name), version, plugins)


def _head(path: str) -> dict[str, str]:
    """Name and version among the headers of a metadata file."""
    found: dict[str, str] = {}
    for line in _lines(path):
        key, colon, value = line.partition(":")
        if not colon and not line.strip():
            break  # the description follows
        if key.lower() in ("name", "version"):
            found.setdefault(key.lower(), value.strip())
        if len(found) == 2:
            break
    return found


def _plugins(path: str) -> Iterator[tuple[str, str]]:
    """(name, module) of the entry points in group `pytest11`."""
    section = ""
    for line in _lines(path):
        if line.startswith("["):
            section = line.strip("[]")
        elif section == "pytest11" and not line.startswith(("#", ";")):
            name, equals, target = line.partition("=")
            if equals:
                yield name.strip(), re.split(r"[:\[\s]", target.strip(), maxsplit=1)[0]


def _find(module: str, search_path: Iterable[str], editable: Mapping[str, str]) -> str | None:
    top, *rest = module.split(".")
    for folder in search_path:
        found = _source(os.path.join(folder, *module.split(".")))
        if found:
            return found
    for length in range(len(rest), -1, -1):  # an editable package can be mapped below its parent
        package = ".".join([top, *rest[:length]])
        if package in editable:
            return _source(os.path.join(editable[package], *rest[length:]))
    return None


def _source(path: str) -> str | None:
    """The file of a module whose path without ending is given."""
    for file in (os.path.join(path, "__init__.py"), f"{path}.py", path if path.endswith(".py") else ""):
        if file and os.path.isfile(file):
            return file
    return None


def _names(folder: str) -> list[str]:
    """The sorted names in a folder; empty where it cannot be read."""
    try:
        return sorted(os.listdir(folder))
    except (OSError, ValueError):
        return []


def _lines(path: str) -> list[str]:
    return [line.strip() for line in _text(path).splitlines()]


def _text(path: str) -> str:
    """The beginning of a text file; empty where it cannot be read."""
    try:
        with open(path, encoding="utf-8-sig", errors="replace") as file:
            return file.read(_MAX_CHARACTERS).replace("\0", "")
    except (OSError, ValueError):
        return ""
