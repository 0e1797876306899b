"""New statements between those of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from fixer.codemods.errors import EditError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def inserted(
    original: cst.Module,
    updated: cst.Module,
    line: int,
    statements: Sequence[cst.SimpleStatementLine],
    blank_after: int,
    first_line: Callable[[cst.CSTNode], int],
) -> cst.Module:
    """`updated` with new statements just above what was `line` in `original`, and blank lines behind them.

    Nothing may have been inserted above that line yet; `first_line` gives that of a node in `original`.
    Raises EditError where no statement can go there.
    """
    new = list(statements)
    blanks = [cst.EmptyLine(indent=False)] * blank_after
    above = original.header  # the lines in front of the next statement
    first = 1  # and the number of the first of them
    for index, statement in enumerate(original.body):
        decorators = getattr(statement, "decorators", ())
        top = decorators[0] if decorators else statement
        start = first_line(top)
        lines = [*above, *statement.leading_lines]
        first = start - len(lines)
        if first <= line <= start:
            body = list(updated.body)
            kept = [*(updated.header if index == 0 else ()), *body[index].leading_lines]
            kept, rest = kept[: line - first], kept[line - first :]
            body[index] = body[index].with_changes(leading_lines=[*blanks, *rest])
            if index == 0:
                updated = updated.with_changes(header=kept)
            else:
                new[0] = new[0].with_changes(leading_lines=[*kept, *new[0].leading_lines])
            return updated.with_changes(body=[*body[:index], *new, *body[index:]])
        above = ()
    if not original.body:
        kept, rest = list(updated.header[: line - 1]), list(updated.header[line - 1 :])
        if len(kept) == line - 1:
            footer = [*blanks, *rest, *updated.footer]
            return updated.with_changes(
                header=kept,
                body=new,
                footer=footer,
                has_trailing_newline=updated.has_trailing_newline or not original.header,
            )
    first = original.code.count(original.default_newline) + 1 - len(original.footer)
    first += not original.has_trailing_newline
    kept, rest = list(updated.footer[: line - first]), list(updated.footer[line - first :])
    if line < first or len(kept) != line - first:
        raise EditError(f"line {line}: a new statement cannot go above this line")
    new[0] = new[0].with_changes(leading_lines=[*kept, *new[0].leading_lines])
    return updated.with_changes(body=[*updated.body, *new], footer=[*blanks, *rest])
