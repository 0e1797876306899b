"""Fixtures as one JSON object. Its keys are a promise: `version` changes when one of them does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.fixture_answers import Tree
    from fixer.output.fixtures import Style
    from fixer.project.fixtures.declarations import Declaration
    from fixer.project.fixtures.duplicates import Duplicate
    from fixer.project.fixtures.listing import Listing
    from fixer.project.fixtures.origins import Origin
    from fixer.project.fixtures.tree import Node
    from fixer.project.fixtures.unused import Unused

VERSION = 1


def render_listing(listing: Listing, style: Style) -> str:
    """What a place sees: `fixtures` from the nearest place to the farthest, `missing` by place."""
    return _document(
        path=style.path(listing.path) or ".",
        test=style.node(listing.node) if listing.node else None,
        configuration=style.path(listing.suite.file) or None,
        fixtures=[
            {
                **_declared(each.declaration, each.origin, style),
                "used": each.used,
                "overrides": [_declared(*hidden, style) for hidden in each.overrides],
            }
            for each in listing.fixtures
        ],
        missing=[
            {
                "name": lost.name,
                "path": style.path(lost.path),
                "line": lost.line,
                "requested_by": lost.by or None,
                "tests": [style.node(node) for node in lost.tests],
                "cause": lost.cause,
                "declared": [{"path": style.path(path), "line": line} for path, line in lost.elsewhere],
            }
            for lost in listing.missing
        ],
    )


def render_trees(trees: Sequence[Tree], style: Style) -> str:
    """The closure of each test."""
    return _document(
        tests=[
            {"test": style.node(tree.node), "requests": [_node(node, style) for node in tree.requests]}
            for tree in trees
        ]
    )


def render_unused(found: Sequence[Unused], style: Style) -> str:
    """`unused` for certain, and `withheld` with the cause."""
    rows = [
        {
            "name": each.declaration.name,
            "path": style.path(each.declaration.path),
            "line": each.declaration.line,
            "class": each.owner or None,
            "scope": each.declaration.scope,
            "requested_by": list(each.by),
            "cause": each.cause,
        }
        for each in found
    ]
    return _document(
        unused=[row for row in rows if row["cause"] is None],
        withheld=[row for row in rows if row["cause"] is not None],
    )


def render_duplicates(found: Sequence[Duplicate], style: Style) -> str:
    """Each fixture with its places."""
    return _document(
        duplicates=[
            {
                "name": each.name,
                "declarations": [
                    {"path": style.path(copy.path), "line": copy.line, "class": copy.owner or None}
                    for copy in each.copies
                ],
            }
            for each in found
        ]
    )


def _document(**parts: Any) -> str:
    return json.dumps({"version": VERSION, **parts}, indent=2) + "\n"


def _declared(declaration: Declaration, origin: Origin, style: Style) -> dict[str, Any]:
    known = bool(declaration.line)
    return {
        "name": declaration.name,
        "scope": declaration.scope,
        "autouse": declaration.autouse,
        "path": style.path(declaration.path) if known else None,
        "line": declaration.line if known else None,
        "visible": {
            "through": origin.kind,
            "path": style.path(origin.path) or None,
            "name": origin.name or None,
            "version": origin.version,
            "named_in": style.path(origin.named_in) or None,
        },
    }


def _node(node: Node, style: Style) -> dict[str, Any]:
    resolved = None
    if node.declaration is not None and node.origin is not None:
        resolved = _declared(node.declaration, node.origin, style)
    return {
        "name": node.name,
        "kind": node.kind,
        "asked_by": node.asked_by or None,
        "cause": node.doubt,
        "fixture": resolved,
        "repeated": node.repeated,
        "requests": [_node(each, style) for each in node.requests],
    }
