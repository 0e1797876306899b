"""Copies of repositories to let tools loose on, and what the tools changed in them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from putback.origin import SKIPPED_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

State = dict[str, tuple[int, int]]  # size in bytes, time of the last change in nanoseconds


def copy_of(folder: Path, place: Path) -> Path:
    """Copy a repository without its history into the folder `place`; returns the copy."""
    copy = place / folder.name
    shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns(*SKIPPED_FOLDERS))
    (copy / ".git").mkdir()  # tools that look for the top of a checkout find it
    return copy


def state_of(copy: Path) -> State:
    """Size and time of every file that a tool could have changed, by path."""
    found: State = {}
    for path in copy.rglob("*"):
        relative = path.relative_to(copy).as_posix()
        if path.is_file() and not path.is_symlink() and relative.partition("/")[0] not in SKIPPED_FOLDERS:
            about = path.stat()
            found[relative] = about.st_size, about.st_mtime_ns
    return found


def changed_files(folder: Path, copy: Path) -> list[str]:
    """The files whose bytes differ between the two folders, or which only one of them has."""
    before, after = state_of(folder), state_of(copy)
    both = before.keys() & after.keys()
    different = (path for path in both if (folder / path).read_bytes() != (copy / path).read_bytes())
    return sorted({*different, *(before.keys() ^ after.keys())})


def restore(folder: Path, copy: Path, state: State, broken: Iterable[str]) -> list[str]:
    """Undo what a tool did to Python files that had not been broken, and name them."""
    now = state_of(copy)
    expected = set(broken)
    paths = (state.keys() | now.keys()) - expected
    changed = sorted(path for path in paths if state.get(path) != now.get(path))
    for path in changed:
        if path in state:
            (copy / path).write_bytes((folder / path).read_bytes())
        else:
            (copy / path).unlink()
    for path in [*expected, *changed]:
        if path in state:
            about = (copy / path).stat()
            state[path] = about.st_size, about.st_mtime_ns
    return [path for path in changed if path.endswith(".py")]
