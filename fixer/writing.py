"""Writes files so that each is either what it was or what it shall be, whatever goes wrong.

New content is written beside the file and renamed over it: one step, which keeps a reader's open file whole.
Where a rename would lose something (a second hard link, an owner who is somebody else), the file is written
in place, after its content beside it proved that the disk takes it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from fixer.frozen import dataclass
from fixer.signals import held

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class ChangedMeanwhileError(OSError):
    """The file is not what it was when it was analysed."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """The content of one file before and after; None: there is no such file."""

    path: str
    before: bytes | None
    after: bytes | None


def write_all(root: Path, groups: Iterable[Sequence[Replacement]]) -> dict[str, str]:
    """Write every file of every group; by path, why a file could not be written (a clause).

    The files of one group are all written or none. A signal that asks the process to end waits until a group
    is complete. Paths are relative to `root`; nothing outside of it is written, whatever links say.
    """
    failed: dict[str, str] = {}
    for group in groups:
        with held():
            failed.update(_write_group(root, group))
    return failed


def together(files: Sequence[Replacement], sets: Iterable[Iterable[str]]) -> list[list[Replacement]]:
    """The files in groups: paths of one set are in one group, and so are those of sets that overlap."""
    leader: dict[str, str] = {file.path: file.path for file in files}

    def find(path: str) -> str:
        while leader[path] != path:
            leader[path] = leader[leader[path]]
            path = leader[path]
        return path

    for paths in sets:
        first, *others = [path for path in paths if path in leader] or [""]
        for other in others:
            leader[find(other)] = find(first)
    groups: dict[str, list[Replacement]] = {}
    for file in files:
        groups.setdefault(find(file.path), []).append(file)
    return list(groups.values())


def _write_group(root: Path, group: Sequence[Replacement]) -> Mapping[str, str]:
    """Prepare every file before the first is touched; after a failure, undo what was done."""
    steps: list[_Step] = []
    current = ""
    try:
        for file in group:
            current = file.path
            steps.append(_Step(root, file))
            steps[-1].prepare(keep_old=len(group) > 1)
        for step in steps:
            current = step.file.path
            step.commit()
    except OSError as error:
        failed = {
            file.path: f"was not written: it shares a repair with {current}, which could not be written"
            for file in group
        }
        failed[current] = f"could not be written: {error.strerror or error}"
        failed.update(
            (step.file.path, why) for step in reversed(steps) if (why := step.take_back()) is not None
        )
        return failed
    finally:
        for step in steps:
            step.clean()
    return {}


class _Step:
    """The way of one file from its old to its new content, and back."""

    def __init__(self, root: Path, file: Replacement) -> None:
        self.root = root
        self.file = file
        self.beside: Path | None = None  # the new content
        self.old: Path | None = None  # the old file, kept while the group may fail
        self.kept: Path | None = None  # the same, where it could not be put back
        self.in_place = False
        self.committed = False
        self.target = root / file.path

    def prepare(self, keep_old: bool) -> None:
        """Everything that can fail before the file itself is touched. Raises OSError."""
        before, after = self.file.before, self.file.after
        self.target = _target(self.root, self.file)
        status = None
        if before is not None:
            status = self.target.stat()
            if not stat.S_ISREG(status.st_mode):
                raise PermissionError("is no regular file")
            if not status.st_mode & stat.S_IWUSR:
                raise PermissionError("is read-only")
            self.check()
        if after is not None:
            self._write_beside(after, status)
        if before is not None and keep_old and not self.in_place:
            self._keep_old(before)

    def check(self) -> None:
        """Raises ChangedMeanwhileError if the file is no longer what it was when it was analysed."""
        if self.target.read_bytes() != self.file.before:
            raise ChangedMeanwhileError("was changed by something else during the run; left alone")

    def commit(self) -> None:
        """Put the new content in the file's place. Raises OSError, and then the file is what it was."""
        before, after = self.file.before, self.file.after
        if before is None:
            assert self.beside is not None
            _rename_to_new(self.beside, self.target)
        else:
            self.check()
            if after is None:
                self.target.unlink()
            elif self.in_place:
                _overwrite(self.target, before, after)
            else:
                assert self.beside is not None
                self.beside.replace(self.target)
        self.committed = True

    def take_back(self) -> str | None:
        """Undo `commit`; why that was not possible (a clause)."""
        try:
            self._take_back()
        except OSError as error:
            where = (
                f"its former content is in {self.kept.name} beside it" if self.kept else "see `testfix undo`"
            )
            return f"was written, and could not be put back: {error.strerror or error}; {where}"
        return None

    def _take_back(self) -> None:
        if not self.committed:
            return
        before, after = self.file.before, self.file.after
        if before is None:
            self.target.unlink()
        elif self.in_place and after is not None:
            _overwrite(self.target, after, before)
        elif self.old is not None:
            old, self.old = self.old, None
            try:
                old.replace(self.target)
            except OSError:
                self.kept = old
                raise

    def clean(self) -> None:
        """Leave nothing beside the file."""
        for path in (self.beside, self.old):
            if path is not None:
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)

    def _write_beside(self, content: bytes, status: os.stat_result | None) -> None:
        with _new_file_beside(self.target, 0o666 if status is None else 0o600) as (self.beside, handle):
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            if status is not None:
                alike = _same_owner(self.beside, status)
                self.in_place = status.st_nlink > 1 or not alike
                _copy_attributes(self.target, self.beside)
                self.beside.chmod(stat.S_IMODE(status.st_mode))

    def _keep_old(self, content: bytes) -> None:
        """A second name for the old file, or a copy where the file system has no hard links."""
        name = _name_beside(self.target)
        try:
            name.hardlink_to(self.target)
            self.old = name
        except (OSError, NotImplementedError):
            with _new_file_beside(self.target, 0o600) as (self.old, handle):
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                self.old.chmod(stat.S_IMODE(self.target.stat().st_mode))


