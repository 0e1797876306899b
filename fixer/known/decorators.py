"""Decorators of other libraries that leave a test's parameters as they are. Reads decorators.txt."""

from __future__ import annotations

import functools
from pathlib import Path


def is_transparent(qualified: str) -> bool:
    """Whether pytest asks for the parameters of the decorated function all the same."""
    exact, prefixes = _data()
    return qualified in exact or qualified.startswith(prefixes)


def names() -> tuple[str, ...]:
    """All names of the list; a `*` at the end stands for the rest of the name."""
    lines = Path(__file__).with_name("decorators.txt").read_text("utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


@functools.cache
def _data() -> tuple[frozenset[str], tuple[str, ...]]:
    exact = frozenset(name for name in names() if not name.endswith("*"))
    return exact, tuple(name[:-1] for name in names() if name.endswith("*"))
