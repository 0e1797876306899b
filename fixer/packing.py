"""Facts as bytes and back.

A cache may lie in a project that somebody else wrote, so that reading it can make nothing but facts: no other
class or function is ever looked up, and nothing is imported but modules of facts.
"""

from __future__ import annotations

import importlib
import io
import pickle
from dataclasses import is_dataclass
from enum import Enum
from typing import Any

_PROTOCOL = 5  # of every CPython from 3.8 on
_MODULES = frozenset(
    {
        "fixer.facts.body",
        "fixer.facts.call_model",
        "fixer.facts.definitions",
        "fixer.facts.expression",
        "fixer.facts.mock_usage",
        "fixer.facts.model",
        "fixer.facts.top_level",
        "fixer.import_statement",
        "fixer.span",
    }
)


def pack(facts: object) -> bytes:
    stream = io.BytesIO()
    _Pickler(stream, _PROTOCOL).dump(facts)
    return stream.getvalue()


def unpack(packed: bytes, classes: dict[tuple[str, str], type]) -> Any:
    """What `pack` was given. `classes` remembers what was looked up, from one call to the next.

    Raises `pickle.UnpicklingError` for what holds anything but facts, and whatever else `pickle` raises for
    bytes that it did not write.
    """
    return _Unpickler(io.BytesIO(packed), classes).load()


class _Pickler(pickle.Pickler):
    """A dataclass is the call that makes it: what `dataclasses` does for frozen ones takes twice as long."""

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        names = getattr(kind, "__match_args__", None)
        if names is not None and is_dataclass(kind):
            return kind, tuple(getattr(value, name) for name in names)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, classes: dict[tuple[str, str], type]) -> None:
        super().__init__(stream)
        self.classes = classes

    def find_class(self, module: str, name: str) -> type:
        found = self.classes.get((module, name))
        if found is None:
            found = self.classes[module, name] = _fact(module, name)
        return found


def _fact(module: str, name: str) -> type:
    """The dataclass or enumeration of that name which one of the modules of facts defines itself."""
    found = getattr(importlib.import_module(module), name, None) if module in _MODULES else None
    if (
        isinstance(found, type)
        and found.__module__ == module
        and (is_dataclass(found) or issubclass(found, Enum))
    ):
        return found
    raise pickle.UnpicklingError(f"{module}.{name} is no part of facts")
