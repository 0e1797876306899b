"""The calls of a file that pass keywords, with what is called and what surrounds them."""

from __future__ import annotations

import ast
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.facts.call_guards import find_patches, guard_of, guard_of_uses, in_coroutine, is_patched
from fixer.facts.call_model import Call, Calls, Keyword, Outer
from fixer.facts.call_scopes import Scope, lay_out, resolve
from fixer.facts.text import lines_of
from fixer.span import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LONGEST = 200  # characters of a value that are kept


def read_calls(
    text: str, stem: str, wanted: Callable[[str, bool], bool], modules: frozenset[str] = frozenset()
) -> Calls:
    """The calls of a file whose module is called `stem`, as far as `wanted` says of what is called, and of
    whether it is given keywords.

    What is imported of `modules` (top-level names) is told with each call. Raises SyntaxError where the text
    does not parse.
    """
    text = text.removeprefix("\ufeff")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    return _Reader(tree, text, stem, wanted, modules).calls()


class _Reader:
    def __init__(
        self,
        tree: ast.Module,
        text: str,
        stem: str,
        wanted: Callable[[str, bool], bool],
        modules: frozenset[str],
    ) -> None:
        self.tree = tree
        self.lines = lines_of(text)
        self.stem = stem
        self.wanted = wanted
        self.modules = modules
        self.layout = lay_out(tree)
        self.patches = find_patches(self.layout)
        self.found: list[Call] = []
        self.handing_on: dict[ast.AST, Call] = {}  # functions that pass their own `**` on
        self.visible: dict[Scope, tuple[tuple[tuple[str, str], ...], frozenset[str]]] = {}

    def calls(self) -> Calls:
        for node, scope in self.layout.calls:
            call = self.call(node, scope)
            if call is not None:
                self.found.append(call)
        for decorator, scope in self.layout.decorators:
            path = resolve(decorator, scope)
            if path is not None and self.wanted(path, False):
                spelled = ast.unparse(decorator)
                self.found.append(Call(path, spelled, self.span(decorator), (), context="decorator"))
        if self.handing_on:
            self.found += self.through()
        self.found.sort(key=lambda call: (call.span.line, call.span.column))
        return Calls(tuple(self.found), frozenset(self.layout.attributes) if self.found else frozenset())

    def call(self, node: ast.Call, scope: Scope) -> Call | None:
        target, arguments, partial = node.func, node.args, False
        if arguments and resolve(target, scope) == "functools.partial":
            target, arguments, partial = arguments[0], arguments[1:], True
        path = resolve(target, scope)
        if path is None or not self.wanted(path, bool(node.keywords)):
            return None
        around = self.layout.around(node)
        keywords: list[Keyword] = []
        open_ended = False
        for each in node.keywords:
            if each.arg is not None:
                keywords.append(self.keyword(each, each.arg))
                continue
            listed = self.splat(each.value, scope)
            if listed is None:
                open_ended = True
                self.note_wrapper(each.value, node, around, path)
            else:
                keywords += listed
        context, outer = self.context(node, scope, around)
        spelled = ast.unparse(target)
        visible, taken = self.names(scope)
        return Call(
            path,
            spelled,
            self.span(node),
            tuple(keywords),
            len(arguments),
            _kind(arguments[0]) if arguments else None,
            "partial" if partial else context,
            outer,
            in_coroutine(around),
            open_ended,
            self.guard(path, spelled, node, around),
            visible,
            taken,
        )

    def keyword(self, node: ast.keyword, name: str) -> Keyword:
        start = self.column(node.lineno, node.col_offset)
        span = Span(node.lineno, start, node.lineno, start + len(name))
        return Keyword(name, span, self.source(node.value), _kind(node.value))

    def splat(self, expression: ast.expr, scope: Scope) -> list[Keyword] | None:
        """The keywords that `**expression` passes; None where they cannot be read."""
        node: ast.expr | None = expression
        place = "splat"
        stored: list[tuple[ast.expr, ast.expr]] = []
        if isinstance(node, ast.Name):
            found = scope.find(node.id)
            if found is None or len(found[0]) != 1 or found[0][0].value is None:
                return None
            bounds, where = found
            stored = self.items_set(node.id, where)
            uses = (
                each for each in ast.walk(where.node) if isinstance(each, ast.Name) and each.id == node.id
            )
            if (
                sum(isinstance(each.ctx, ast.Load) for each in uses) != 1 + len(stored)
                or where.node is self.tree
                or bounds[0].index is not None
            ):
                return None
            node, place = bounds[0].value, "dict"
        if not isinstance(node, ast.Dict):
            return None
        keywords = []
        for key, value in [*zip(node.keys, node.values, strict=True), *stored]:
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                return None
            keywords.append(Keyword(key.value, self.span(key), self.source(value), _kind(value), place))
        return keywords

    def items_set(self, name: str, scope: Scope) -> list[tuple[ast.expr, ast.expr]]:
        """Key and value of each `name["key"] = value` in the scope."""
        found = []
        for statement, where in self.layout.assignments:
            target = statement.targets[0]
            if where is not scope or len(statement.targets) != 1 or not isinstance(target, ast.Subscript):
                continue
            if isinstance(target.value, ast.Name) and target.value.id == name:
                found.append((target.slice, statement.value))
        return found

    def note_wrapper(self, splat: ast.expr, node: ast.Call, around: list[ast.AST], path: str) -> None:
        """A function that hands its own `**kwargs` to `path` is followed to its callers."""
        for function in reversed(around):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                own = function.args.kwarg
                if own is not None and isinstance(splat, ast.Name) and splat.id == own.arg:
                    guard = self.guard(path, "", node, around)
                    self.handing_on[function] = Call(path, function.name, self.span(node), (), guard=guard)
                return

    def through(self) -> Iterator[Call]:
        """The calls of functions that hand their keywords on, as calls of what they hand them to."""
        for node, scope in self.layout.calls:
            found = scope.find(node.func.id) if isinstance(node.func, ast.Name) else None
            bounds = found[0] if found is not None else []
            function = bounds[0].node if len(bounds) == 1 else None
            if function is None or function not in self.handing_on or isinstance(function, ast.ClassDef):
                continue
            own = {each.arg for each in (*function.args.args, *function.args.kwonlyargs)}
            keywords = [
                self.keyword(each, each.arg) for each in node.keywords if each.arg and each.arg not in own
            ]
            if keywords:
                inner = self.handing_on[function]
                yield replace(inner, span=self.span(node), keywords=tuple(keywords), context="through")

    def context(self, node: ast.Call, scope: Scope, around: list[ast.AST]) -> tuple[str, Outer | None]:
        parent = around[-1]
        if isinstance(parent, ast.Starred | ast.keyword | ast.List | ast.Tuple) and len(around) > 1:
            parent = around[-2] if not isinstance(around[-2], ast.Starred) else around[-3]
        if isinstance(parent, ast.Call) and parent.func is not around[-1]:
            limit = next((each.value for each in parent.keywords if each.arg == "timeout"), None)
            path = resolve(parent.func, scope)
            if limit is None and path == "asyncio.wait_for" and len(parent.args) > 1:
                limit = parent.args[1]
            if limit is None:
                return "argument", Outer(path)
            return "argument", Outer(path, self.source(limit), _kind(limit))
        parent = around[-1]
        if isinstance(parent, ast.withitem):
            return ("async with" if isinstance(around[-2], ast.AsyncWith) else "with"), None
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return ("decorator" if node in parent.decorator_list else "other"), None
        kinds: dict[type[ast.AST], str] = {
            ast.Await: "await",
            ast.AsyncFor: "async for",
            ast.YieldFrom: "yield from",
            ast.Assign: "assign",
            ast.AnnAssign: "assign",
            ast.Return: "return",
            ast.Expr: "statement",
        }
        return kinds.get(type(parent), "other"), None

    def guard(self, path: str, spelled: str, node: ast.AST, around: list[ast.AST]) -> str | None:
        for outer, inner in zip(around, [*around[1:], node], strict=True):
            reason = guard_of(outer, inner, path) or guard_of_uses(inner, self.layout, path)
            if reason is not None:
                return reason
        if self.patches and is_patched(path, spelled, self.stem, around, self.patches):
            return "it is patched here"
        return None

    def names(self, scope: Scope) -> tuple[tuple[tuple[str, str], ...], frozenset[str]]:
        """(imports that are visible in `scope` as (path, name), names that are something else there)."""
        if scope not in self.visible:
            visible: dict[str, str] = {}
            taken: set[str] = set()
            seen: set[str] = set()
            where: Scope | None = scope
            while where is not None:
                for name, bounds in where.names.items():
                    if name in seen:
                        continue
                    paths = {bound.path for bound in bounds}
                    path = paths.pop() if len(paths) == 1 else None
                    if path is None:
                        taken.add(name)
                    elif path.partition(".")[0] in self.modules:
                        visible.setdefault(path, name)
                    else:
                        taken.add(name)
                seen |= where.names.keys()
                where = where.around()
            self.visible[scope] = tuple(sorted(visible.items())), frozenset(taken)
        return self.visible[scope]

    def source(self, node: ast.expr) -> str:
        """The text of an expression, its line breaks as they are; cut where it is long."""
        span = self.span(node)
        if span.line == span.end_line:
            text = self.lines[span.line - 1][span.column - 1 : span.end_column - 1]
        else:
            last = self.lines[span.end_line - 1][: span.end_column - 1]
            between = self.lines[span.line : span.end_line - 1]
            text = "\n".join([self.lines[span.line - 1][span.column - 1 :], *between, last])
        return text[:_LONGEST]

    def span(self, node: ast.expr) -> Span:
        end_line = node.end_lineno or node.lineno
        end = self.column(end_line, node.end_col_offset or 0)
        return Span(node.lineno, self.column(node.lineno, node.col_offset), end_line, end)

    def column(self, line: int, offset: int) -> int:
        text = self.lines[line - 1]
        if text.isascii():
            return offset + 1
        return len(text.encode()[:offset].decode(errors="replace")) + 1


def _kind(node: ast.expr) -> str:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        return _kind(node.operand)
    if isinstance(node, ast.Constant):
        if node.value is None:
            return "none"
        kinds = {bool: "boolean", int: "number", float: "number", str: "string"}
        return kinds.get(type(node.value), "other")
    kinds_of_node: dict[type[ast.AST], str] = {
        ast.Name: "name",
        ast.Attribute: "attribute",
        ast.Call: "call",
        ast.Dict: "dict",
    }
    return kinds_of_node.get(type(node), "other")
