"""The folder `.testfix` of a project: what testfix keeps there between runs."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def folder_of(root: Path, name: str) -> Path:
    """Where what is called `name` is kept for the project at `root`."""
    return root / ".testfix" / name


def make_folder(root: Path, name: str) -> Path:
    """The same folder, made, with a `.gitignore` above it that hides all of `.testfix`. Raises OSError, also
    where a link leads out of the project."""
    folder = folder_of(root, name)
    refuse_link(root, folder)
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError), (folder.parent / ".gitignore").open("x") as file:
        file.write("# Written by testfix.\n*\n")
    return folder


def refuse_link(root: Path, folder: Path) -> None:
    """Raises PermissionError where a link leads out of the project."""
    if not Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(root)):
        raise PermissionError("it is a link to a place outside the project")
