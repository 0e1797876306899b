"""The tables of keywords: signatures.toml (who accepts what), rewrites.toml (what to do about the rest)."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fixer.keyword_tables import Rewrite, Signature, read_rewrite, read_signature

if TYPE_CHECKING:
    from collections.abc import Mapping


@functools.cache
def signatures() -> tuple[Signature, ...]:
    """Every implementation that is known."""
    return tuple(map(read_signature, _data("signatures")["signature"]))


@functools.cache
def rewrites() -> tuple[Rewrite, ...]:
    """Every entry, in the order of the file; those that are off too."""
    return tuple(map(read_rewrite, entries().values()))


@functools.cache
def entries() -> Mapping[str, Mapping[str, Any]]:
    """The entries of rewrites.toml as they are written, by id."""
    return {entry["id"]: entry for entry in _data("rewrites")["rewrite"]}


@functools.cache
def aliases() -> Mapping[str, tuple[str, ...]]:
    """Callees by the name that the tables use, with their other spellings."""
    return {name: tuple(others) for name, others in _data("signatures")["aliases"].items()}


def _data(name: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):  # only a file with a suspected call has need of it
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text("utf-8"))
