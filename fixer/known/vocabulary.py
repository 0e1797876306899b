"""Where a name that tests commonly use comes from, before looking at the project. Reads vocabulary.json."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from fixer.frozen import dataclass
from fixer.import_statement import Import


@dataclass(frozen=True, slots=True)
class Known:
    """One import that may have bound a name.

    `kind` is "module", "class", "exception", "function", "constant" or "form" (of typing: `Any`).
    `attributes` are those that `name.attribute` can have (None: any). `generic`: the word is as likely
    something of the project's own; ask `told_by`. `distribution` (normalised) must be declared by the
    project, None: comes with Python or pytest. `since` and `until` are the first and last Python that have
    it, None: no bound within 3.10 to 3.13. `equivalent`: another candidate offers the same thing;
    `default` is False for all but one of those.
    """

    what: Import
    kind: str
    attributes: frozenset[str] | None
    callable: bool
    base: bool
    decorator: bool
    generic: bool
    call_tells: bool
    distribution: str | None = None
    since: tuple[int, int] | None = None
    until: tuple[int, int] | None = None
    equivalent: bool = False
    default: bool = True

    def has(self, attribute: str) -> bool:
        """Whether `name.attribute` can exist. Dunder names are never held against a candidate."""
        if self.attributes is None or (attribute.startswith("__") and attribute.endswith("__")):
            return True
        return attribute in self.attributes

    def fits(self, attribute: str | None = None, called: bool = False, role: str = "value") -> bool:
        """Whether the name can be used in this way.

        `role` is a value of `facts.model.Role`. With an attribute, role and `called` speak of the attribute,
        of which no more is known than that it exists.
        """
        if attribute is not None:
            return self.has(attribute)
        if role == "exception":
            return self.kind == "exception"
        if role == "decorator":
            return self.decorator and (self.callable or not called)
        if called:
            return self.callable
        if role == "base":
            return self.base
        if role == "annotation":
            return self.kind in ("class", "exception", "form")
        return True

    def told_by(self, attribute: str | None = None, called: bool = False) -> bool:
        """Whether a use that fits is distinctive, so that it is this and not something of the same name.

        Always so for a name that is not generic; else only with an attribute that few other things have, or
        a call where that is enough.
        """
        if not self.generic:
            return True
        if attribute is None:
            return called and self.call_tells
        if self.attributes is None or attribute not in self.attributes:
            return False
        return attribute == self.what.bound or attribute not in _weak_attributes()


@functools.cache
def candidates(name: str) -> tuple[Known, ...]:
    """Every import known to bind `name`, the modules first; empty where the vocabulary has none."""
    rows = _data()["names"].get(name, ())
    order: list[str] = _data()["equivalent"]
    ranks = sorted(order.index(row[0]) for row in rows if row[0] in order)
    found = []
    for row in rows:
        alike = len(ranks) > 1 and row[0] in order
        found.append(_known(row, alike, not alike or order.index(row[0]) == ranks[0]))
    return tuple(found)


def names() -> frozenset[str]:
    """All names of the vocabulary."""
    return frozenset(_data()["names"])


@functools.cache
def distributions() -> frozenset[str]:
    """The distributions that names of the vocabulary come from."""
    return frozenset(row[6] for rows in _data()["names"].values() for row in rows if len(row) > 6 and row[6])


def _known(row: list[Any], equivalent: bool, default: bool) -> Known:
    module, name, asname, kind, flags, attributes, distribution, since, until = row + [None] * (9 - len(row))
    return Known(
        what=Import(module, name, asname),
        kind=kind,
        attributes=None if attributes is None else frozenset(attributes.split()),
        callable="c" in flags,
        base="b" in flags,
        decorator="d" in flags,
        generic="g" in flags,
        call_tells="t" in flags,
        distribution=distribution,
        since=None if since is None else (since[0], since[1]),
        until=None if until is None else (until[0], until[1]),
        equivalent=equivalent,
        default=default,
    )


@functools.cache
def _data() -> dict[str, Any]:
    import json  # a run without undefined names has no need of it

    text = Path(__file__).with_name("vocabulary.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


@functools.cache
def _weak_attributes() -> frozenset[str]:
    return frozenset(_data()["weak"].split())
