"""Expressions as far as decorators, marks and fixtures need them: literals, names, calls and sequences.

Facts hold no syntax nodes, because they are pickled and cached; this is what they hold instead.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixer.span import Span

_MOST_ITEMS = 40  # of a sequence: longer ones are data, and nobody asks for their items
_DEEPEST = 8
# What these make is a plain value, whatever is in them: never a function, a fixture or a mark.
_VALUES = (
    ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.JoinedStr, ast.Compare,
    ast.BinOp, ast.UnaryOp,
)  # fmt: skip
_OPERATORS: dict[type[ast.AST], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.In: "in",
    ast.NotIn: "not in", ast.And: "and", ast.Or: "or", ast.Not: "not",
}  # fmt: skip
# Items of `sys.version_info` that have a name, too (library reference of `sys`).
_PARTS: dict[object, str] = {0: "major", 1: "minor"}


@dataclass(frozen=True, slots=True)
class Constant:
    """A string, a number, True, False or None. `span` is its place in the file."""

    value: str | int | bool | None
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A name or a dotted name: `pytest.mark.skip`."""

    dotted: str


@dataclass(frozen=True, slots=True)
class Call:
    """`function(*args, **keywords)`; a keyword of None is `**mapping`."""

    function: Expression
    args: tuple[Expression, ...]
    keywords: tuple[tuple[str | None, Expression], ...]

    def argument(self, position: int, name: str) -> Expression | None:
        """The argument given at `position` (from 0) or as `name`; None if it is not given."""
        if position < len(self.args):
            return self.args[position]
        return next((value for key, value in self.keywords if key == name), None)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, tuple or set display, or another plain value. `whole`: all its items are here."""

    items: tuple[Expression, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Lambda:
    """A lambda: the names of its parameters that have no default, and need a value."""

    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison, or `and`, `or` and `not`: the `operator` as it is written, with its operands in order."""

    operator: str
    operands: tuple[Expression, ...]

    @property
    def is_plain(self) -> bool:
        """Whether it is True or False; `and` and `or` give one of their operands."""
        return self.operator not in ("and", "or")


@dataclass(frozen=True, slots=True)
class Other:
    """Anything else: what it is worth is known at run time alone."""


Expression: TypeAlias = Constant | Name | Call | Sequence | Lambda | Condition | Other
SpanOf: TypeAlias = "Callable[[ast.AST], Span]"


def read_expression(node: ast.expr, span_of: SpanOf, depth: int = 0) -> Expression:
    """What can be said of a syntax node; `span_of` gives the place of one."""
    if depth > _DEEPEST:
        return Other()
    if isinstance(node, ast.Constant):
        if node.value is None or isinstance(node.value, (str, int)):
            return Constant(node.value, span_of(node))
        return Name("...") if node.value is ... else Sequence((), whole=False)
    if isinstance(node, (ast.Name, ast.Attribute)):
        name = dotted_name(node)
        return Name(name) if name else Other()
    if isinstance(node, ast.Call):
        return Call(
            read_expression(node.func, span_of, depth + 1),
            tuple(read_expression(argument, span_of, depth + 1) for argument in node.args),
            tuple((each.arg, read_expression(each.value, span_of, depth + 1)) for each in node.keywords),
        )
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        items = node.elts[:_MOST_ITEMS]
        read = tuple(read_expression(item, span_of, depth + 1) for item in items)
        starred = any(isinstance(item, ast.Starred) for item in items)
        return Sequence(read, len(items) == len(node.elts) and not starred)
    if isinstance(node, ast.Lambda):
        return Lambda(required_names(node.args))
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        name, part = dotted_name(node.value), _PARTS.get(node.slice.value)
        return Name(f"{name}.{part}") if name.endswith("version_info") and part else Other()
    condition = _condition(node)
    if condition is not None:
        operator, operands = condition
        return Condition(operator, tuple(read_expression(each, span_of, depth + 1) for each in operands))
    if isinstance(node, _VALUES):
        return Sequence((), whole=False)
    return Other()


def read_condition(text: str, span: Span) -> Expression:
    """The condition that a string holds, as `skipif` takes it; `span` is the place of the string."""
    try:
        return read_expression(ast.parse(text.strip(), mode="eval").body, lambda node: span)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Other()


def _condition(node: ast.expr) -> tuple[str, list[ast.expr]] | None:
    """The operator and operands of a condition; None for a chain of comparisons and anything else."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        operator, operands = _OPERATORS.get(type(node.ops[0])), [node.left, *node.comparators]
        return None if operator is None else (operator, operands)
    if isinstance(node, ast.BoolOp):
        return _OPERATORS[type(node.op)], node.values
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return "not", [node.operand]
    return None


def dotted_name(node: ast.expr) -> str:
    """`a.b.c` of a chain of attributes that begins with a name; "" for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    parts.append(node.id)
    return ".".join(reversed(parts))


def required_names(arguments: ast.arguments) -> tuple[str, ...]:
    """The parameters that pytest takes for requests: plain and keyword-only ones without a default
    (`_pytest.compat.getfuncargnames`)."""
    plain = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
    plain = plain[: len(plain) - len(arguments.defaults)]
    keyword = [
        argument.arg
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is None
    ]
    return (*plain[len(arguments.posonlyargs) :], *keyword)
