"""The statements of a module one by one: their text, and the names each reads from the module.

This is what it takes to say whether a function could stand in another module as well.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fixer.facts.symbols import global_names
from fixer.facts.text import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Definition:
    """A statement at module level, or a method of a class there (`owner` is the class's name then).

    `kind` is "function", "class", "assignment" (to one name), "import" or "other"; `name` what the first
    three bind, else "". `line` and `column` (from 1) are those of its `def` or its first word;
    `first` and `last` are its first and last line, with decorators. `text` has the comments that touch it
    from above as well, a method's is moved to the margin. `code` is the same without comments, blank lines
    and layout. `reads` are the names that it, and all functions in it, take from the module or from Python's
    builtins, `writes` those that functions in it bind there (`global`). `alone`: no other statement shares
    its lines.
    """

    kind: str
    name: str
    line: int
    column: int
    first: int
    last: int
    text: str
    code: str
    reads: frozenset[str]
    writes: frozenset[str] = frozenset()
    owner: str = ""
    alone: bool = True


def read_definitions(text: str) -> tuple[Definition, ...]:
    """The statements of a module in order, each class followed by its methods.

    Raises what `ast.parse` raises: SyntaxError, ValueError, RecursionError or MemoryError.
    """
    lines = lines_of(text.removeprefix("\ufeff"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in a test file is none of our business
        tree = ast.parse("\n".join(lines))
    found: list[Definition] = []
    for index, node in enumerate(tree.body):
        above = _end(tree.body[index - 1], lines) if index else 0
        below = _first(tree.body[index + 1]) if index + 1 < len(tree.body) else len(lines) + 1
        found.append(_definition(node, lines, above, below, header=index == 0))
        if isinstance(node, ast.ClassDef):
            found += _methods(node, lines)
    return tuple(found)


def _methods(owner: ast.ClassDef, lines: Sequence[str]) -> Iterator[Definition]:
    for index, node in enumerate(owner.body):
        if isinstance(node, _FUNCTIONS):
            above = _end(owner.body[index - 1], lines) if index else owner.lineno
            yield _definition(node, lines, above, len(lines) + 1, owner=owner.name)


def _definition(
    node: ast.stmt, lines: Sequence[str], above: int, below: int, owner: str = "", header: bool = False
) -> Definition:
    """`above` is the last line of the statement before, `below` the first one of the next."""
    first, last = _first(node), _end(node, lines)
    top = first
    while top - 1 > above and lines[top - 2].lstrip().startswith("#"):
        top -= 1
    if header and top == 1:  # comments at the start of a file are the file's own
        top = first
    alone = above < first and last < below
    width = len(lines[first - 1]) - len(lines[first - 1].lstrip())
    text = "\n".join(_shifted(lines[top - 1 : last], width)) + "\n" if alone else ""
    code = ast.unparse(node)
    reads, writes = global_names(code.encode("utf-8", "surrogatepass"))
    kind, name = _kind(node)
    column = len(lines[node.lineno - 1].encode()[: node.col_offset].decode(errors="replace")) + 1
    return Definition(kind, name, node.lineno, column, first, last, text, code, reads, writes, owner, alone)


def _kind(node: ast.stmt) -> tuple[str, str]:
    if isinstance(node, _FUNCTIONS):
        return "function", node.name
    if isinstance(node, ast.ClassDef):
        return "class", node.name
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return "import", ""
    target: ast.expr | None = None
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        target = node.target
    return ("assignment", target.id) if isinstance(target, ast.Name) else ("other", "")


def _first(node: ast.stmt) -> int:
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    return min([node.lineno, *(each.lineno for each in decorators)])


def _end(node: ast.stmt, lines: Sequence[str]) -> int:
    """The last line of a statement, comments included that are indented as the last block in it is."""
    end = node.end_lineno or node.lineno
    body = getattr(node, "body", None)
    if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)) or not body or body[0].lineno == node.lineno:
        return end
    start = lines[body[0].lineno - 1]
    indent = start[: len(start) - len(start.lstrip())]
    line = end + 1
    while line <= len(lines) and lines[line - 1].strip()[:1] in ("", "#"):
        if lines[line - 1].startswith(indent) and lines[line - 1].strip():
            end = line
        line += 1
    return end


def _shifted(lines: Sequence[str], width: int) -> list[str]:
    """The lines moved to the margin. A line that has not so many blanks stays: it is inside of a string."""
    return [line[width:] if not line[:width].strip() else line for line in lines]
