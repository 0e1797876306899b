"""What the functions and classes of a module take by keyword: read where a test calls them."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The `names` that can be given by keyword, in order; `any`: there is a `**` that takes all others."""

    names: tuple[str, ...]
    any: bool = False


@dataclass(frozen=True, slots=True)
class FunctionShape:
    """A function at module level. `line` counts from 1."""

    line: int
    parameters: Parameters
    decorated: bool


@dataclass(frozen=True, slots=True)
class ClassShape:
    """A class at module level. `bases` and `decorators` are dotted names as written, None for anything else.

    `init` are the parameters of its own `__init__`, without `self`. `fields` pairs the annotated names of its
    body with whether a dataclass takes them. `special`: its calls cannot be told from what is said here
    (class keywords, `__new__`, a decorated or conditional `__init__`, `dataclass(init=False)`).
    """

    line: int
    bases: tuple[str | None, ...]
    decorators: tuple[str | None, ...]
    init: Parameters | None
    fields: tuple[tuple[str, bool], ...]
    special: bool


Shape: TypeAlias = FunctionShape | ClassShape


def read_definitions(text: str) -> dict[str, Shape]:
    """The functions and classes at module level by name, but for what is bound twice or in a branch.

    Raises SyntaxError where the text does not parse.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text.removeprefix("\ufeff"))
    found: dict[str, Shape] = {}
    bound: dict[str, int] = {}
    for name in _bound(tree.body):
        bound[name] = bound.get(name, 0) + 1
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and bound[node.name] == 1:
            found[node.name] = FunctionShape(node.lineno, _parameters(node.args), bool(node.decorator_list))
        elif isinstance(node, ast.ClassDef) and bound[node.name] == 1:
            found[node.name] = _class(node)
    return found


def _bound(body: Sequence[ast.AST]) -> Iterator[str]:
    """The names that the statements bind, as often as they do."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Delete | ast.For | ast.With):
            yield from (
                each.id
                for each in ast.walk(node)
                if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
            )
        for block in _BLOCKS:
            inner = getattr(node, block, None)
            if isinstance(inner, list):
                yield from _bound(inner)


def _parameters(given: ast.arguments, skip: int = 0) -> Parameters:
    positional = [each.arg for each in (*given.posonlyargs, *given.args)]
    named = positional[max(skip, len(given.posonlyargs)) :]
    return Parameters((*named, *(each.arg for each in given.kwonlyargs)), given.kwarg is not None)


def _class(node: ast.ClassDef) -> ClassShape:
    init: Parameters | None = None
    special = bool(node.keywords)
    fields: dict[str, bool] = {}
    inits = 0
    for each in node.body:
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            special = special or each.name == "__new__"
            if each.name == "__init__":
                init = _parameters(each.args, 1)
                inits += 1
                special = special or bool(each.decorator_list)
        elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            annotation = ast.unparse(each.annotation)
            if "ClassVar" not in annotation and "KW_ONLY" not in annotation:
                fields[each.target.id] = not _outside_init(each.value)
        elif any(name in ("__init__", "__new__") for name in _bound([each])):
            special = True
    special = special or inits > 1 or any(map(_makes_no_init, node.decorator_list))
    decorators = tuple(
        _dotted(each.func if isinstance(each, ast.Call) else each) for each in node.decorator_list
    )
    bases = tuple(_dotted(each.value if isinstance(each, ast.Subscript) else each) for each in node.bases)
    return ClassShape(node.lineno, bases, decorators, init, tuple(fields.items()), special)


def _outside_init(value: ast.expr | None) -> bool:
    """`field(init=False)`."""
    return isinstance(value, ast.Call) and any(
        each.arg == "init" and isinstance(each.value, ast.Constant) and each.value.value is False
        for each in value.keywords
    )


def _makes_no_init(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and any(each.arg in ("init", None) for each in decorator.keywords)


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = _dotted(node.value)
        return None if left is None else f"{left}.{node.attr}"
    return None
