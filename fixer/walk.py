"""The folders of a project from the top down, without those that hold nothing of the project's own."""

# os.path and not pathlib: this runs once per entry of the tree, and pathlib takes ten times as long.
# ruff: noqa: PTH116, PTH118

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from fixer import gitignore, globs
from fixer.config import USUAL_EXCLUSIONS, Config
from fixer.config_files import ConfigError, read_text
from fixer.frozen import dataclass
from fixer.report import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from fixer.gitignore import IgnoreFile

# Whatever the configuration says: version control, our own state, compiled files.
_NEVER = frozenset({".git", ".hg", ".testfix", "__pycache__"})
_VIRTUAL_ENVIRONMENT = "pyvenv.cfg"


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder; `path` is relative to the root, which is "". `names` has all entries that are no folders.

    `python` has the Python files that are not excluded, sorted: regular ones, and links to such in the root;
    `links` are entries that are links.
    """

    path: str
    names: frozenset[str]
    python: tuple[str, ...]
    links: frozenset[str]
    ignores: tuple[IgnoreFile, ...]

    def join(self, name: str) -> str:
        return f"{self.path}/{name}" if self.path else name

    def ignores_file(self, name: str) -> bool:
        """Whether a `.gitignore` or the like leaves the file out."""
        return bool(self.ignores) and gitignore.is_ignored(self.ignores, self.join(name), name, False)


class Walk:
    """What is left out, by `exclude` and by ignore files; `errors` gathers folders that cannot be read."""

    def __init__(self, root: Path, config: Config) -> None:
        self.root = str(root)
        self.errors: list[FileError] = []
        self._real_root = os.path.realpath(root)
        self._respect_gitignore = config.respect_gitignore
        self._names = _NEVER.union(USUAL_EXCLUSIONS if config.exclude is None else ())
        try:
            self._globs = globs.compile_globs([*(config.exclude or ()), *config.extend_exclude])
        except ValueError as error:
            raise ConfigError(f"In `exclude`, {error}.") from error
        self._posix_root = root.as_posix()
        self._posix_folder = (config.folder or root).absolute().as_posix()

    def folders(self, start: str) -> Iterator[Folder]:
        """The folder `start` ("" is the root) and those below it, sorted.

        `start` itself is taken even when it is excluded. Links to folders are not followed, as in git: what
        they lead to has a path of its own, or is not the project's.
        """
        stack: list[tuple[str, tuple[IgnoreFile, ...]]] = [(start, self._ignores_above(start))]
        while stack:
            path, ignores = stack.pop()
            try:
                with os.scandir(self.absolute(path)) as scan:
                    entries = sorted(scan, key=lambda entry: entry.name)
            except OSError as error:
                self.errors.append(FileError(path or ".", f"The folder cannot be read: {error.strerror}."))
                continue
            folders = [entry.name for entry in entries if _is_folder(entry)]
            names = frozenset(entry.name for entry in entries).difference(folders)
            if path != start and _VIRTUAL_ENVIRONMENT in names:
                continue
            ignores = self._with_ignore_files(ignores, path, names)
            python = tuple(
                entry.name
                for entry in entries
                if entry.name.endswith(".py")
                and self._is_file(entry)
                and not self._excluded(f"{path}/{entry.name}" if path else entry.name, entry.name)
            )
            links = frozenset(entry.name for entry in entries if entry.is_symlink())
            yield Folder(path, names, python, links, ignores)
            for name in reversed(folders):
                below = f"{path}/{name}" if path else name
                if not self._excluded(below, name) and not gitignore.is_ignored(ignores, below, name, True):
                    stack.append((below, ignores))

    def excludes(self, path: str) -> bool:
        """Whether `exclude`, or a virtual environment, keeps the file or folder out (not: ignore files)."""
        while path:
            parent, _, name = path.rpartition("/")
            if self._excluded(path, name) or os.path.lexists(self.absolute(f"{path}/{_VIRTUAL_ENVIRONMENT}")):
                return True
            path = parent
        return False

    def absolute(self, path: str) -> str:
        return os.path.join(self.root, path) if path else self.root

    def _excluded(self, path: str, name: str) -> bool:
        if name in self._names:
            return True
        if self._globs is None:
            return False
        return globs.matches(self._globs, globs.rebase(path, self._posix_root, self._posix_folder))

    def _is_file(self, entry: os.DirEntry[str]) -> bool:
        """Whether it can be opened without harm: no pipe or device, no link out of the project."""
        try:
            if not entry.is_symlink():
                return entry.is_file(follow_symlinks=False)
            return stat.S_ISREG(os.stat(entry.path).st_mode) and os.path.realpath(entry.path).startswith(
                os.path.join(self._real_root, "")
            )
        except OSError:
            return False

    def _ignores_above(self, start: str) -> tuple[IgnoreFile, ...]:
        """The ignore files of the root and the folders above `start`."""
        if not self._respect_gitignore:
            return ()
        found: tuple[IgnoreFile, ...] = ()
        exclude = self._read(".git/info/exclude", "")
        if exclude is not None:
            found = (exclude,)
        parts = start.split("/") if start else []
        for depth in range(len(parts)):
            found = self._with_ignore_files(found, "/".join(parts[:depth]), (".ignore", ".gitignore"))
        return found

    def _with_ignore_files(
        self, ignores: tuple[IgnoreFile, ...], path: str, names: Sequence[str] | frozenset[str]
    ) -> tuple[IgnoreFile, ...]:
        """`ignores` with those of one more folder; what speaks first wins: `.ignore`, then the deepest."""
        if not self._respect_gitignore or (".gitignore" not in names and ".ignore" not in names):
            return ignores
        mine = [
            self._read(f"{path}/{name}" if path else name, path)
            for name in (".ignore", ".gitignore")
            if name in names
        ]
        return tuple(sorted((*filter(None, mine), *ignores), key=lambda file: not file.wins))

    def _read(self, path: str, folder: str) -> IgnoreFile | None:
        try:
            text = read_text(self.absolute(path), errors="surrogateescape")
        except ConfigError as error:
            self.errors.append(FileError(path, str(error)))
            return None
        if not text:
            return None
        wins = path.endswith(".ignore") and not path.endswith(".gitignore")
        found = gitignore.parse(text, folder, wins)
        if found is not None and found.cut:
            most = f"{gitignore.MOST_EXPRESSIONS:,}"
            self.errors.append(FileError(path, f"Only the first {most} patterns with wildcards count."))
        return found


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False) and not getattr(entry, "is_junction", bool)()
    except OSError:
        return False
