"""Whether an import that takes the place of another one can stand where that stood.

A file whose imports were in order keeps them in order: `from mock import patch` stands among the
third-party imports, `from unittest.mock import patch` belongs to the standard library's.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, TypeAlias

from fixer.edits import AddImport, Edit, ImportPlace, JoinImport, NewImport, RemoveImport, ReplaceImport
from fixer.facts.import_blocks import Block, Row, read_blocks, read_rows
from fixer.facts.import_gaps import Page
from fixer.facts.import_order import member_key, statement_key, variants
from fixer.frozen import dataclass
from fixer.import_statement import Import

if TYPE_CHECKING:
    from fixer.facts.import_order import ImportStyle
    from fixer.facts.model import Prologue, Statement

Places: TypeAlias = Mapping[Import, ImportPlace | str]
# (imports, prologue, line that each has to stay above, if any) -> places
Placing: TypeAlias = Callable[[Sequence[Import], "Prologue", Mapping[Import, int]], Places]

_SHARED = "the statement imports something else as well, and stands where no import can be added"


@dataclass(frozen=True, slots=True)
class Settled:
    """`edits` stand for the replacements; `places` are those of the imports that others want;
    `refused` says which replacements cannot be made, and why (a clause)."""

    edits: tuple[Edit, ...]
    places: Places
    refused: Mapping[Edit, str] = field(default_factory=dict)


def settle(
    edits: Sequence[ReplaceImport],
    wanted: Sequence[Import],
    prologue: Prologue,
    style: ImportStyle,
    section_of: Callable[[str], str],
    place: Placing,
) -> Settled:
    """Keeps each replacement in place, or makes it a removal and an addition where order asks for that."""
    rows = read_rows(prologue)
    page = Page(prologue, style, rows, read_blocks(rows, prologue), 0, section_of)
    at = {
        (row.first.line, row.first.column): row for row in rows if row.sortable and len(row.statements) == 1
    }
    found = {edit: at[edit.line, edit.column] for edit in edits if (edit.line, edit.column) in at}
    edits, row_of, rest = _divided(edits, found, page)
    moving = list(_moving(row_of, page))
    while True:
        left = _without(prologue, edits, moving, row_of)
        present = {what for statement in left.statements for what in statement.names}
        new = [what for edit in moving for what in edit.new if what not in present]
        limits = {what: _limit(row_of[edit], page) for edit in moving for what in edit.new}
        places = place([*wanted, *dict.fromkeys([*rest, *new])], left, limits)
        stuck = [edit for edit in moving if any(isinstance(places.get(what), str) for what in edit.new)]
        if not stuck:
            break
        moving = [edit for edit in moving if edit not in stuck]
    refused: dict[Edit, str] = {
        edit: _SHARED
        for edit in edits
        if edit not in moving
        and (edit not in row_of or not _is_whole(edit, row_of[edit]))
        and _is_part(edit, page)
    }
    result: list[Edit] = []
    for edit in edits:
        if edit in moving:
            result += _moved(edit, row_of, moving, places, page)
        elif edit not in refused:
            result.append(replace(edit, new=_in_order(edit, style), line_length=style.line_length))
    for what, path in rest.items():
        where = places[what]
        if isinstance(where, str):
            refused |= dict.fromkeys(edits, where)
        else:
            result.append(AddImport(path, what, where))
    return Settled(tuple(result), {what: places[what] for what in wanted}, refused)


def _divided(
    edits: Sequence[ReplaceImport], row_of: Mapping[ReplaceImport, Row], page: Page
) -> tuple[Sequence[ReplaceImport], Mapping[ReplaceImport, Row], Mapping[Import, str]]:
    """The replacements, of which those that leave no other import in their block keep one statement in
    place; and the names that come in other statements then, with their file."""
    divided: dict[ReplaceImport, ReplaceImport] = {}
    rest: dict[Import, str] = {}
    for edit, row in row_of.items():
        block = next(block for block in page.blocks if row in block.rows)
        ours = {row_of[other] for other in row_of if _is_whole(other, row_of[other])}
        if len({_statement(what) for what in edit.new}) > 1 and ours.issuperset(block.rows):
            first = min(edit.new, key=lambda what: statement_key((what,), page.style))
            kept = tuple(what for what in edit.new if _statement(what) == _statement(first))
            divided[edit] = replace(edit, new=kept)
            rest |= {what: edit.path for what in edit.new if what not in kept}
    return (
        [divided.get(edit, edit) for edit in edits],
        {divided.get(edit, edit): row for edit, row in row_of.items()},
        rest,
    )


def _is_whole(edit: ReplaceImport, row: Row) -> bool:
    return set(edit.old) == set(row.first.names)


def _is_part(edit: ReplaceImport, page: Page) -> bool:
    """Whether the statement is known to import more than what is replaced."""
    for row in page.rows:
        for statement in row.statements:
            if (statement.line, statement.column) == (edit.line, edit.column):
                return set(edit.old) != set(statement.names)
    return False  # nobody knows here: the codemod will see


def _moving(row_of: Mapping[ReplaceImport, Row], page: Page) -> Iterator[ReplaceImport]:
    """The replacements that cannot stay where they are."""
    bound: set[tuple[str, bool] | Import] = set()
    for row in page.rows:
        if row not in row_of.values():
            bound |= {_statement(what) for one in row.statements for what in one.names}
    for block in page.blocks:
        inside = {row: edit for edit, row in row_of.items() if row in block.rows}
        ordered = _stays_in_order(block, inside, page)
        for row, edit in inside.items():
            into = {_statement(what) for what in edit.new}
            joins = bool(into & bound) or len(into) != 1
            bound |= into
            if joins and _is_whole(edit, row) and _has_comment(row, page):
                continue  # a comment has to stay with something
            if joins or not ordered or not _is_whole(edit, row):
                yield edit


def _in_order(edit: ReplaceImport, style: ImportStyle) -> tuple[Import, ...]:
    """The new names, sorted unless they are the old ones."""
    if [(what.name, what.asname) for what in edit.old] == [(what.name, what.asname) for what in edit.new]:
        return edit.new
    return tuple(sorted(edit.new, key=lambda what: member_key(what, style)))


def _statement(what: Import) -> tuple[str, bool] | Import:
    """Names with equal results can share a statement."""
    return what if what.name is None or what.name == "*" else (what.module, what.asname is None)


def _stays_in_order(block: Block, inside: Mapping[Row, ReplaceImport], page: Page) -> bool:
    """Whether the block is in order after all its replacements in place, or was not in order before."""
    after = {
        row: replace(row, statements=(replace(row.first, names=edit.new, module=edit.new[0].module),))
        for row, edit in inside.items()
        if _is_whole(edit, row) and edit.new
    }
    if len(after) == len(block.rows) or not after:
        return True
    rows = [after.get(row, row) for row in block.rows]
    # The sections at stake: how the others are sorted may be more than is known of the project.
    sections = {page.section(row) for pair in after.items() for row in pair}
    for style in variants(page.style):
        if _is_sorted(block.rows, sections, style, page):
            return _is_sorted(rows, sections, style, page) and all(
                (page.section(above) == page.section(below)) == (_blanks(above, below, page) == 0)
                or page.section(below) in style.no_lines_before
                for above, below in itertools.pairwise(rows)
                if above in after.values() or below in after.values()
            )
    return True


def _is_sorted(rows: Sequence[Row], sections: Collection[str], style: ImportStyle, page: Page) -> bool:
    keys = [
        (page.rank(row), statement_key(row.first.names, style))
        for row in rows
        if page.section(row) in sections
    ]
    return keys == sorted(keys)


def _blanks(above: Row, below: Row, page: Page) -> int:
    between = page.prologue.lines[above.end_line : below.line - 1]
    return sum(not line.strip() for line in between)


def _has_comment(row: Row, page: Page) -> bool:
    lines = page.prologue.lines[row.line - 1 : row.end_line]
    return any("#" in line for line in lines)


def _limit(row: Row, page: Page) -> int:
    """The first line below the block: code there may use the name."""
    block = next(block for block in page.blocks if row in block.rows)
    return block.rows[-1].end_line + 1


def _without(
    prologue: Prologue,
    edits: Sequence[ReplaceImport],
    moving: Collection[ReplaceImport],
    row_of: Mapping[ReplaceImport, Row],
) -> Prologue:
    """The prologue as it is once the replaced names have gone, and the ones replaced in place have come."""
    by_place = {(edit.line, edit.column): edit for edit in edits if edit in row_of}
    statements: list[Statement] = []
    for statement in prologue.statements:
        edit = by_place.get((statement.line, statement.column))
        if edit is None:
            statements.append(statement)
            continue
        names = tuple(what for what in statement.names if what not in edit.old)
        if edit not in moving and edit.new:
            statements.append(replace(statement, names=edit.new, module=edit.new[0].module, kind=_kind(edit)))
        elif names:
            statements.append(replace(statement, names=names, module=names[0].module))
    return replace(prologue, statements=tuple(statements))


def _kind(edit: ReplaceImport) -> str:
    return "import" if edit.new[0].name is None else "from"


def _moved(
    edit: ReplaceImport,
    row_of: Mapping[ReplaceImport, Row],
    moving: Collection[ReplaceImport],
    places: Places,
    page: Page,
) -> Iterator[Edit]:
    row = row_of[edit]
    new = [(what, places[what]) for what in edit.new if what in places]
    layout, lines = "", None
    if _is_whole(edit, row):
        comments = _own_comments(row, page)
        if not any(isinstance(where, JoinImport) for _, where in new):
            layout = "\n".join(page.prologue.lines[row.line - comments - 1 : row.end_line])
        else:
            comments = 0
        gone = {row_of[other] for other in moving if _is_whole(other, row_of[other])}
        lines = _lines(row, comments, gone, page)
    yield RemoveImport(edit.path, edit.line, edit.column, edit.old, lines)
    for what, where in new:
        assert not isinstance(where, str)
        if isinstance(where, NewImport) and layout.lstrip().startswith("#") and _is_below_import(where, page):
            where = replace(where, blank_before=max(1, where.blank_before))  # as isort sets comments apart
        yield AddImport(edit.path, what, where, layout)


def _is_below_import(where: NewImport, page: Page) -> bool:
    """Whether another import ends on the line above, be it a new one."""
    return where.order[:1] > (0,) or any(row.end_line == where.line - 1 and row.sortable for row in page.rows)


def _own_comments(row: Row, page: Page) -> int:
    """The comment lines directly above that belong to this statement and not to those below it."""
    count = 0
    while row.line - count - 1 > page.prologue.header_end and page.prologue.lines[
        row.line - count - 2
    ].lstrip().startswith("#"):
        count += 1
    return 0 if count and _follows(row, page) else count


def _follows(row: Row, page: Page) -> bool:
    """Whether the next import stands on the next line."""
    return any(other.line == row.end_line + 1 and other.sortable for other in page.rows)


def _lines(row: Row, comments: int, gone: Collection[Row], page: Page) -> tuple[int, int]:
    """The lines that go with a statement: its comments, and the blank lines that would be too many."""
    block = next(block for block in page.blocks if row in block.rows)
    index = block.rows.index(row)
    kept_above = any(other not in gone for other in block.rows[:index])
    kept_below = any(other not in gone for other in block.rows[index + 1 :])
    first, last = row.line - comments, row.end_line
    lines = page.prologue.lines
    above = below = 0
    while first - above > 1 and not lines[first - above - 2].strip():
        above += 1
    while last + below < len(lines) and not lines[last + below].strip():
        below += 1
    if index and block.rows[index - 1] in gone:
        return first - above, last
    run = index
    while run + 1 < len(block.rows) and block.rows[run + 1] in gone:
        run += 1
    end = block.rows[run].end_line
    if run != index:
        below = 0
        while end + below < len(lines) and not lines[end + below].strip():
            below += 1
    if kept_above and kept_below:
        return first - min(above, below), last
    if kept_above:
        return first - above, last
    if kept_below:
        return first, (last + below if run == index else last)
    return first - min(above, below), last
