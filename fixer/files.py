"""The files of a project as a run sees them: on the disk, with what it has repaired so far laid over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.regular import read_regular

if TYPE_CHECKING:
    from pathlib import Path

_KEPT = 128 << 20  # bytes of files that are kept: many questions search all files of a project


class Files:
    """Paths are relative to `root`, with forward slashes. Nothing reaches the disk from here."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.before: dict[str, bytes | None] = {}  # None: there was no such file
        self.after: dict[str, bytes] = {}
        self._kept: dict[str, bytes] = {}
        self._room = _KEPT
        self.unsaved: list[str] = []  # given, and not on the disk

    def give(self, path: str, content: bytes) -> None:
        """Take `content` for what is in a file, whatever is on the disk."""
        self._kept[path] = content
        if not (self.root / path).exists():
            self.unsaved.append(path)

    def read(self, path: str, keep: bool = True) -> bytes:
        """The bytes of a file, as repaired so far; kept for the next time, or not. Raises OSError."""
        content = self.after.get(path)
        if content is None:
            content = self._kept.get(path)
        if content is None:
            content = read_regular(f"{self.root}/{path}")
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
