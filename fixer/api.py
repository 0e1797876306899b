"""The functions of the library. Import them from `fixer`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fixer.config import Config, load
from fixer.root import start_folder
from fixer.run import Mode, run

if TYPE_CHECKING:
    from fixer.report import Report


def check(*paths: str | Path, config: Config | None = None, cwd: Path | None = None) -> Report:
    """What testfix finds below the paths (all of `cwd` without any) and would repair; writes nothing.

    Without `config` the configuration is looked up as on the command line. Raises ConfigError.
    """
    return _run(paths, config, cwd, Mode.CHECK)


def repair(*paths: str | Path, config: Config | None = None, cwd: Path | None = None) -> Report:
    """The same as `check`, with the repairs written. Raises ConfigError and OSError."""
    return _run(paths, config, cwd, Mode.REPAIR)


def _run(paths: tuple[str | Path, ...], config: Config | None, cwd: Path | None, mode: Mode) -> Report:
    where = (cwd or Path.cwd()).resolve()
    words = [str(path) for path in paths] or ["."]
    return run(config or load(start_folder(words, where)), words, mode, where, None)
