"""Fixtures as text: what a place sees, what a test requests, what nobody uses, what there is twice."""

from __future__ import annotations

import os
import textwrap
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from fixer.frozen import dataclass
from fixer.output.paint import Paint
from fixer.output.printable import printable
from fixer.output.view import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from fixer.fixture_answers import Tree
    from fixer.project.fixtures.declarations import Declaration
    from fixer.project.fixtures.duplicates import Duplicate
    from fixer.project.fixtures.listing import Listed, Listing, Lost
    from fixer.project.fixtures.origins import Origin
    from fixer.project.fixtures.tree import Node
    from fixer.project.fixtures.unused import Unused

_MOST = 3  # tests named before "and n more"


@dataclass(frozen=True, slots=True)
class Style:
    """How to print. Paths are relative to `root` and shown from `cwd`; `lines`: a tree may have them."""

    root: Path
    cwd: Path
    color: bool = False
    width: int = 100
    lines: bool = True
    verbose: bool = False

    @property
    def paint(self) -> Paint:
        return Paint(self.color)

    def path(self, path: str) -> str:
        """The path from the working directory, with forward slashes; absolute outside of the project."""
        full = os.path.join(self.root, path)  # noqa: PTH118
        if os.path.isabs(path) or not path:  # noqa: PTH117
            return path
        try:
            return os.path.relpath(full, self.cwd).replace(os.sep, "/")
        except ValueError:  # another drive
            return full.replace(os.sep, "/")

    def node(self, node: str) -> str:
        path, colons, test = node.partition("::")
        return printable(f"{self.path(path)}{colons}{test}")


def render_listing(listing: Listing, style: Style) -> str:
    """A section for each place, the nearest first, and what is not found above them all."""
    paint = style.paint
    what = style.node(listing.node) if listing.node else printable(style.path(listing.path) or ".")
    lines = [f"{paint.bold(what)} sees {count(len(listing.fixtures), 'fixture')}"]
    if listing.missing:
        lines += ["", *_missing(listing.missing, style)]
    for origin, group in groupby(listing.fixtures, key=lambda each: each.origin):
        lines += ["", *_section(origin, list(group), bool(listing.node), style)]
    return "\n".join(lines) + "\n"


def _missing(missing: Sequence[Lost], style: Style) -> Iterator[str]:
    paint = style.paint
    for lost in missing:
        head = paint.red("not found") if lost.cause is None else paint.yellow("perhaps not found")
        by = f" by {lost.by}" if lost.by else ""
        yield f"  {head}  {paint.bold(lost.name)}  requested{by} at {style.path(lost.path)}:{lost.line}"
        if lost.cause is not None:
            yield f"    {printable(lost.cause)}"
        for path, line in lost.elsewhere[:_MOST]:
            yield f"    declared at {printable(style.path(path))}:{line}, which these tests do not see"
        shown = [node.partition("::")[2] for node in lost.tests[:_MOST]]
        more = f" and {len(lost.tests) - _MOST} more" if len(lost.tests) > _MOST else ""
        yield f"    {paint.dim('for ' + ', '.join(shown) + more)}"


def _section(origin: Origin, fixtures: Sequence[Listed], one_test: bool, style: Style) -> Iterator[str]:
    paint = style.paint
    yield paint.blue(printable(describe(origin, style)))
    brief = [each for each in fixtures if not each.declaration.line and not (one_test and each.used)]
    full = [each for each in fixtures if each not in brief]
    names = max((len(each.declaration.name) for each in full), default=0)
    places = {id(each): _place(each.declaration, origin, style) for each in full}
    scopes = max((len(each.declaration.scope or "") for each in full), default=0)
    for each in full:
        declaration = each.declaration
        name = declaration.name.ljust(names)
        scope = (declaration.scope or "").ljust(scopes)
        notes = [paint.yellow("autouse")] if declaration.autouse else []
        notes += [paint.green("used")] if one_test and each.used else []
        notes += [f"overrides {_hidden(hidden, style)}" for hidden in each.overrides[:1]]
        parts = [paint.bold(name), paint.cyan(scope), places[id(each)], *notes]
        yield f"  {'  '.join(part for part in parts if part)}".rstrip()
    if brief:
        words = ", ".join(each.declaration.name for each in brief)
        yield from textwrap.wrap(
            words, max(style.width, 40), initial_indent="  ", subsequent_indent="  ", break_long_words=False
        )


def describe(origin: Origin, style: Style) -> str:
    """Why a place is visible, in a few words."""
    path = style.path(origin.path)
    if origin.kind == "class":
        return f"class {origin.name}"
    if origin.kind == "module":
        return f"this module, {path}"
    if origin.kind == "conftest":
        folder = style.path(origin.path.rpartition("/")[0]) or "."
        return f"{path}, for all tests in {folder if folder != '.' else 'this folder'} and below"
    if origin.kind == "builtin":
        return f"built into {origin.name}" + (f" {origin.version}" if origin.version else "")
    name = f"plugin {origin.name}" + (f" {origin.version}" if origin.version else "")
    if path:
        name += f", {path}"
    return name + (f", named in {style.path(origin.named_in)}" if origin.named_in else "")


