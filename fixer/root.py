"""Where the project begins: the folder whose files are evidence and that paths are relative to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from fixer.config_files import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

_VCS = (".git", ".hg")
_MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", "pytest.ini", "tox.ini")


def start_folder(paths: Sequence[str], cwd: Path) -> Path:
    """The folder from which the configuration is searched upwards.

    A single folder that is named starts the search; otherwise the working directory does, if all `paths`
    are inside it. So the files that a hook hands over in batches always get the same configuration. For paths
    elsewhere it is the root of their version control, or else their common folder.
    """
    if len(paths) == 1 and (cwd / paths[0]).is_dir():
        return _absolute(paths[0], cwd)
    common = _common_folder(paths, cwd)
    if _inside(common, cwd):
        return cwd
    return _upwards(common, _VCS) or common


def find_root(paths: Sequence[str], cwd: Path, config: Path | None = None) -> Path:
    """The project root for `paths`; it holds all of them. `config` is the configuration file in use.

    In this order: the root of the version control that holds the working directory, then of the one that
    holds the paths; the folder of the configuration; the nearest folder upwards with a file that marks a
    Python project. Where nothing marks a project: the working directory, unless that is the user's home
    or the top of the file system, then the common folder. Raises ConfigError for paths on different drives.
    """
    common = _common_folder(paths, cwd)
    candidates = [
        _upwards(cwd, _VCS),
        _upwards(common, _VCS),
        config.parent.absolute() if config else None,
        _upwards(cwd, _MARKERS),
        _upwards(common, _MARKERS),
        None if cwd in (Path.home(), Path(cwd.anchor)) else cwd,
    ]
    return next((folder for folder in candidates if folder and _inside(common, folder)), common)


def _absolute(path: str, cwd: Path) -> Path:
    return Path(os.path.normpath(cwd / path))


def _common_folder(paths: Sequence[str], cwd: Path) -> Path:
    """The deepest folder that holds all `paths` (a folder holds itself)."""
    if not paths:
        return cwd
    folders = {
        str(path if path.is_dir() else path.parent) for path in (_absolute(each, cwd) for each in paths)
    }
    try:
        return Path(os.path.commonpath(folders))
    except ValueError as error:
        raise ConfigError("The paths lie on different drives: run testfix once for each of them.") from error


def _inside(folder: Path, outer: Path) -> bool:
    return folder == outer or outer in folder.parents


def _upwards(folder: Path, names: Sequence[str]) -> Path | None:
    """The nearest of `folder` and the folders above it that holds one of `names`."""
    for each in (folder, *folder.parents):
        if any((each / name).exists() for name in names):
            return each
    return None
