"""Decorators of other libraries that leave a test's parameters as they are. Reads decorators.toml."""

from __future__ import annotations

import functools
from pathlib import Path

from fixer.config_files import parse_toml


def is_transparent(qualified: str) -> bool:
    """Whether pytest asks for the parameters of the decorated function all the same."""
    exact, prefixes = _data()
    return qualified in exact or qualified.startswith(prefixes)


@functools.cache
def _data() -> tuple[frozenset[str], tuple[str, ...]]:
    path = Path(__file__).with_name("decorators.toml")
    names: list[str] = parse_toml(str(path), path.read_text("utf-8"))["transparent"]
    exact = frozenset(name for name in names if not name.endswith("*"))
    return exact, tuple(name[:-1] for name in names if name.endswith("*"))
