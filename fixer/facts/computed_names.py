"""What a string certainly begins and ends with, where it is computed."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def ends_of_string(node: ast.expr, conditions: Iterable[ast.expr]) -> tuple[str, str]:
    """The known beginning and end of the value of `node`, "" where nothing is known.

    They are read from f-strings and `+`, and, for a variable, from `name.startswith("x")` and
    `name.endswith("x")` among the `conditions` that hold there.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value, node.value
    if isinstance(node, ast.JoinedStr) and node.values:
        return ends_of_string(node.values[0], ())[0], ends_of_string(node.values[-1], ())[1]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return ends_of_string(node.left, ())[0], ends_of_string(node.right, ())[1]
    if isinstance(node, ast.Name):
        checks = [each for condition in conditions for each in _all_of(condition)]
        return _checked(node.id, "startswith", checks), _checked(node.id, "endswith", checks)
    return "", ""


def only_value(name: ast.Name, tree: ast.Module) -> ast.expr:
    """The string that a variable is, where one assignment alone binds it in the module; else its name."""
    if sum(each.id == name.id for each in _bound(tree)) != 1:
        return name
    for each in ast.walk(tree):
        if isinstance(each, ast.Assign) and len(each.targets) == 1:
            [target] = each.targets
            if isinstance(target, ast.Name) and target.id == name.id:
                return each.value if isinstance(each.value, (ast.JoinedStr, ast.BinOp)) else name
    return name


def keys_of(node: ast.expr) -> list[ast.expr | None]:
    """The keys of a literal dictionary; None stands for any that cannot be read."""
    return list(node.keys) if isinstance(node, ast.Dict) else [None]


def rebinds(node: ast.If | ast.For, what: ast.expr) -> bool:
    """Whether the block gives another value to a variable that occurs in `what`."""
    names = {each.id for each in ast.walk(what) if isinstance(each, ast.Name)}
    inside = (each for child in node.body for each in ast.walk(child))
    return any(isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id in names for n in inside)


def literal_loop(node: ast.stmt) -> list[tuple[str, tuple[str, ...]]]:
    """The variable of a loop over literal strings, with these."""
    if not isinstance(node, ast.For) or not isinstance(node.target, ast.Name):
        return []
    if not isinstance(node.iter, (ast.Tuple, ast.List, ast.Set)):
        return []
    values = [each.value for each in node.iter.elts if isinstance(each, ast.Constant)]
    strings = tuple(value for value in values if isinstance(value, str))
    if rebinds(node, node.target):
        return []
    return [(node.target.id, strings)] if len(strings) == len(node.iter.elts) else []


def _bound(tree: ast.Module) -> Iterator[ast.Name]:
    """The places where variables are bound."""
    return (each for each in ast.walk(tree) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))


def _all_of(condition: ast.expr) -> list[ast.expr]:
    """The conditions that hold where this one does."""
    if isinstance(condition, ast.BoolOp) and isinstance(condition.op, ast.And):
        return [each for value in condition.values for each in _all_of(value)]
    return [condition]


def _checked(name: str, method: str, checks: Iterable[ast.expr]) -> str:
    """The literal of `name.method("literal")` among the checks."""
    for each in checks:
        if (
            isinstance(each, ast.Call)
            and isinstance(each.func, ast.Attribute)
            and each.func.attr == method
            and isinstance(each.func.value, ast.Name)
            and each.func.value.id == name
            and len(each.args) == 1
            and isinstance(each.args[0], ast.Constant)
            and isinstance(each.args[0].value, str)
        ):
            return each.args[0].value
    return ""
