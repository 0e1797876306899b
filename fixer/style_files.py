"""The import style that holds for a file: from the nearest settings of ruff, isort or black above it."""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING, Any

from fixer.config_files import ConfigError, parse_toml, read_text
from fixer.facts.import_order import ImportStyle
from fixer.project.import_style import read_import_style

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ISORT_SECTIONS = {".isort.cfg": "settings", "setup.cfg": "isort", "tox.ini": "isort"}


_LONGEST_CHAIN = 8  # files that extend each other


class StyleFiles:
    """Styles by folder, each read once. A file that cannot be read counts as absent."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._styles: dict[str, ImportStyle] = {}

    def of(self, path: str) -> ImportStyle:
        """The style for the file `path`, relative to the root."""
        folder = path.rpartition("/")[0]
        if folder not in self._styles:
            here = self._in_folder(folder)
            if here is None:
                here = self.of(folder) if folder else ImportStyle()
            self._styles[folder] = here
        return self._styles[folder]

    def _in_folder(self, folder: str) -> ImportStyle | None:
        """The style that the files of one folder set, None if they set none."""
        where = self.root / folder
        pyproject = _toml(where / "pyproject.toml", [b"tool.ruff", b"tool.isort", b"tool.black"])
        ruff = _toml(where / ".ruff.toml") or _toml(where / "ruff.toml") or _ruff_table(pyproject)
        ruff = _extended(ruff, where)
        isort = next(filter(None, (_section(where / name, name) for name in _ISORT_SECTIONS)), None)
        if not (pyproject or ruff or isort):
            return None
        return read_import_style(pyproject, ruff or None, isort)


def _ruff_table(pyproject: Mapping[str, Any]) -> Mapping[str, Any]:
    tool = pyproject.get("tool")
    table = tool.get("ruff") if isinstance(tool, dict) else None
    return table if isinstance(table, dict) else {}


def _extended(ruff: Mapping[str, Any], folder: Path, depth: int = 0) -> Mapping[str, Any]:
    """ruff's settings with those of the file that `extend` names below them, table by table."""
    base_name = ruff.get("extend")
    if not isinstance(base_name, str) or depth > _LONGEST_CHAIN:
        return ruff
    path = folder / base_name
    base = _toml(path)
    base = _ruff_table(base) if path.name == "pyproject.toml" else base
    return _merged(_extended(base, path.parent, depth + 1), ruff)


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    both = {**base, **over}
    for key in base.keys() & over.keys():
        if isinstance(base[key], dict) and isinstance(over[key], dict):
            both[key] = _merged(base[key], over[key])
    return both


def _toml(path: Path, words: list[bytes] | None = None) -> Mapping[str, Any]:
    try:
        text = read_text(str(path), words or ())
        return {} if text is None else parse_toml(str(path), text)
    except ConfigError:
        return {}


def _section(path: Path, name: str) -> Mapping[str, Any] | None:
    try:
        text = read_text(str(path), [b"isort", b"settings"])
    except ConfigError:
        return None
    if text is None:
        return None
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
        return dict(parser[_ISORT_SECTIONS[name]])
    except (configparser.Error, KeyError):
        return None
