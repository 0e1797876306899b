"""What a decorator returns: the function itself, a faithful wrapper of it, or another function."""

from __future__ import annotations

import ast
import textwrap
import warnings
from typing import TYPE_CHECKING

from fixer.facts.body import Wrapping
from fixer.facts.expression import dotted_name, required_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LONGEST = 4000  # characters of a body: decorators are short


def read_wrapping(parameter: str, body: str) -> Wrapping | None:
    """What a function with that first parameter and that body makes of what it decorates; None if its text
    does not show it."""
    if "return" not in body or len(body) > _LONGEST:
        return None
    if "def " not in body and f"return {parameter}" not in body:
        return None
    if "__wrapped__" in body or "__signature__" in body:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse("def _():\n" + textwrap.indent(textwrap.dedent(body), " "))
    except SyntaxError:
        return None
    [function] = tree.body
    return _of(parameter, function.body) if isinstance(function, ast.FunctionDef) else None


def _of(parameter: str, statements: Sequence[ast.stmt]) -> Wrapping | None:
    returned = [node.value for node in _returns(statements)]
    if not returned:
        return None
    inner = {node.name: node for node in statements if isinstance(node, _FUNCTIONS)}
    found = [_returned(value, parameter, inner) for value in returned]
    return found[0] if all(each == found[0] for each in found) else None


def _returned(
    value: ast.expr | None, parameter: str, inner: dict[str, ast.FunctionDef | ast.AsyncFunctionDef]
) -> Wrapping | None:
    if isinstance(value, ast.Call) and _is_wraps(value) and value.args:
        return Wrapping("wraps")  # functools.wraps(f)(w), functools.update_wrapper(w, f)
    if not isinstance(value, ast.Name):
        return None
    if value.id == parameter:
        return Wrapping("passes")
    function = inner.get(value.id)
    if function is None:
        return None
    if any(_is_wraps(each) for each in function.decorator_list):
        return Wrapping("wraps")
    if function.decorator_list:
        return None
    first = next((each.arg for each in (*function.args.posonlyargs, *function.args.args)), "")
    return Wrapping("replaces", required_names(function.args), _of(first, function.body))


def _returns(statements: Sequence[ast.stmt]) -> Iterator[ast.Return]:
    """The `return` statements of a function, without those of the functions in it."""
    for node in statements:
        if isinstance(node, ast.Return):
            yield node
        elif not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            for field in ("body", "orelse", "finalbody", "handlers", "cases"):
                for child in getattr(node, field, ()):
                    yield from _returns([child] if isinstance(child, ast.stmt) else child.body)


def _is_wraps(node: ast.expr) -> bool:
    """`functools.wraps(...)` and what is like it: `wrapt.decorator`, `update_wrapper`."""
    while isinstance(node, ast.Call):
        node = node.func
    return dotted_name(node).rpartition(".")[2] in ("wraps", "update_wrapper")
