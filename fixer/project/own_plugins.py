"""The pytest plugins that the project itself offers: its entry points in the group `pytest11`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fixer.project.dependency_files import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

_SETUP_PY = re.compile(r"pytest11[\"']?\s*[:=]\s*[\[{(]([^\])}]*)[\])}]")
_TARGET = re.compile(r"[\"']?[\w.-]+[\"']?\s*[=:]\s*[\"']?([A-Za-z_][\w.]*)")


def own_plugins(files: Mapping[str, str]) -> tuple[str, ...]:
    """The dotted names of the modules that the packaging files (path -> text) register with pytest.

    Read are the tables of PEP 621 and poetry, `setup.cfg`, and what is literal in `setup.py`.
    """
    found: dict[str, None] = {}
    for path, text in sorted(files.items()):
        if "pytest11" not in text:
            continue
        name = path.rpartition("/")[2]
        if name == "pyproject.toml":
            found |= dict.fromkeys(_pyproject(text))
        elif name == "setup.cfg":
            section = re.search(r"^pytest11\s*=((?:\s+\S.*)+)", text, re.MULTILINE)
            found |= dict.fromkeys(_TARGET.findall(section[1]) if section else ())
        elif name == "setup.py":
            for match in _SETUP_PY.finditer(text):
                found |= dict.fromkeys(_TARGET.findall(match[1]))
    return tuple(found)


def _pyproject(text: str) -> list[str]:
    data, _ = read_toml(text)
    groups: list[Any] = [
        _at(data, "project", "entry-points", "pytest11"),
        _at(data, "tool", "poetry", "plugins", "pytest11"),
        _at(data, "tool", "flit", "entrypoints", "pytest11"),
    ]
    targets = [value for group in groups if isinstance(group, dict) for value in group.values()]
    return [value.partition(":")[0].strip() for value in targets if isinstance(value, str)]


def _at(data: Any, *keys: str) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data
