"""The edits that bring one file's imports of `unittest.mock`, and all uses, to one style."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.edits import Edit, ReplaceImport, ReplaceName
from fixer.facts.mock_usage import MODULE, style_of
from fixer.import_statement import Import, statements
from fixer.known.mock_names import mock_names, why_missing

if TYPE_CHECKING:
    from fixer.facts.mock_usage import MockSite, MockUsage, MockUse

_PACKAGE = Import("unittest.mock")  # import unittest.mock


class Unchangeable(Exception):  # noqa: N818
    """Why a file cannot be brought to the style, as a clause."""


def restyle(path: str, usage: MockUsage, style: str) -> tuple[Edit, ...]:
    """The edits; raises Unchangeable where one of them is not certain."""
    if usage.obstacle is not None:
        raise Unchangeable(usage.obstacle)
    changing = {
        (site.owner, what.bound): what for site in usage.sites for what in site.old if style_of(what) != style
    }
    uses = [use for use in usage.uses if (use.owner, use.name) in changing]
    for owner, name in changing:
        if not any((use.owner, use.name) == (owner, name) for use in uses) and not _several(
            usage, owner, name
        ):
            raise Unchangeable(f"nothing uses `{name}`, so nothing says what it is imported for")
    edits: list[Edit] = []
    for owner in dict.fromkeys(owner for owner, _ in changing):
        own = [use for use in uses if use.owner == owner]
        new, written = _binding(usage, owner, own, style)
        edits += _imports(path, usage, owner, style, new)
        edits += [
            ReplaceName(path, use.span, use.old, text) for use, text in written.items() if text != use.old
        ]
    return tuple(edits)


def _several(usage: MockUsage, owner: int, name: str) -> bool:
    """Whether the statement binds other names too: then an unused one is just a leftover."""
    return any(
        len(site.old) > 1 and any(what.bound == name for what in site.old)
        for site in usage.sites
        if site.owner == owner
    )


def _binding(
    usage: MockUsage, owner: int, uses: list[MockUse], style: str
) -> tuple[tuple[Import, ...], dict[MockUse, str]]:
    """What the owner has to import, and how each use is written then."""
    visible = {
        (what.name if style == "from" else None): what
        for site in usage.sites
        for what in site.old
        if site.owner in (owner, MODULE) and style_of(what) == style
    }
    new: dict[Import, None] = {}
    written: dict[MockUse, str] = {}
    for use in uses:
        if style == "from":
            if use.member is None:
                raise Unchangeable(f"line {use.span.line} uses `{use.old}` itself, not one of its names")
            if use.member not in mock_names():
                raise Unchangeable(why_missing(use.member))
            what = visible.get(use.member) or Import("unittest.mock", use.member)
            written[use] = what.bound
        else:
            what = visible.get(None) or (_PACKAGE if style == "dotted" else Import("unittest", "mock"))
            module = "unittest.mock" if style == "dotted" else what.bound
            written[use] = f"{module}.{use.member}" if use.member is not None else module
        if what not in visible.values():
            _refuse_clash(what, usage)
        new[what] = None
    if usage.package and not usage.has_package and style != "dotted":
        changed = [what for site in usage.sites if site.owner == owner for what in site.old]
        if _PACKAGE in changed:
            new[Import("unittest")] = None
    return tuple(new), written


def _refuse_clash(what: Import, usage: MockUsage) -> None:
    others = {old.bound for site in usage.sites for old in site.old if _meaning(old) != _meaning(what)}
    if what.bound in usage.elsewhere or what.bound in others - {"unittest"}:
        raise Unchangeable(f"the file binds `{what.bound}` to something else")


def _meaning(what: Import) -> str | None:
    """The member an import binds; None for the module."""
    return what.name if style_of(what) == "from" else None


def _imports(
    path: str, usage: MockUsage, owner: int, style: str, new: tuple[Import, ...]
) -> list[ReplaceImport]:
    sites = [
        site
        for site in usage.sites
        if site.owner == owner and any(style_of(what) != style for what in site.old)
    ]
    movable = all(site.movable for site in sites)
    if not movable and (
        len(sites) > 1 or not _is_changed_whole(sites[0], style) or len(statements(new)) != 1
    ):
        raise Unchangeable(f"the import on line {sites[0].span.line} cannot be changed where it stands")
    return [
        ReplaceImport(
            path,
            site.span.line,
            site.span.column,
            tuple(what for what in site.old if style_of(what) != style),
            new if site is sites[0] else (),
        )
        for site in sites
    ]


def _is_changed_whole(site: MockSite, style: str) -> bool:
    return site.alone and all(style_of(what) != style for what in site.old)
