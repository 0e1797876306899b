"""Where an import goes: decided once, here, from a file's prologue and the project's import style."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.edits import ImportPlace, JoinImport, NewImport
from fixer.facts.import_blocks import Block, read_blocks, read_rows
from fixer.facts.import_gaps import Gap, Page, gap_in_block, gap_without_imports
from fixer.facts.import_order import (
    FIRST_PARTY,
    LOCAL,
    ImportStyle,
    member_key,
    statement_key,
    top_module,
    variants,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from fixer.facts.model import Prologue, Statement
    from fixer.import_statement import Import

_FAR = 1 << 60  # below every line

# What keeps linters from removing an import that only others see. Measured with ruff 0.17 and autoflake 2.4:
# neither touches it, with --unsafe-fixes and RUF100 either, at the end of a statement, behind the parenthesis
# of a wrapped one, and behind a name that has a line for itself (the form ruff's isort brings about where
# names with and without it come from one module). `from m import x as x` is removed by autoflake, and by ruff
# where PLC0414 is selected. RUF100 without F401 takes the mark away, but then nothing takes the import.
_REEXPORTED = "# noqa: F401"
_LATE = "a new import would have to stand below other code (E402), because the imports it belongs with do"


def place_imports(
    wanted: Sequence[Import],
    prologue: Prologue,
    style: ImportStyle,
    section_of: Callable[[str], str],
    *,
    needs_path_change: Callable[[Import], bool] = lambda _: False,
    first_use: Callable[[Import], int | None] = lambda _: None,
    reexports: Collection[Import] = (),
) -> dict[Import, ImportPlace | str]:
    """For each import its place, or the reason (a clause) why there is none.

    All imports that one file gains have to be asked for together. `section_of` names the section of a
    module; `needs_path_change` says whether the import works only below the file's `sys.path` change;
    `first_use` gives the first line (from 1) where module-level code uses the name, None where there is
    no such line. `reexports` are imported for others to see, and marked so that no linter removes them.
    """
    rows = read_rows(prologue)
    boundary = next((row.line for row in rows if row.ends_imports), _FAR)
    page = Page(prologue, style, rows, read_blocks(rows, prologue), boundary, section_of)
    places: dict[Import, ImportPlace | str] = {}
    groups: dict[tuple[Import, ...] | tuple[str, int, bool], list[Import]] = {}
    for what in dict.fromkeys(wanted):
        low = _lower_bound(what, page, needs_path_change(what))
        high = _upper_bound(first_use(what), page)
        joined = _join(what, page, low, high, what in reexports)
        if joined is not None:
            places[what] = joined
        elif style.on_own_line(what):
            groups.setdefault((what,), []).append(what)
        else:
            groups.setdefault((what.module, low, what in reexports), []).append(what)
    gaps: dict[tuple[Import, ...], Gap] = {}
    pending = list(groups.values())
    for group in pending:  # grows where a group cannot stay together
        names = tuple(sorted(group, key=lambda what: member_key(what, style)))
        low = _lower_bound(names[0], page, needs_path_change(names[0]))
        high = min(_upper_bound(first_use(what), page) for what in names)
        gap = _gap(names, page, low, high)
        if not isinstance(gap, str):
            gaps[names] = _marked(gap) if names[0] in reexports else gap
        elif len(names) > 1:
            pending += [[what] for what in names]
        else:
            places[names[0]] = gap
    places.update(_new_statements(gaps, page))
    return _ranked_joins(places, style)


def _lower_bound(what: Import, page: Page, needs_path_change: bool) -> int:
    """The last line that has to stay above the import."""
    low = 0
    for row in page.rows:
        for statement in row.statements:
            if (
                (statement.kind == "docstring")
                or (statement.kind == "future" and what.module != "__future__")
                or (statement.kind == "path-change" and needs_path_change)
                or (
                    statement.kind == "import-guard"
                    and top_module(statement.module) == top_module(what.module)
                )
            ):
                low = row.end_line
    return low


def _upper_bound(use: int | None, page: Page) -> int:
    """The first line that has to stay below the import."""
    if use is None:
        return _FAR
    return next((row.line for row in page.rows if row.line <= use <= row.end_line), use)


def _marked(gap: Gap) -> Gap:
    """The gap for an import that is there for others to see."""
    if not gap.comment:
        return replace(gap, comment=_REEXPORTED)
    if "F401" in gap.comment or ":" not in gap.comment:
        return gap
    return replace(gap, comment=gap.comment.rstrip() + ", F401")


def _join(what: Import, page: Page, low: int, high: int, reexport: bool) -> JoinImport | str | None:
    """Into an existing `from` statement of that module; a reason where the name is there already."""
    for row in page.rows:
        if row.line <= low or row.end_line >= high:
            continue
        for statement in row.statements:
            if what in statement.names:
                return f"line {statement.line} already imports it"
            if reexport and len(row.statements) > 1 and not row.allows_unused:
                continue  # no line for the name alone
            if row.sortable and _may_join(what, statement, page.style):
                comment = _REEXPORTED if reexport and not row.allows_unused else ""
                before = _next_member(what, statement.names, page.style)
                length = page.style.line_length
                if page.style.wraps(len(statement.names) + 1):
                    length = 0
                return JoinImport(statement.line, statement.column, before, (), length, comment)
    return None


def _may_join(what: Import, statement: Statement, style: ImportStyle) -> bool:
    if statement.kind not in {"from", "future"} or statement.module != what.module or what.name is None:
        return False
    names = statement.names
    if any(name.name == "*" for name in names):
        return False
    if style.force_single_line and what.module not in style.single_line_exclusions:
        return False
    if style.combine_as_imports:
        return True
    renamed = sum(name.asname is not None for name in names)
    if renamed and len(names) > 1:  # the file combines them, whatever the settings say
        return True
    return not renamed and what.asname is None


def _next_member(what: Import, names: tuple[Import, ...], style: ImportStyle) -> str | None:
    """The member that the name goes before, where the members are sorted in a known way."""
    for variant in variants(style):
        keys = [member_key(name, variant) for name in names]
        if keys == sorted(keys):
            index = bisect_right(keys, member_key(what, variant))
            return names[index].bound if index < len(names) else None
    return None


def _gap(names: tuple[Import, ...], page: Page, low: int, high: int) -> Gap | str:
    """The gap where a new statement goes."""
    what = names[0]
    section = page.section_of(what.module)
    late = low >= page.boundary or (section in {FIRST_PARTY, LOCAL} and _only_late(what, page))
    candidates: list[Block] = []
    for block in page.blocks:
        rows = tuple(row for row in block.rows if row.line > low and row.end_line < high)
        if rows and (rows[0].line > page.boundary) == late:
            candidates.append(Block(rows))
    if late:
        return _late_gap(names, section, candidates, page)
    if candidates:
        return gap_in_block(names, section, _best_block(candidates, section, page), page)
    gap = gap_without_imports(page, low)
    if gap.line > high:
        return f"line {high} uses the name above the place where imports may stand"
    return gap


def _late_gap(names: tuple[Import, ...], section: str, blocks: list[Block], page: Page) -> Gap | str:
    """Below other code, with the imports it belongs with; only where the linter is told to allow it."""
    package = top_module(names[0].module)
    kin = [(block, row) for block in blocks for row in block.rows if top_module(row.first.module) == package]
    for block, row in kin:
        if row.allows_late or page.style.late_imports:
            return replace(gap_in_block(names, section, block, page), comment=row.allows_late)
    if blocks and page.style.late_imports:
        return gap_in_block(names, section, blocks[0], page)
    return _LATE


def _only_late(what: Import, page: Page) -> bool:
    """Whether the file imports from the same package, but only below other code."""
    lines = [
        row.line
        for row in page.rows
        for statement in row.statements
        if statement.kind in {"import", "from"} and top_module(statement.module) == top_module(what.module)
    ]
    return bool(lines) and min(lines) > page.boundary


def _best_block(blocks: list[Block], section: str, page: Page) -> Block:
    """The first block with that section; else the last one with an earlier section; else the first."""
    rank = page.style.section_rank(section)
    usual = [block for block in blocks if any(row.first.kind != "future" for row in block.rows)]
    for block in blocks:
        if any(page.section(row) == section for row in block.rows):
            return block
    for block in reversed(usual):
        if any(page.rank(row) < rank for row in block.rows):
            return block
    return (usual or blocks)[0]


def _new_statements(gaps: dict[tuple[Import, ...], Gap], page: Page) -> dict[Import, NewImport]:
    """New statements that share a gap are ordered, and blank lines set between their sections."""
    style = page.style
    shared: dict[int, list[tuple[Import, ...]]] = {}
    for names, gap in gaps.items():
        shared.setdefault(gap.line, []).append(names)
    places: dict[Import, NewImport] = {}
    for line, statements in shared.items():
        statements.sort(
            key=lambda names: (
                style.section_rank(page.section_of(names[0].module)),
                statement_key(names, style),
            )
        )
        previous: tuple[Import, ...] | None = None
        for rank, names in enumerate(statements):
            gap = gaps[names]
            before = gap.before
            if previous is not None:
                before = _blank_between(previous, names, page)
            after = gap.after if rank == len(statements) - 1 else 0
            length = 0 if style.wraps(len(names)) else style.line_length
            for position, what in enumerate(names):
                places[what] = NewImport(line, before, after, (rank, position), length, gap.comment)
            previous = names
    return places


def _blank_between(above: tuple[Import, ...], below: tuple[Import, ...], page: Page) -> int:
    style = page.style
    upper, lower = page.section_of(above[0].module), page.section_of(below[0].module)
    if upper != lower:
        return style.blank_lines(upper, lower)
    mixed = (above[0].name is None) != (below[0].name is None)
    return style.lines_between_types if mixed and not style.force_sort_within_sections else 0


def _ranked_joins(
    places: dict[Import, ImportPlace | str], style: ImportStyle
) -> dict[Import, ImportPlace | str]:
    """Joins in the order their names sort by, so that several at one gap come out sorted."""
    joins = [what for what, place in places.items() if isinstance(place, JoinImport)]
    joins.sort(key=lambda what: member_key(what, style))
    for rank, what in enumerate(joins):
        place = places[what]
        assert isinstance(place, JoinImport)
        places[what] = replace(place, order=(rank,))
    return places
