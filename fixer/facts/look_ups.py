"""Fixtures that a function asks for as it runs: `request.getfixturevalue("database")`."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from fixer.facts.text import decode
from fixer.frozen import dataclass
from fixer.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SIMPLE = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Assert)
_PERHAPS = (
    ast.Lambda,
    ast.IfExp,
    ast.BoolOp,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
_LEAVING = (ast.Return, ast.Raise)
_ENDING = frozenset({"skip", "importorskip", "xfail", "fail", "exit"})  # of pytest: they raise


@dataclass(frozen=True, slots=True)
class LookUp:
    """The literal `name` at `span`, in the function whose `def` stands on `line` (from 1).

    `name` is "" where it is computed; `of_param`: it is `request.param`. `certain`: nothing on the way there
    decides whether it is looked up, and nothing around it may catch the error.
    """

    name: str
    span: Span
    line: int
    certain: bool
    of_param: bool = False


def read_look_ups(source: bytes) -> tuple[LookUp, ...]:
    """The look-ups in functions that have a parameter `request`; none where it cannot be parsed."""
    try:
        return tuple(_look_ups(decode(source).replace("\r\n", "\n").replace("\r", "\n")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


def _look_ups(text: str) -> Iterator[LookUp]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    lines = text.split("\n")
    yield from (
        _look_up(argument, lines, function.lineno, certain)
        for function in ast.walk(tree)
        if isinstance(function, _FUNCTIONS) and _has_request(function)
        for call, certain in _calls_of(function.body)
        if (argument := _looked_up(call)) is not None
    )


def _look_up(argument: ast.expr, lines: list[str], line: int, certain: bool) -> LookUp:
    literal = argument.value if isinstance(argument, ast.Constant) else None
    name = literal if isinstance(literal, str) else ""
    return LookUp(name, _span(argument, lines), line, certain, ast.unparse(argument) == "request.param")


def _has_request(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(each.arg == "request" for each in (*function.args.args, *function.args.kwonlyargs))


def _looked_up(call: ast.Call) -> ast.expr | None:
    """What stands for the name in `request.getfixturevalue("name")`."""
    named = [keyword.value for keyword in call.keywords if keyword.arg == "argname"]
    argument = next(iter([*call.args, *named]), None)
    return argument if ast.unparse(call.func) == "request.getfixturevalue" else None


def _calls_of(statements: Iterable[ast.stmt]) -> Iterator[tuple[ast.Call, bool]]:
    """The calls in the body of a function, each with whether it is reached for certain."""
    certain = True
    for statement in statements:
        yield from _calls(statement, certain and isinstance(statement, _SIMPLE))
        certain = certain and not any(_leaves(node) for node in ast.walk(statement))


def _calls(node: ast.AST, certain: bool) -> Iterator[tuple[ast.Call, bool]]:
    if isinstance(node, _FUNCTIONS):
        if _has_request(node):
            return  # one of its own
        certain = False  # whether it is called, nobody knows
    if isinstance(node, ast.Call):
        yield node, certain
    for child in ast.iter_child_nodes(node):
        perhaps = isinstance(node, _PERHAPS) or (isinstance(node, ast.Assert) and child is node.msg)
        yield from _calls(child, certain and not perhaps)


def _leaves(node: ast.AST) -> bool:
    """Whether nothing behind it may run."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).rpartition(".")[2] in _ENDING
    return isinstance(node, _LEAVING)


def _span(node: ast.expr, lines: list[str]) -> Span:
    def column(line: int, offset: int) -> int:
        return len(lines[line - 1].encode()[:offset].decode()) + 1

    last = node.end_lineno or node.lineno
    end = column(last, node.end_col_offset or node.col_offset)
    return Span(node.lineno, column(node.lineno, node.col_offset), last, end)
