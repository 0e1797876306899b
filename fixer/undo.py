"""The journal of writing runs in `.testfix/undo`: what was there before, what was written.

Each run is one zip file, named by its time, with `journal.json` and the contents of the files. It is complete
on the disk before the first file of the project is touched, so it also serves where a run is killed.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from typing import TYPE_CHECKING, Any

from fixer import state
from fixer.frozen import dataclass
from fixer.signals import held
from fixer.writing import Replacement, together, write_all

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

VERSION = 1
KEPT_RUNS = 5
_MOST = 1 << 30  # bytes of one file that are read back; nobody's test is that long


class UndoError(Exception):
    """The journal cannot be kept or read; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Run:
    """One writing run. `time` is seconds since the epoch."""

    file: Path
    time: float
    files: tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class Undone:
    """What became of each file of a run: paths taken back, paths left alone with the reason (a clause)."""

    run: Run
    restored: tuple[str, ...]
    left: dict[str, str]


def folder_of(root: Path) -> Path:
    """Where the journal of the project at `root` is."""
    return state.folder_of(root, "undo")


def record(root: Path, files: Sequence[Replacement], run: Run | None = None) -> Run:
    """Write the journal of a run that is about to write `files`, or of what is left of `run`.

    Raises UndoError where it cannot be written.
    """
    import json
    import zipfile

    now = run.time if run else time.time()
    entries = [
        {"path": file.path, "before": _hash(file.before), "after": _hash(file.after)} for file in files
    ]
    try:
        folder = state.make_folder(root, "undo")
        name = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now)) + f".{int(now % 1 * 1e6):06}"
        target = run.file if run else folder / f"{name}-{secrets.token_hex(2)}.zip"
        beside = target.with_suffix(".part")
        try:
            with beside.open("xb") as stream:
                # An archive that a signal leaves in the middle of a file hides it behind an error of its own.
                with (
                    held(),
                    zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
                ):
                    head = {"version": VERSION, "time": now, "files": entries}
                    archive.writestr("journal.json", json.dumps(head))
                    for index, file in enumerate(files):
                        for side, content in (("before", file.before), ("after", file.after)):
                            if content is not None:
                                archive.writestr(f"{side}/{index}", content)
                stream.flush()
                os.fsync(stream.fileno())  # the renames that follow are not: this is what a crash leaves
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
        for old in _journals(root)[:-KEPT_RUNS]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise UndoError(
            f"The undo journal cannot be kept in .testfix/undo: {error.strerror or error}. Nothing was"
            " written. Make that possible, or give --no-undo to write without a way back."
        ) from None
    return Run(target, now, tuple(files))


def settle(root: Path, run: Run, paths: Collection[str]) -> None:
    """Take `paths` out of a journal: they were not written, or have been taken back."""
    left = [file for file in run.files if file.path not in paths]
    with contextlib.suppress(UndoError, OSError):  # it names too many files then, which is harmless
        if not left:
            run.file.unlink(missing_ok=True)
        elif len(left) < len(run.files):
            record(root, left, run)


def runs(root: Path) -> list[Run]:
    """The journals that can be read, the newest first."""
    return [run for run in map(_read, reversed(_journals(root))) if run is not None]


def undo(root: Path) -> Undone | None:
    """Take the last run back, file by file; None if there is none. Files that have changed since are left
    alone, and stay in the journal."""
    found = runs(root)
    if not found:
        return None
    run = found[0]
    left: dict[str, str] = {}
    todo: list[Replacement] = []
    restored: list[str] = []
    for file in run.files:
        now = _now(root / file.path)
        if now == file.before:
            restored.append(file.path)
        elif isinstance(now, str):
            left[file.path] = f"could not be read: {now}"
        elif now == file.after or _is_torn(now, file):
            todo.append(Replacement(file.path, now, file.before))
        else:
            left[file.path] = "has been deleted since" if now is None else "has changed since"
    left |= write_all(root, together(todo, []))
    restored += [file.path for file in todo if file.path not in left]
    settle(root, run, restored)
    return Undone(run, tuple(sorted(restored)), left)


def _now(path: Path) -> bytes | str | None:
    """The content of a file, None if there is none, or why it cannot be read."""
    try:
        if path.is_file():
            return path.read_bytes()
        return "is no regular file" if os.path.lexists(path) else None
    except OSError as error:
        return error.strerror or str(error)


def _is_torn(now: bytes | str | None, file: Replacement) -> bool:
    """Whether a file is half-written: a run was killed while it wrote in place (see `writing._overwrite`)."""
    if not isinstance(now, bytes) or file.before is None or file.after is None:
        return False
    grown = file.before + file.after[len(file.before) :]
    shorter = min(len(now), len(file.after))
    done = next((index for index in range(shorter) if now[index] != file.after[index]), shorter)
    return now[done:] == grown[done:] or (len(now) > len(file.before) and grown.startswith(now))


def _journals(root: Path) -> list[Path]:
    """The oldest first: names begin with the time."""
    try:
        return sorted(path for path in folder_of(root).iterdir() if path.suffix == ".zip")
    except OSError:
        return []


def _read(file: Path) -> Run | None:
    """A journal; None for what is none. Nothing is taken from one whose contents do not have their hashes."""
    import json
    import zipfile

    try:
        with zipfile.ZipFile(file) as archive:
            head = json.loads(_content(archive, "journal.json"))
            if head["version"] != VERSION:
                return None
            found = []
            for index, entry in enumerate(head["files"]):
                sides = {
                    side: None if entry[side] is None else _content(archive, f"{side}/{index}")
                    for side in ("before", "after")
                }
                if any(_hash(sides[side]) != entry[side] for side in sides):
                    return None
                found.append(Replacement(str(entry["path"]), sides["before"], sides["after"]))
            return Run(file, float(head["time"]), tuple(found))
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def _content(archive: Any, name: str) -> bytes:
    """One member. Raises ValueError for one of absurd size."""
    if archive.getinfo(name).file_size > _MOST:
        raise ValueError(name)
    content: bytes = archive.read(name)
    return content


def _hash(content: bytes | None) -> str | None:
    import hashlib

    return None if content is None else hashlib.sha256(content).hexdigest()
