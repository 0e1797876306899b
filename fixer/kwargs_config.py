"""`[tool.testfix.kwargs]`: which keys there are and what they may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fixer import globs
from fixer.config_files import EntryError
from fixer.keyword_tables import ASSUMPTIONS, KwargsSettings, Rewrite, Signature, read_rewrite, read_signature
from fixer.version_range import Range, parse_range

if TYPE_CHECKING:
    from pathlib import Path

KEYS = ("assume", "versions", "ignore-manifests", "signature", "rewrite")


def read_kwargs(value: object, folder: Path) -> KwargsSettings:
    """The settings in the table. Raises ValueError with a clause that says which key expects what."""
    if not isinstance(value, dict):
        raise ValueError(f"must be a table with the keys {', '.join(KEYS)}, not {value!r}")
    for key in value:
        if key not in KEYS:
            raise EntryError(f"has no key `{key}`; there are {', '.join(KEYS)}", key)
    assume = value.get("assume", "report")
    if assume not in ASSUMPTIONS:
        raise EntryError(f"expects one of {', '.join(ASSUMPTIONS)} for `assume`, not {assume!r}", "assume")
    return KwargsSettings(
        assume,
        _versions(value.get("versions", {})),
        _patterns(value.get("ignore-manifests", [])),
        tuple(_signature(entry) for entry in _tables(value, "signature")),
        tuple(_rewrite(entry) for entry in _tables(value, "rewrite")),
    )


def _versions(value: object) -> dict[str, Range]:
    if not isinstance(value, dict):
        raise EntryError(f"expects a table of package and version for `versions`, not {value!r}", "versions")
    found = {}
    for package, text in value.items():
        allowed = parse_range(text) if isinstance(text, str) and text.strip() else None
        if allowed is None:
            raise EntryError(
                f'expects a version ("15.0.1") or a range (">=14,<16") for `{package}` in `versions`, '
                f"not {text!r}",
                package,
            )
        found[package.lower().replace("_", "-").replace(".", "-")] = allowed
    return found


def _patterns(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise EntryError(
            f"expects a list of patterns for `ignore-manifests`, not {value!r}", "ignore-manifests"
        )
    try:
        globs.compile_globs(value)
    except ValueError as error:
        raise EntryError(f"has a mistake in `ignore-manifests`: {error}", "ignore-manifests") from None
    return tuple(value)


def _tables(value: dict[str, Any], key: str) -> list[dict[str, Any]]:
    entries = value.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise EntryError(f"expects tables for `{key}` ([[tool.testfix.kwargs.{key}]]), not {entries!r}", key)
    return entries


def _signature(entry: dict[str, Any]) -> Signature:
    try:
        return read_signature(entry)
    except ValueError as error:
        raise EntryError(
            f"has a `signature` that cannot be used: {error}", _needle(entry, "callee")
        ) from None


def _rewrite(entry: dict[str, Any]) -> Rewrite:
    """The entry, laid over the one of the same id that comes with testfix."""
    from fixer.known.keywords import entries

    name = entry.get("id")
    known = entries().get(name, {}) if isinstance(name, str) else {}
    try:
        return read_rewrite({**known, **entry}, user=True)
    except ValueError as error:
        said = f"a `rewrite` `{name}`" if isinstance(name, str) else "a `rewrite` without an id"
        raise EntryError(f"has {said} that cannot be used: {error}", _needle(entry, "id")) from None


def _needle(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, str) and value else next(map(str, entry.values()), key)
