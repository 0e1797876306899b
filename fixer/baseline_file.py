"""The file of the baseline: where it is, reading it, writing it."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

from fixer import baseline
from fixer.config_files import ConfigError, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from fixer.config import Config
    from fixer.finding import Finding

DEFAULT = "testfix-baseline.json"


def place(config: Config, root: Path) -> Path:
    """Where the baseline is, or would be. Raises ConfigError where that is outside of the project."""
    folder = config.folder if config.file and config.folder else root
    path = config.baseline or folder / DEFAULT
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise ConfigError(
            f"`baseline` is {path}, which is not in {folder}; it must be a file of the project."
        )
    return path


def load(config: Config, root: Path) -> baseline.Baseline:
    """The configured baseline with paths relative to `root`; an empty one where none is configured.

    Raises ConfigError for one that does not exist or cannot be read.
    """
    if config.baseline is None:
        return baseline.Baseline()
    path = place(config, root)
    text = read_text(str(path))
    if text is None:
        raise ConfigError(f"The baseline {path} does not exist; `testfix --write-baseline` writes it.")
    return _moved(_parsed(path, text), _relative(path.parent, root))


def write(
    config: Config,
    root: Path,
    findings: Iterable[Finding],
    lines: Callable[[str], Sequence[str]],
    judged: Collection[str],
    codes: Collection[str],
) -> Path:
    """Write the baseline of a run (see `baseline.render`); what it knows of other files stays.

    Raises ConfigError where it cannot be written.
    """
    from fixer.writing import Replacement, write_all  # reading one needs none of it

    path = place(config, root)
    text = read_text(str(path))
    old = baseline.Baseline() if text is None else _moved(_parsed(path, text), _relative(path.parent, root))
    there = {name: kinds for name, kinds in old.known.items() if (root / name).exists()}
    new = _parsed(path, baseline.render(baseline.Baseline(there), findings, lines, judged, codes))
    content = baseline.render(_moved(new, _relative(root, path.parent)), (), lines, (), ()).encode()
    before = None if text is None else path.read_bytes()
    failed = write_all(path.parent, [[Replacement(path.name, before, content)]])
    if failed:
        raise ConfigError(f"The baseline {path} {failed[path.name]}.")
    return path


def _parsed(path: Path, text: str) -> baseline.Baseline:
    try:
        return baseline.read(text)
    except baseline.BaselineError as error:
        raise ConfigError(f"{path} {error}.") from None


def _relative(folder: Path, start: Path) -> str:
    return os.path.relpath(folder.absolute(), start.absolute()).replace(os.sep, "/")


def _moved(known: baseline.Baseline, prefix: str) -> baseline.Baseline:
    """The baseline with paths that count from elsewhere."""
    return baseline.Baseline(
        {posixpath.normpath(posixpath.join(prefix, path)): kinds for path, kinds in known.known.items()}
    )
