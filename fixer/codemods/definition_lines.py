"""Takes definitions out of the lines of a source, with what `RemoveDefinitions` takes along in a tree."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from fixer.codemods.blank_lines import joined, without_comment_block
from fixer.codemods.errors import EditError
from fixer.codemods.statement_lines import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.edits import RemoveDefinition


def lines_to_remove(source: str, lines: Sequence[str], edits: Sequence[RemoveDefinition]) -> set[int]:
    """The lines (from 1) that go: the definitions, the comments that touch them from above, and the blank
    lines that would be too many.

    Raises EditError where no such definition stands at an edit's place, SyntaxError where the source does
    not parse.
    """
    wanted = {(edit.line, edit.column, edit.name) for edit in edits}
    groups = _statements(parse(source), lines)
    gone: set[int] = set()
    above: list[int] | None = None  # the lines that stay above what went
    end = 0
    stays = False  # whether a statement stays above

    def is_blank(line: int) -> bool:
        return not lines[line - 1].strip()

    def is_comment(line: int) -> bool:
        return not is_blank(line)

    for index, (first, last, nodes) in enumerate(groups):
        gap = list(range(end + 1, first))
        if above is not None:
            kept = joined(above, gap, is_blank, start=not stays)
            gone |= {*above, *gap}.difference(kept)
            gap = kept
        end = last
        key = _key(nodes[0], lines) if len(nodes) == 1 else None
        if key in wanted:
            wanted.discard(key)
            above = without_comment_block(gap, is_comment, start=index == 0)
            gone |= {*gap, *range(first, last + 1)}.difference(above)
        else:
            above, stays = None, True
    for line, column, name in wanted:
        raise EditError(f"line {line}, column {column}: no definition of `{name}` stands here by itself")
    if above is not None:
        rest = list(range(end + 1, len(lines) + 1))
        kept = joined(above, rest, is_blank, start=not stays, end=all(map(is_blank, rest)))
        gone |= {*above, *rest}.difference(kept)
    return gone


def _statements(tree: ast.Module, lines: Sequence[str]) -> list[tuple[int, int, list[ast.stmt]]]:
    """First and last line of every statement of the module, decorators and comments inside included; those
    that share a line together."""
    groups: list[tuple[int, int, list[ast.stmt]]] = []
    for node in tree.body:
        decorators = getattr(node, "decorator_list", ())
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        last = _end(node, lines)
        if groups and groups[-1][1] >= first:
            start, end, nodes = groups[-1]
            groups[-1] = (start, max(last, end), [*nodes, node])
        else:
            groups.append((first, last, [node]))
    return groups


def _end(node: ast.stmt, lines: Sequence[str]) -> int:
    """The last line of a statement, comments that are indented as its last block is included."""
    end = node.end_lineno or node.lineno
    blocks = (getattr(node, field, None) for field in ("finalbody", "orelse", "handlers", "cases", "body"))
    inner = next((block for block in blocks if isinstance(block, list) and block), None)
    while inner and not isinstance(inner[-1], ast.stmt):
        inner = inner[-1].body
    if inner:
        start = lines[inner[0].lineno - 1]
        indent = start[: len(start) - len(start.lstrip(" \t"))]
        line = end + 1
        while indent and line <= len(lines) and lines[line - 1].strip()[:1] in {"", "#"}:
            if lines[line - 1].startswith(indent):
                end = line
            line += 1
    return end


def _key(node: ast.stmt, lines: Sequence[str]) -> tuple[int, int, str] | None:
    """Line, column (from 1) and name of a definition; it starts a line, so bytes and characters agree."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return node.lineno, node.col_offset + 1, node.name
    target: ast.expr | None = None
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        target = node.target
    return (node.lineno, node.col_offset + 1, target.id) if isinstance(target, ast.Name) else None
