"""Which files a run looks at: the test files among the paths it was given, and all files of the project."""

# os.path and not pathlib: this runs once per entry of the tree, and pathlib takes ten times as long.
# ruff: noqa: PTH100, PTH114, PTH116, PTH118, PTH208

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from fixer import pytest_config
from fixer.config_files import ConfigError
from fixer.frozen import dataclass
from fixer.pytest_config import PathPatterns, PytestIni
from fixer.report import FileError
from fixer.walk import Folder, Walk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from fixer.config import Config

_TEST_FOLDERS = ("test", "tests")


@dataclass(frozen=True, slots=True)
class Discovered:
    """The files to check, relative to the root, with forward slashes, sorted; and what could not be read."""

    files: tuple[str, ...]
    errors: tuple[FileError, ...] = ()


def discover(
    paths: Sequence[str], config: Config, root: Path, cwd: Path, must_exist: bool = True
) -> Discovered:
    """The test files among `paths` (files and folders, relative to `cwd`); `root` is their project's root.

    A folder gives the test files below it that are not excluded or ignored. A file that is named is taken
    if pytest takes it for a test by its name, even when it is excluded, except with `force-exclude`. Raises
    ConfigError for a path that does not exist, unless `must_exist` says that files need not.
    """
    walk = Walk(root, config)
    tests = _TestFiles(walk, config)
    found: list[tuple[str, str]] = []  # path relative to the root, and without links
    for path in paths:
        absolute = os.path.abspath(os.path.join(cwd, path))
        mode = _mode(absolute, path) if must_exist else stat.S_IFREG
        relative = _relative(absolute, walk.root)
        if config.force_exclude and (walk.excludes(relative) or tests.not_entered(relative)):
            continue
        if stat.S_ISDIR(mode):
            found.extend(_in_folder(walk, tests, relative, os.path.realpath(absolute)))
        elif not stat.S_ISREG(mode):
            walk.errors.append(FileError(relative, "This is not a regular file."))
        elif relative.endswith(".py") and tests.takes_named(relative, config.force_exclude):
            found.append((relative, os.path.realpath(absolute)))
    errors = sorted(set(walk.errors), key=lambda error: error.path)
    return Discovered(_each_once(found, walk.root), tuple(errors))


def project_files(root: Path, config: Config, also: Callable[[str], bool] = lambda path: False) -> list[str]:
    """All Python files of the project, relative to `root`, sorted; whatever paths a run names.

    `also` adds others that it accepts by their relative path, as long as they are not ignored.
    """
    walk = Walk(root, config)
    found = []
    for folder in walk.folders(""):
        others = [name for name in folder.names.difference(folder.links) if also(folder.join(name))]
        found += [folder.join(name) for name in (*folder.python, *others) if not folder.ignores_file(name)]
    return sorted(set(found))


def printable(path: str) -> str:
    """A path for a message: quoted, with escapes for what a terminal cannot show."""
    return f"'{path}'" if path.isprintable() else repr(path)


