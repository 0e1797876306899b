"""The files of a project as a run sees them: on the disk, with what it has repaired so far laid over."""

# open() is called for every file, and pathlib takes twice as long.
# ruff: noqa: PTH123

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

_KEPT = 128 << 20  # bytes of files that are kept: many questions search all files of a project


class ChangedMeanwhileError(OSError):
    """The file is not what it was when it was analysed."""


class Files:
    """Paths are relative to `root`, with forward slashes. Nothing reaches the disk before `write`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.before: dict[str, bytes | None] = {}  # None: there was no such file
        self.after: dict[str, bytes] = {}
        self._kept: dict[str, bytes] = {}
        self._room = _KEPT

    def read(self, path: str, keep: bool = True) -> bytes:
        """The bytes of a file, as repaired so far; kept for the next time, or not. Raises OSError."""
        content = self.after.get(path)
        if content is None:
            content = self._kept.get(path)
        if content is None:
            with open(f"{self.root}/{path}", "rb", buffering=0) as file:
                content = file.read()
            if keep and len(content) <= self._room:
                self._room -= len(content)
                self._kept[path] = content
        return content

    def read_any(self, path: str) -> bytes | None:
        """The same as `read`, but None for a file that does not exist. Raises OSError for other failures and
        where the folder that it would be in does not exist, either."""
        try:
            return self.read(path)
        except FileNotFoundError:
            if not (self.root / path).parent.is_dir():
                raise
            return None

    def replace(self, path: str, content: bytes) -> None:
        """Lay new content over a file, or a new file into a folder. Raises OSError as `read_any` does."""
        if path not in self.before:
            self.before[path] = self.read_any(path)
        self.after[path] = content

    def created(self) -> list[str]:
        """The new files."""
        return [path for path in self.after if self.before[path] is None]

    def write(self, path: str) -> None:
        """Put the new content of `path` on the disk: written beside the file, then renamed over it. A new
        file never takes the place of one that has appeared meanwhile.

        Raises ChangedMeanwhileError if the file is no longer what it was, PermissionError for one that
        is read-only or reached by a link out of the project, OSError for what the system refuses.
        """
        target = self._target(path)
        before = self.before[path]
        mode = None
        if before is not None:
            mode = target.stat().st_mode
            if not mode & stat.S_IWUSR:
                raise PermissionError("is read-only")
            if target.read_bytes() != before:
                raise ChangedMeanwhileError("was changed by something else during the run; left alone")
        beside, handle = _new_file_beside(target, 0o666 if mode is None else 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(self.after[path])
            if mode is None:
                _rename_to_new(beside, target)
            else:
                beside.chmod(stat.S_IMODE(mode))
                beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)

    def _target(self, path: str) -> Path:
        """The real place of a file, links followed; of a new file the place in its folder's real place."""
        full = self.root / path
        new = self.before[path] is None
        target = Path(os.path.realpath(full.parent)) / full.name if new else Path(os.path.realpath(full))
        if not target.is_relative_to(os.path.realpath(self.root)):
            raise PermissionError("is a link to a file outside the project")
        return target


def _new_file_beside(target: Path, mode: int) -> tuple[Path, int]:
    """A new file in the folder of `target`, open for writing; the umask is taken off its mode."""
    while True:
        beside = target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}.testfix")
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            return beside, os.open(beside, flags, mode)
        except FileExistsError:
            continue


def _rename_to_new(beside: Path, target: Path) -> None:
    """Give the file its name unless that is taken. Only Windows does that in one step."""
    try:
        if os.name == "nt":
            beside.rename(target)
            return
        with contextlib.suppress(PermissionError, NotImplementedError):  # a file system without hard links
            target.hardlink_to(beside)
            return
        if os.path.lexists(target):
            raise FileExistsError
        beside.rename(target)
    except FileExistsError:
        raise ChangedMeanwhileError("was created by something else during the run; left alone") from None
