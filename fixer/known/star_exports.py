"""What `from module import *` binds, for modules of the standard library. Reads star_exports.json."""

from __future__ import annotations

import functools
from pathlib import Path


def star_exports(module: str) -> frozenset[str] | None:
    """The names that any supported Python binds; None for a module that is not of the standard library."""
    names = _data().get(module)
    return None if names is None else frozenset(names.split())


@functools.cache
def _data() -> dict[str, str]:
    import json  # a run without star imports has no need of it

    data: dict[str, str] = json.loads(Path(__file__).with_name("star_exports.json").read_text("utf-8"))
    return data
