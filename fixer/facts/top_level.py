"""The statements of a module one by one: their text, and the names each reads from the module.

This is what it takes to say whether a function could stand in another module as well.
"""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from fixer.facts.symbols import global_names
from fixer.facts.text import lines_of
from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Definition:
    """A statement at module level.

    `kind` is "function", "class", "assignment" (to one name), "import" or "other"; `name` what the first
    three bind, else "". `line` and `column` (from 1) are those of its `def` or its first word; `first` and
    `last` are its first and last line, with decorators. `text` has the comments that touch it from above as
    well. `reads` are the names that it, and all functions in it, take from the module or from Python's
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
    reads: frozenset[str]
    writes: frozenset[str] = frozenset()
    alone: bool = True

    @property
    def code(self) -> str:
        """The text without comments, blank lines and layout."""
        return ast.unparse(_parse(self.text))

    @property
    def run_time_reads(self) -> frozenset[str]:
        """Those of `reads` that are needed where Python does not evaluate annotations (PEP 563)."""
        bare = ast.fix_missing_locations(_Bare().visit(_parse(self.text)))
        return global_names(ast.unparse(bare).encode("utf-8", "surrogatepass"))[0]


class _Bare(ast.NodeTransformer):
    """Takes all annotations away."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.annotation = ast.Constant(None)
        self.generic_visit(node)
        return node


def read_top_level(text: str) -> tuple[Definition, ...]:
    """The statements of a module in order.

    Raises what `ast.parse` raises: SyntaxError, ValueError, RecursionError or MemoryError.
    """
    lines = lines_of(text.removeprefix("\ufeff"))
    body = _parse("\n".join(lines)).body
    ends = [_end(node, lines) for node in body]
    found = []
    for index, node in enumerate(body):
        first, last = _first(node), ends[index]
        above = ends[index - 1] if index else 0
        below = _first(body[index + 1]) if index + 1 < len(body) else len(lines) + 1
        top = first
        while top - 1 > above and lines[top - 2].startswith("#"):
            top -= 1
        if index == 0 and top == 1:  # comments at the start of a file are the file's own
            top = first
        alone = above < first and last < below
        text = "\n".join(lines[top - 1 : last]) + "\n" if alone else ast.unparse(node)
        kind, name = _kind(node)
        column = len(lines[node.lineno - 1].encode()[: node.col_offset].decode(errors="replace")) + 1
        reads, writes = global_names(text.encode("utf-8", "surrogatepass"))
        found.append(Definition(kind, name, node.lineno, column, first, last, text, reads, writes, alone))
    return tuple(found)


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in a test file is none of our business
        return ast.parse(text)


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
