"""Take one imported name out of a file, leaving every other byte as it was."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ImportStatement = ast.Import | ast.ImportFrom


@dataclass(frozen=True, slots=True)
class Target:
    """One alias of one unconditional top-level import: where it stands and what it binds.

    `statement` and `alias` are positions in the module's body and in the statement's list of names.
    """

    statement: int
    alias: int
    bound: str


def targets(tree: ast.Module) -> Iterator[Target]:
    """Every name that could be taken away. Star imports and `__future__` are not among them."""
    for index, node in enumerate(tree.body):
        if not isinstance(node, ImportStatement):
            continue
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            continue
        for position, alias in enumerate(node.names):
            if alias.name != "*":
                yield Target(index, position, bound_name(node, alias))


def bound_name(node: ImportStatement, alias: ast.alias) -> str:
    """The name the file's scope gains."""
    if alias.asname is not None:
        return alias.asname
    return alias.name.partition(".")[0] if isinstance(node, ast.Import) else alias.name


def without(source: bytes, tree: ast.Module, target: Target) -> bytes | None:
    """The file without that name; None where it cannot be done without touching something else.

    `tree` is the syntax tree of `source`. The result is parsed and compared with it.
    """
    node = tree.body[target.statement]
    assert isinstance(node, ImportStatement)
    lines = source.split(b"\n")
    cut = _cut_statement(lines, node) if len(node.names) == 1 else _cut_name(lines, node, target.alias)
    if cut is None:
        return None
    (first, start), (last, end) = cut
    before, after = lines[: first - 1], lines[last:]
    middle = lines[first - 1][:start] + lines[last - 1][end:]
    whole_lines = start == 0 and end == len(lines[last - 1])
    result = b"\n".join([*before, *([] if whole_lines else [middle]), *after])
    return result if _is_tree_without(result, tree, target) else None


_Place = tuple[int, int]  # line from 1, byte column from 0


def _cut_statement(lines: list[bytes], node: ImportStatement) -> tuple[_Place, _Place] | None:
    first, last = node.lineno, node.end_lineno or node.lineno
    rest = lines[last - 1][node.end_col_offset :].strip()
    if node.col_offset != 0 or not (rest == b"" or rest.startswith(b"#")):
        return None
    return (first, 0), (last, len(lines[last - 1]))


def _cut_name(lines: list[bytes], node: ImportStatement, position: int) -> tuple[_Place, _Place] | None:
    alias = node.names[position]
    start, end = (alias.lineno, alias.col_offset), _end(alias)
    if alias.lineno == end[0] and not lines[alias.lineno - 2].rstrip().endswith(b"\\"):
        line = lines[alias.lineno - 1]
        rest = line[end[1] :].strip().removeprefix(b",").strip()
        if line[: start[1]].strip() == b"" and (rest == b"" or rest.startswith(b"#")):
            return (alias.lineno, 0), (alias.lineno, len(line))
    if position + 1 < len(node.names):
        following = node.names[position + 1]
        cut = start, (following.lineno, following.col_offset)
    else:
        cut = _end(node.names[position - 1]), end
    (first, from_column), (last, to_column) = cut
    removed = b"\n".join(lines[first - 1 : last])[from_column : -len(lines[last - 1]) + to_column or None]
    return None if b"#" in removed else cut


def _end(alias: ast.alias) -> _Place:
    return alias.end_lineno or alias.lineno, alias.end_col_offset or 0


def _is_tree_without(result: bytes, tree: ast.Module, target: Target) -> bool:
    # The bytes before and behind the cut are the same by construction, so the statement and its
    # neighbours are enough to compare.
    node = copy.copy(tree.body[target.statement])
    assert isinstance(node, ImportStatement)
    node.names = [alias for position, alias in enumerate(node.names) if position != target.alias]
    expected = list(tree.body)
    expected[target.statement : target.statement + 1] = [node] if node.names else []
    try:
        actual = ast.parse(result).body
    except (SyntaxError, ValueError):
        return False
    near = slice(max(target.statement - 1, 0), target.statement + 2)
    return len(actual) == len(expected) and list(map(ast.dump, actual[near])) == list(
        map(ast.dump, expected[near])
    )
