"""Ranges of versions, as PEP 440 specifiers and Poetry's carets write them.

Only release numbers count: 14.0rc1 is taken for 14.0, and 14.0 equals 14.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from fixer.frozen import dataclass

Version: TypeAlias = tuple[int, ...]  # without zeros at the end, so that 14.0 equals 14
Interval: TypeAlias = "tuple[Version, Version | None]"  # from (included) to (excluded; None: open)

_RELEASE = re.compile(r"v?(\d+(?:\.\d+)*)")
_CLAUSE = re.compile(r"\s*(===|==|~=|!=|<=|>=|<|>|\^|~|=)?\s*v?(\d+(?:\.\d+)*)(\.\*|\.x)?[^,|]*")


def parse_version(text: str) -> Version | None:
    """The release number at the start of `text`, None where there is none."""
    found = _RELEASE.match(text.strip())
    return None if found is None else trimmed(tuple(map(int, found[1].split("."))))


def trimmed(version: Version) -> Version:
    while version and version[-1] == 0:
        version = version[:-1]
    return version


def shown(version: Version) -> str:
    """`14.0` for (14,), as releases are named."""
    return ".".join(map(str, version if len(version) > 1 else (*version, 0)))


@dataclass(frozen=True, slots=True)
class Range:
    """A set of versions: intervals in order that do not touch."""

    intervals: tuple[Interval, ...] = (((), None),)

    def __bool__(self) -> bool:
        return bool(self.intervals)

    def __and__(self, other: Range) -> Range:
        found = []
        for low, high in self.intervals:
            for first, last in other.intervals:
                start = max(low, first)
                ends = [end for end in (high, last) if end is not None]
                end = min(ends) if ends else None
                if end is None or start < end:
                    found.append((start, end))
        return Range(tuple(found))

    def __sub__(self, other: Range) -> Range:
        left = self
        for low, high in other.intervals:
            outside: list[Interval] = [((), low)] if low else []
            if high is not None:
                outside.append((high, None))
            left = left & Range(tuple(outside))
        return left

    def __or__(self, other: Range) -> Range:
        found: list[Interval] = []
        for low, high in sorted([*self.intervals, *other.intervals], key=lambda each: each[0]):
            if found and (found[-1][1] is None or low <= found[-1][1]):
                start, end = found[-1]
                found[-1] = (start, None if end is None or high is None else max(end, high))
            else:
                found.append((low, high))
        return Range(tuple(found))

    @property
    def exact(self) -> Version | None:
        """The one version that it holds, None where it holds more."""
        if len(self.intervals) == 1:
            low, high = self.intervals[0]
            if high == (*low, 0):
                return low
        return None


ANY = Range()
NONE = Range(())


def at(version: Version) -> Range:
    """That version alone."""
    return Range(((version, (*version, 0)),))


def up_to(version: Version) -> Range:
    """Everything up to that version, and that one."""
    return Range((((), (*version, 0)),))


def parse_range(text: str) -> Range | None:
    """The versions that a specifier allows: ">=9,<14", "==14.*", "~=14.1", "^14.1", "14.1", "" for any.

    None where it cannot be understood.
    """
    if text.strip() in ("", "*"):
        return ANY
    result = NONE
    for alternative in text.split("||"):
        allowed = ANY
        for clause in alternative.split(","):
            if not clause.strip():
                continue
            found = _CLAUSE.fullmatch(clause)
            if found is None:
                return None
            allowed = allowed & _clause(
                found[1] or "==", tuple(map(int, found[2].split("."))), bool(found[3])
            )
        result = result | allowed
    return result


def _clause(operator: str, written: Version, wildcard: bool) -> Range:
    version = trimmed(written)
    if operator == "!=":
        return ANY - (Range(((version, _next(written, len(written))),)) if wildcard else at(version))
    if operator in ("==", "===", "="):
        return Range(((version, _next(written, len(written))),)) if wildcard else at(version)
    if operator == ">=":
        return Range(((version, None),))
    if operator == ">":
        return Range((((*version, 0), None),))
    if operator == "<":
        return Range((((), version),)) if version else NONE
    if operator == "<=":
        return up_to(version)
    if operator == "~=":
        return Range(((version, _next(written, max(len(written) - 1, 1))),))
    if operator == "~":
        return Range(((version, _next(written, min(len(written), 2))),))
    significant = next((place for place, number in enumerate(written, 1) if number), len(written))
    return Range(((version, _next(written, significant)),))


def _next(version: Version, length: int) -> Version:
    """The first version behind all that begin with the first `length` numbers."""
    return (*version[: length - 1], version[length - 1] + 1)
