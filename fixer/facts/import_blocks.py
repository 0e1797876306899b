"""The import blocks of a prologue, as isort and ruff see them: runs of import lines with nothing between.

A block ends at any other statement, at `# isort: split`, and at a line that `# isort: off` or
`# isort: skip` keeps out of sorting.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from fixer.facts.model import Prologue, Statement

_ACTION = re.compile(r"#\s*(?:ruff:\s*)?isort:\s*(on|off|split|skip)\b")
_NOQA = {
    code: re.compile(rf"#\s*noqa(?!\s*:)|#\s*noqa\s*:[^#]*\b{code}\b", re.IGNORECASE)
    for code in ("E402", "F401")
}


@dataclass(frozen=True, slots=True)
class Row:
    """Statements that share source lines; most rows have one. Lines from 1, both ends included.

    `sortable`: imports only, and nothing keeps them out of sorting. `comment` ends the last line,
    `first_comment` the first.
    """

    line: int
    end_line: int
    statements: tuple[Statement, ...]
    sortable: bool
    comment: str = ""
    first_comment: str = ""

    @property
    def first(self) -> Statement:
        return self.statements[0]

    @property
    def ends_imports(self) -> bool:
        return any(statement.ends_imports for statement in self.statements)

    @property
    def allows_late(self) -> str:
        """The comment that silences E402 on this row, or an empty string."""
        return self.comment if _NOQA["E402"].search(self.comment) else ""

    @property
    def allows_unused(self) -> bool:
        """Whether linters let all names of this row go unused (F401), which counts on its first line."""
        return _NOQA["F401"].search(self.first_comment) is not None


@dataclass(frozen=True, slots=True)
class Block:
    """Import rows with only blank lines and comments between them."""

    rows: tuple[Row, ...]


def read_rows(prologue: Prologue) -> tuple[Row, ...]:
    """The statements of the prologue, grouped by the lines they share."""
    groups: list[list[Statement]] = []
    for statement in prologue.statements:
        if groups and groups[-1][-1].end_line >= statement.line:
            groups[-1].append(statement)
        else:
            groups.append([statement])
    rows: list[Row] = []
    off, previous_end = False, 0
    for group in groups:
        start, end = group[0].line, group[-1].end_line
        for line in prologue.lines[previous_end : start - 1]:
            off = _switched(line, off)
        comment = _trailing_comment(prologue.lines[end - 1]) if end <= len(prologue.lines) else ""
        first_comment = _trailing_comment(prologue.lines[start - 1]) if start <= len(prologue.lines) else ""
        action = _ACTION.search(comment)
        skipped = action is not None and action.group(1) == "skip"
        imports = all(statement.kind in {"future", "import", "from"} for statement in group)
        sortable = imports and not off and not skipped
        rows.append(Row(start, end, tuple(group), sortable, comment, first_comment))
        previous_end = end
    return tuple(rows)


def read_blocks(rows: tuple[Row, ...], prologue: Prologue) -> tuple[Block, ...]:
    """The blocks of import rows, in order."""
    blocks: list[list[Row]] = []
    previous: Row | None = None
    for row in rows:
        if row.sortable:
            if previous is None or not previous.sortable or _split_between(previous, row, prologue):
                blocks.append([])
            blocks[-1].append(row)
        previous = row
    return tuple(Block(tuple(block)) for block in blocks)


def _split_between(previous: Row, row: Row, prologue: Prologue) -> bool:
    between = prologue.lines[previous.end_line : row.line - 1]
    return any(_ACTION.match(line.strip()) for line in between)


def _switched(line: str, off: bool) -> bool:
    match = _ACTION.match(line.strip())
    if match and match.group(1) in {"on", "off"}:
        return match.group(1) == "off"
    return off


def _trailing_comment(line: str) -> str:
    """The comment at the end of an import statement's last line (no strings there)."""
    return line[line.index("#") :].rstrip() if "#" in line else ""