def _target(root: Path, file: Replacement) -> Path:
    """The real place of a file, links followed; of a new file the place in its folder's real place."""
    full = root / file.path
    new = file.before is None
    target = Path(os.path.realpath(full.parent)) / full.name if new else Path(os.path.realpath(full))
    if not target.is_relative_to(os.path.realpath(root)):
        raise PermissionError("is a link to a file outside the project")
    return target


def _name_beside(target: Path) -> Path:
    return target.with_name(f".{target.name[:40]}.{secrets.token_hex(4)}.testfix")


@contextlib.contextmanager
def _new_file_beside(target: Path, mode: int) -> Iterator[tuple[Path, int]]:
    """A new file in the folder of `target`, open for writing; the umask is taken off its mode. It goes if the
    block fails."""
    while True:
        beside = _name_beside(target)
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            handle = os.open(beside, flags, mode)
            break
        except FileExistsError:
            continue
    try:
        yield beside, handle
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise


def _same_owner(beside: Path, status: os.stat_result) -> bool:
    """Give a new file the owner and group of the old one; whether that was possible."""
    if not hasattr(os, "chown"):
        return True
    own = beside.stat()
    if (own.st_uid, own.st_gid) == (status.st_uid, status.st_gid):
        return True
    try:
        os.chown(beside, status.st_uid, status.st_gid)
    except OSError:
        return False
    return True


def _copy_attributes(source: Path, target: Path) -> None:
    """Extended attributes, among them access control lists, where the system has them and lets us."""
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):
            for name in os.listxattr(source):
                os.setxattr(target, name, os.getxattr(source, name))


def _overwrite(target: Path, before: bytes, after: bytes) -> None:
    """Change the content of a file in place. Raises OSError, and then it has its old content again.

    What is longer is written first, behind the old content: after that, no step needs more room.
    """
    with target.open("r+b", buffering=0) as file:
        try:
            _write_at(file.fileno(), after[len(before) :], len(before))
            _write_at(file.fileno(), after[: len(before)], 0)
            file.truncate(len(after))
        except BaseException:
            _write_at(file.fileno(), before, 0)
            file.truncate(len(before))
            raise


def _write_at(handle: int, content: bytes, offset: int) -> None:
    os.lseek(handle, offset, os.SEEK_SET)
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]


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
