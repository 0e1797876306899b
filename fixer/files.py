"""The files of a project as a run sees them: on the disk, with what it has repaired so far laid over."""

# open() is called for every file, and pathlib takes twice as long.
# ruff: noqa: PTH123

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path


class ChangedMeanwhileError(OSError):
    """The file is not what it was when it was analysed."""


class Files:
    """Paths are relative to `root`, with forward slashes. Nothing reaches the disk before `write`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.before: dict[str, bytes] = {}
        self.after: dict[str, bytes] = {}

    def read(self, path: str) -> bytes:
        """The bytes of a file, as repaired so far. Raises OSError."""
        if path in self.after:
            return self.after[path]
        with open(f"{self.root}/{path}", "rb") as file:
            return file.read()

    def replace(self, path: str, content: bytes) -> None:
        """Lay new content over a file. Raises OSError if the file cannot be read."""
        if path not in self.before:
            self.before[path] = (self.root / path).read_bytes()
        self.after[path] = content

    def write(self, path: str) -> None:
        """Put the new content of `path` on the disk: written beside the file, then renamed over it.

        Raises ChangedMeanwhileError if the file is no longer what it was, PermissionError for one that
        is read-only or reached by a link out of the project, OSError for what the system refuses.
        """
        target = Path(os.path.realpath(self.root / path))
        if not target.is_relative_to(os.path.realpath(self.root)):
            raise PermissionError("is a link to a file outside the project")
        status = target.stat()
        if not status.st_mode & stat.S_IWUSR:
            raise PermissionError("is read-only")
        if target.read_bytes() != self.before[path]:
            raise ChangedMeanwhileError("was changed by something else during the run; left alone")
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".testfix", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(self.after[path])
            Path(name).chmod(stat.S_IMODE(status.st_mode))
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
