"""What the functions and classes of a module take by keyword: read where a test calls them."""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING, TypeAlias

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_ASKED_OF_CLASSES = ("classmethod", "staticmethod")
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The `names` that can be given by keyword, in order; `any`: there is a `**` that takes all others."""

    names: tuple[str, ...]
    any: bool = False


@dataclass(frozen=True, slots=True)
class FunctionShape:
    """A function at module level, or a method that a class is asked for, without the `cls` of a class method.
    `line` counts from 1. `decorators` are dotted names as written, None for anything else.
    """

    line: int
    parameters: Parameters
    decorators: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Alias:
    """`name = target` at module level, where `target` is a name too, or `module.name`."""

    target: str


@dataclass(frozen=True, slots=True)
class ClassShape:
    """A class at module level. `bases` and `decorators` are dotted names as written, None for anything else.

    `init` are the parameters of its own `__init__`, without `self`. `fields` pairs the annotated names of its
    body with whether a dataclass takes them. `methods` are its class and static methods. `names` is all that
    its body binds. `special`: its calls cannot be told from what is said here (another metaclass, `__new__`,
    a decorated or conditional `__init__`, `dataclass(init=False)`).
    """

    line: int
    bases: tuple[str | None, ...]
    decorators: tuple[str | None, ...]
    init: Parameters | None
    fields: tuple[tuple[str, bool], ...]
    methods: tuple[tuple[str, FunctionShape], ...]
    names: frozenset[str]
    special: bool


Shape: TypeAlias = FunctionShape | ClassShape | Alias


def read_definitions(text: str) -> dict[str, Shape]:
    """The functions, classes and aliases at module level by name, but for what is bound twice or in a branch.
    Overloads do not count.

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
        if _is_overload(node):
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and bound[node.name] == 1:
            found[node.name] = _function(node)
        elif isinstance(node, ast.ClassDef) and bound[node.name] == 1:
            found[node.name] = _class(node)
        elif isinstance(node, ast.Assign) and (of := _dotted(node.value)) is not None:
            names = (target.id for target in node.targets if isinstance(target, ast.Name))
            found |= {name: Alias(of) for name in names if bound[name] == 1}
    return found


def _bound(body: Sequence[ast.AST]) -> Iterator[str]:
    """The names that the statements bind, as often as they do."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not _is_overload(node):
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


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, skip: int = 0) -> FunctionShape:
    decorators = tuple(map(_decorator, node.decorator_list))
    return FunctionShape(node.lineno, _parameters(node.args, skip), decorators)


def _parameters(given: ast.arguments, skip: int = 0) -> Parameters:
    positional = [each.arg for each in (*given.posonlyargs, *given.args)]
    named = positional[max(skip, len(given.posonlyargs)) :]
    return Parameters((*named, *(each.arg for each in given.kwonlyargs)), given.kwarg is not None)


def _class(node: ast.ClassDef) -> ClassShape:
    init: Parameters | None = None
    special = any(map(_changes_calls, node.keywords))
    fields: dict[str, bool] = {}
    methods: dict[str, FunctionShape] = {}
    names = list(_bound(node.body))
    inits = 0
    for each in node.body:
        if _is_overload(each):
            continue
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            special = special or each.name == "__new__"
            kind = _decorator(each.decorator_list[0]) if len(each.decorator_list) == 1 else None
            if kind in _ASKED_OF_CLASSES and names.count(each.name) == 1:
                methods[each.name] = _function(each, int(kind == "classmethod"))
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
    decorators = tuple(map(_decorator, node.decorator_list))
    bases = tuple(_dotted(each.value if isinstance(each, ast.Subscript) else each) for each in node.bases)
    return ClassShape(
        node.lineno,
        bases,
        decorators,
        init,
        tuple(fields.items()),
        tuple(methods.items()),
        frozenset(names),
        special,
    )


def _is_overload(node: ast.AST) -> bool:
    """`@overload`: for type checkers; the definition that counts follows."""
    decorators = getattr(node, "decorator_list", ())
    return any((_decorator(each) or "").rpartition(".")[2] == "overload" for each in decorators)


def _decorator(node: ast.expr) -> str | None:
    return _dotted(node.func if isinstance(node, ast.Call) else node)


def _outside_init(value: ast.expr | None) -> bool:
    """`field(init=False)`."""
    return isinstance(value, ast.Call) and any(
        each.arg == "init" and isinstance(each.value, ast.Constant) and each.value.value is False
        for each in value.keywords
    )


def _makes_no_init(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and any(each.arg in ("init", None) for each in decorator.keywords)


def _changes_calls(keyword: ast.keyword) -> bool:
    """Whether a class keyword may change what a call of the class does: not the metaclass of `abc.ABC`."""
    return keyword.arg != "metaclass" or _dotted(keyword.value) not in ("ABCMeta", "abc.ABCMeta")


def _dotted(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        left = _dotted(node.value)
        return None if left is None else f"{left}.{node.attr}"
    return None
