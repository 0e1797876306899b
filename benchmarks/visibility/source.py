"""Python files as bytes with their syntax trees: which fixtures they declare, and edits by position."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a suite. `path` is relative to the tree."""

    path: str
    text: bytes
    tree: ast.Module
    starts: tuple[int, ...]  # of each line, as byte offsets
    reads: frozenset[str]  # names that something in the file reads, or that `__all__` exports

    @classmethod
    def read(cls, path: str, text: bytes) -> Source | None:
        """None for what this Python cannot parse, or where positions would be out of step with the bytes."""
        if text.startswith(b"\xef\xbb\xbf") or b"\r" in text or b"\f" in text:
            return None
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            return None
        lengths = map(len, text.splitlines(keepends=True))
        return cls(path, text, tree, (0, *accumulate(lengths)), frozenset(_reads(tree)))

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def file_name(self) -> str:
        return self.path.rpartition("/")[2]


def _reads(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets
        ):
            for each in ast.walk(node):
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    yield each.value


@dataclass(frozen=True, slots=True)
class Declaration:
    """A function that a decorator makes a fixture, `fixture` the name it has as one."""

    function: Function
    decorator: ast.expr
    fixture: str
    in_class: bool

    @property
    def autouse(self) -> bool:
        """Whether tests have it unasked: then nobody misses it."""
        keywords = self.decorator.keywords if isinstance(self.decorator, ast.Call) else []
        return any(keyword.arg == "autouse" for keyword in keywords)


def declarations(source: Source) -> Iterator[Declaration]:
    """Fixtures declared by a decorator at the top level of the module or of a class in it."""
    for function, chain in functions(source.tree.body):
        for decorator in function.decorator_list:
            if last_name(decorator) == "fixture":
                yield Declaration(function, decorator, _fixture_name(function, decorator), bool(chain))


def functions(
    body: Sequence[ast.stmt], chain: tuple[str, ...] = ()
) -> Iterator[tuple[Function, tuple[str, ...]]]:
    """Each function of the module and its classes, with the names of the classes around it."""
    for node in body:
        if isinstance(node, Function):
            yield node, chain
        elif isinstance(node, ast.ClassDef):
            yield from functions(node.body, (*chain, node.name))


def last_name(decorator: ast.expr) -> str:
    """`fixture` of `@pytest.fixture(scope="session")`; "" of what is no dotted name."""
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(target, ast.Attribute):
        return target.attr
    return target.id if isinstance(target, ast.Name) else ""


def _fixture_name(function: Function, decorator: ast.expr) -> str:
    given = name_argument(decorator)
    return str(given.value) if given is not None else function.name


def name_argument(decorator: ast.expr) -> ast.Constant | None:
    """The literal `name=` of a fixture's decorator."""
    for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant) and keyword.value.value:
            return keyword.value
    return None


Cut = tuple[int, int, bytes]  # from and to as byte offsets, and what comes in between


def apply(text: bytes, cuts: Sequence[Cut]) -> bytes:
    """The text with every cut made; cuts must not overlap."""
    for start, end, new in sorted(cuts, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def offset(source: Source, line: int, column: int) -> int:
    """Where a place of the syntax tree (line from 1, byte column from 0) is in the bytes."""
    return source.starts[min(line, len(source.starts)) - 1] + column


def span(source: Source, node: ast.expr | ast.stmt | ast.arg) -> tuple[int, int]:
    """Byte offsets of a node, without its decorators."""
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
    return offset(source, node.lineno, node.col_offset), offset(source, end_line, end_column)


def whole(source: Source, function: Function) -> tuple[int, int]:
    """Byte offsets of the lines of a function with its decorators."""
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    return offset(source, first, 0), offset(source, (function.end_lineno or function.lineno) + 1, 0)