def _mode(absolute: str, path: str) -> int:
    """`st_mode` of what `path` leads to. Raises ConfigError."""
    try:
        return os.stat(absolute).st_mode
    except (FileNotFoundError, NotADirectoryError) as error:
        what = "is a link that leads nowhere" if os.path.islink(absolute) else "does not exist"
        raise ConfigError(f"The path {printable(path)} {what}.") from error
    except OSError as error:
        raise ConfigError(f"The path {printable(path)} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # a null byte
        raise ConfigError(f"The path {printable(path)} is not a path.") from error


def _in_folder(walk: Walk, tests: _TestFiles, start: str, real_start: str) -> Iterator[tuple[str, str]]:
    """The test files below `start`, each with its path without links; `real_start` is that of `start`."""
    for folder in walk.folders(start):
        real = os.path.join(real_start, folder.path[len(start) :].lstrip("/"))
        for name in tests.of_folder(folder):
            path = os.path.join(real, name)
            yield folder.join(name), os.path.realpath(path) if name in folder.links else path


@dataclass(frozen=True, slots=True)
class _Naming:
    """What one pytest configuration says of names: of test files, and of folders it keeps out of."""

    tests: PathPatterns
    not_entered: PathPatterns


class _TestFiles:
    """Which names pytest takes for tests, folder by folder: the nearest pytest configuration decides."""

    def __init__(self, walk: Walk, config: Config) -> None:
        self._walk = walk
        self._all_files = config.all_files
        self._more = config.test_files
        self._namings: dict[str, _Naming] = {}
        self._holds: dict[str, bool] = {}
        self._not_entered: dict[str, bool] = {"": False}

    def of_folder(self, folder: Folder) -> Iterable[str]:
        """The names of the files in the folder that are to be checked."""
        self._naming(folder.path, folder.names)
        if self.not_entered(folder.path):
            return ()
        if self._all_files and self._is_below_tests(folder.path, folder.python):
            names: Iterable[str] = folder.python
        else:
            names = [name for name in folder.python if self._is_test(folder.path, name)]
        return [name for name in names if not folder.ignores_file(name)]

    def takes_named(self, path: str, strict: bool) -> bool:
        """Whether the file, named on the command line, is to be checked.

        `all-files` takes any that is named; `strict`: only where it would be found in its folder too.
        """
        folder, _, name = path.rpartition("/")
        if self._is_test(folder, name):
            return True
        return self._all_files and (not strict or self._is_below_tests(folder, None))

    def not_entered(self, folder: str) -> bool:
        """Whether the project's `norecursedirs` keeps pytest out of the folder."""
        known = self._not_entered.get(folder)
        if known is None:
            parent, _, name = folder.rpartition("/")
            known = self.not_entered(parent) or (
                self._naming(parent).not_entered.match(self._walk.absolute(parent), name)
            )
            self._not_entered[folder] = known
        return known

    def _is_test(self, folder: str, name: str) -> bool:
        return name == "conftest.py" or self._naming(folder).tests.match(self._walk.absolute(folder), name)

    def _is_below_tests(self, folder: str, python: Sequence[str] | None) -> bool:
        """Whether the folder, or one above it but the root, is called `tests` or holds a test module."""
        holds = self._holds.get(folder)
        if holds is None:
            if python is None:
                python = _python_names(self._walk.absolute(folder))
            holds = folder.rpartition("/")[2] in _TEST_FOLDERS or any(
                name != "conftest.py" and self._is_test(folder, name) for name in python
            )
            self._holds[folder] = holds
        parent = folder.rpartition("/")[0]
        return holds or (parent != "" and self._is_below_tests(parent, None))

    def _naming(self, folder: str, names: Collection[str] = pytest_config.FILES) -> _Naming:
        """What holds in `folder`, which has files of these `names` (and more)."""
        known = self._namings.get(folder)
        if known is None:
            ini = None
            if not pytest_config.FILES.keys().isdisjoint(names):
                ini = pytest_config.read(self._walk.absolute(folder), names, strict=not folder)
            if ini is None and folder:
                known = self._naming(folder.rpartition("/")[0])
            else:
                ini = ini or PytestIni("")
                tests = PathPatterns.compile((*ini.python_files, *self._more))
                known = _Naming(tests, PathPatterns.compile(ini.norecursedirs))
            self._namings[folder] = known
        return known


def _python_names(folder: str) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if name.endswith(".py")]
    except OSError:  # may be passed through, not listed
        return []


def _relative(absolute: str, root: str) -> str:
    """`absolute` from `root` ("" for the root); links are resolved only where it is not below as written."""
    if absolute != root and not absolute.startswith(os.path.join(root, "")):
        real, real_root = os.path.realpath(absolute), os.path.realpath(root)
        if real == real_root or real.startswith(os.path.join(real_root, "")):
            absolute, root = real, real_root
    relative = os.path.relpath(absolute, root)
    return "" if relative == os.curdir else relative.replace(os.sep, "/")


def _each_once(found: Iterable[tuple[str, str]], root: str) -> tuple[str, ...]:
    """One path per file, sorted: where several links lead to it, its own path if that is among them."""
    chosen: dict[str, str] = {}
    real_root = os.path.realpath(root)
    for path, real in sorted(set(found)):
        own = os.path.normcase(os.path.join(real_root, path)) == os.path.normcase(real)
        if own or os.path.normcase(real) not in chosen:
            chosen[os.path.normcase(real)] = path
    return tuple(sorted(chosen.values()))