def _place(declaration: Declaration, origin: Origin, style: Style) -> str:
    """`:12` in the file that the section names, else the whole place."""
    if not declaration.line:
        return ""
    if declaration.path == origin.path:
        return f"line {declaration.line}"
    return f"from {printable(style.path(declaration.path))}:{declaration.line}"


def _hidden(hidden: tuple[Declaration, Origin], style: Style) -> str:
    declaration, origin = hidden
    if declaration.line:
        return printable(f"{style.path(declaration.path)}:{declaration.line}")
    return f"{origin.name}'s"


def render_trees(trees: Sequence[Tree], style: Style) -> str:
    """One tree for each test, a blank line between them."""
    blocks = []
    for tree in trees:
        lines = [style.paint.bold(style.node(tree.node)), *_branches(tree.requests, "", style)]
        blocks.append("\n".join(lines if tree.requests else [f"{lines[0]} requests nothing"]) + "\n")
    return "\n".join(blocks)


def _branches(nodes: Sequence[Node], indent: str, style: Style) -> Iterator[str]:
    fork, corner, bar = (
        ("\u251c\u2500 ", "\u2514\u2500 ", "\u2502  ") if style.lines else ("|- ", "`- ", "|  ")
    )
    for number, node in enumerate(nodes, 1):
        last = number == len(nodes)
        yield f"{style.paint.dim(indent + (corner if last else fork))}{_node(node, style)}"
        # That fixtures of others look at their `request` is of no interest.
        known = [each for each in node.requests if each.name != "request" or _is_declared(node)]
        yield from _branches(known, indent + ("   " if last else bar), style)


def _is_declared(node: Node) -> bool:
    """Whether the source of the fixture was read."""
    return node.declaration is not None and bool(node.declaration.line)


def _node(node: Node, style: Style) -> str:
    paint = style.paint
    parts = [paint.bold(node.name)]
    if node.kind == "parametrized":
        parts.append(paint.green("parametrized"))
    elif node.kind == "missing":
        parts.append(paint.red("not found"))
    elif node.kind == "recursive":
        parts.append(paint.red("requests itself, and nothing farther away has this name"))
    elif node.kind == "unknown":
        parts.append(paint.yellow(f"perhaps: {printable(node.doubt or '')}"))
    elif node.declaration is not None and node.origin is not None:
        declaration = node.declaration
        parts.append(paint.cyan(declaration.scope) if declaration.scope else "")
        if declaration.line:
            parts.append(printable(f"{style.path(declaration.path)}:{declaration.line}"))
            if declaration.path != node.origin.path:
                parts.append(f"through {printable(style.path(node.origin.path))}")
        else:
            parts.append(paint.dim(node.origin.name))
    if node.asked_by in ("autouse", "usefixtures"):
        parts.append(paint.yellow(node.asked_by))
    if node.repeated:
        parts.append(paint.dim("(as above)"))
    return "  ".join(part for part in parts if part)


def render_unused(found: Sequence[Unused], style: Style) -> str:
    """By file, with the number of those that are left out and why; all of these with `verbose`."""
    paint = style.paint
    certain = [each for each in found if each.cause is None]
    withheld = [each for each in found if each.cause is not None]
    lines: list[str] = []
    for path, group in groupby(found if style.verbose else certain, key=lambda each: each.declaration.path):
        lines.append(paint.blue(printable(style.path(path))))
        for each in group:
            name = f"{each.owner}.{each.declaration.name}" if each.owner else each.declaration.name
            line = f"  {each.declaration.line:>5}  {paint.bold(name)}"
            if each.by:
                line += f"  requested only by {', '.join(each.by)}, unused as well"
            if each.cause is not None:
                line += f"  {paint.yellow('perhaps used')}: {printable(each.cause)}"
            lines.append(line)
        lines.append("")
    lines.append(f"{count(len(certain), 'fixture')} that no test uses.")
    if withheld and not style.verbose:
        causes = Counter(each.cause for each in withheld)
        lines.append(
            f"{len(withheld)} more may be used in ways that are not written down (--verbose names them):"
        )
        lines += [f"  {number:>5}  {printable(cause or '')}" for cause, number in causes.most_common(_MOST)]
        if len(causes) > _MOST:
            lines.append(f"         and {count(len(causes) - _MOST, 'other reason')}")
    return "\n".join(lines) + "\n"


def render_duplicates(found: Sequence[Duplicate], style: Style) -> str:
    """Each fixture with its places."""
    paint = style.paint
    lines: list[str] = []
    for each in found:
        lines.append(f"{paint.bold(each.name)} is declared {len(each.copies)} times:")
        for copy in each.copies:
            owner = f"  in {copy.owner}" if copy.owner else ""
            lines.append(f"  {printable(style.path(copy.path))}:{copy.line}{owner}")
        lines.append("")
    total = sum(len(each.copies) for each in found)
    lines.append(
        f"{count(len(found), 'fixture')}, {total} declarations." if found else "No fixture is declared twice."
    )
    return "\n".join(lines) + "\n"
