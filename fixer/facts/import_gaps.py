"""The gap between two lines where a new import statement goes, and the blank lines it needs there."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from fixer.facts.import_order import FUTURE, ImportStyle, statement_key, top_module, variants
from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixer.facts.import_blocks import Block, Row
    from fixer.facts.model import Prologue
    from fixer.import_statement import Import


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap between lines: above `line`, with the blank lines it wants on either side."""

    line: int
    before: int = 0
    after: int = 0
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """All that the placement of one file's imports depends on."""

    prologue: Prologue
    style: ImportStyle
    rows: tuple[Row, ...]
    blocks: tuple[Block, ...]
    boundary: int  # the line of the first statement below which imports are late
    section_of: Callable[[str], str]

    def section(self, row: Row) -> str:
        first = row.first
        return FUTURE if first.kind == "future" else self.section_of(first.module)

    def rank(self, row: Row) -> int:
        return self.style.section_rank(self.section(row))


def gap_in_block(names: tuple[Import, ...], section: str, block: Block, page: Page) -> Gap:
    same = [row for row in block.rows if page.section(row) == section]
    if same:
        return _in_section(names, same, page)
    return _new_section(section, block, page)


def _in_section(names: tuple[Import, ...], rows: list[Row], page: Page) -> Gap:
    """At its sorted place, or in an unsorted section after the most closely related import."""
    straight = names[0].name is None
    for variant in variants(page.style):
        keys = [statement_key(row.first.names, variant) for row in rows]
        if keys != sorted(keys):
            continue
        index = bisect_right(keys, statement_key(names, variant))
        above = rows[index - 1] if index else None
        below = rows[index] if index < len(rows) else None
        between = 0 if variant.force_sort_within_sections else page.style.lines_between_types
        kin_above = above is not None and (above.first.kind == "import") == straight
        kin_below = below is not None and (below.first.kind == "import") == straight
        if below is not None and (above is None or (between and kin_below and not kin_above)):
            return Gap(below.line, 0, 0 if kin_below else between)
        assert above is not None
        return Gap(above.end_line + 1, 0 if kin_above else between, 0)
    package = [row for row in rows if top_module(row.first.module) == top_module(names[0].module)]
    kin = [row for row in rows if (row.first.kind == "import") == straight]
    return Gap((package or kin or rows)[-1].end_line + 1)


def _new_section(section: str, block: Block, page: Page) -> Gap:
    """A section of its own, between those that go above and those that go below."""
    style = page.style
    rank = style.section_rank(section)
    above = [index for index, row in enumerate(block.rows) if page.rank(row) < rank]
    spaced = _is_spaced(block, page)
    if above:
        row = block.rows[above[-1]]
        before = style.blank_lines(page.section(row), section) if spaced else 0
        below = block.rows[above[-1] + 1] if above[-1] + 1 < len(block.rows) else None
        if below is not None and not style.blank_lines(section, page.section(below)):
            line = _above_comments(below, page)
            return Gap(line, max(0, before - (line - row.end_line - 1)), 0)
        return Gap(row.end_line + 1, before, 0)
    first = block.rows[0]
    after = style.blank_lines(section, page.section(first)) if spaced else 0
    return Gap(_above_comments(first, page), 0, after)


def _is_spaced(block: Block, page: Page) -> bool:
    """Whether blank lines stand between the sections; true where there is only one."""
    return not any(
        page.rank(above) < page.rank(below)
        and page.style.blank_lines(page.section(above), page.section(below))
        and below.line == above.end_line + 1
        for above, below in zip(block.rows, block.rows[1:], strict=False)
    )


def _above_comments(row: Row, page: Page) -> int:
    """The line of the comments that belong to the row: directly above it, and not the file's header."""
    line = row.line
    while line - 1 > page.prologue.header_end and page.prologue.lines[line - 2].lstrip().startswith("#"):
        line -= 1
    return line


def gap_without_imports(page: Page, low: int) -> Gap:
    """Where a file has no import to stand with: below docstring, header and what `low` says."""
    lines = page.prologue.lines
    upper = max(low, _header(page))
    lower = upper + 1
    while lower <= len(lines) and not lines[lower - 1].strip():
        lower += 1
    gap = lower - upper - 1
    before = 1 if upper else 0
    if upper and not low and gap == 0 and lines[upper - 1].startswith("#!"):
        before = 0
    if lower > len(lines) and len(lines) == page.prologue.last_line:
        return Gap(upper + 1, before, 0)  # nothing follows
    after = _wanted_after(lower, page)
    if gap >= after:
        return Gap(lower - after, max(0, before - (gap - after)), 0)
    return Gap(upper + 1, before, after - gap)


def _header(page: Page) -> int:
    """The last line of the file's header; comments that describe the first statement are not part of it."""
    end = page.prologue.header_end
    if not page.rows or page.rows[0].line != end + 1 or page.rows[0].first.kind == "docstring":
        return end
    start = end
    while start > 0 and page.prologue.lines[start - 1].lstrip().startswith("#"):
        start -= 1
    if start == 0:
        return end  # shebang, encoding and licence may stand here
    while start > 0 and not page.prologue.lines[start - 1].strip():
        start -= 1
    return start


def _wanted_after(line: int, page: Page) -> int:
    """The blank lines between imports and what starts at `line`, comments looked through."""
    style = page.style
    if style.lines_after_imports >= 0:
        return style.lines_after_imports
    following = next((row for row in page.rows if row.line >= line), None)
    if following is not None:
        return 1
    return 2 if len(page.prologue.lines) < page.prologue.last_line else 0
