"""One file -> what it declares at module and class level (see `body.py`)."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from fixer.facts.body import (
    WORDS,
    Assignment,
    Class,
    Deletion,
    Dynamic,
    Function,
    ImportBinding,
    ModuleBody,
    Parameter,
    Statement,
)
from fixer.facts.class_names import with_own_decorators
from fixer.facts.computed_names import ends_of_string, keys_of, literal_loop, only_value, rebinds
from fixer.facts.expression import Other, dotted_name, read_expression
from fixer.facts.generated import METAFUNC, handed_on, parametrized, registered
from fixer.facts.headers import headers_only
from fixer.facts.ignoring import ignored_words
from fixer.facts.symbols import read_scopes
from fixer.facts.text import decode
from fixer.facts.wrapping import read_wrapping
from fixer.import_statement import Import
from fixer.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fixer.facts.body import Binding
    from fixer.facts.expression import Expression
    from fixer.facts.symbols import Table

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NAMESPACES = ("globals()", "vars()", "locals()", "sys.modules[__name__]", "sys.modules[__name__].__dict__")
_LISTS = ("append", "extend", "insert")  # methods that add to a list
# Of `WORDS`, for tests: they decorate nothing, but one may be a fixture that lost its mark.
_OF_TESTS = ("yield", "return")
_IGNORING = "pytest_ignore_collect"
_IGNORED = ("collect_ignore", "collect_ignore_glob")
_NONE: frozenset[str] = frozenset()
_KEYWORD = re.compile(r"\b(?:def|class)[ \t]+")


def read_body(path: str, source: bytes) -> ModuleBody:
    """What a file declares. Never fails: a file that cannot be read has a `problem`."""
    try:
        return read_body_of(path, decode(source), read_scopes(source).table)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ModuleBody(path, problem="it cannot be parsed")


def read_body_of(path: str, text: str, table: Table) -> ModuleBody:
    """The same for decoded text with its symbol table. Raises what `ast.parse` raises."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    headers = headers_only(text, lines, table)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape in a test file is none of our business
        if headers is not None:
            try:
                tree = ast.parse(headers.text)
                reader = _Reader(text, lines, headers.bodies, headers.ends)
                bindings = reader.module(tree)
                if sorted(reader.functions) == headers.functions:
                    return ModuleBody(path, bindings)
            except SyntaxError:
                pass  # a string or bracket that reaches to the margin hid the end of a function
        reader = _Reader(text, lines, {}, {})
        return ModuleBody(path, reader.module(ast.parse(text)))


class _Reader:
    def __init__(
        self, text: str, lines: Sequence[str], bodies: Mapping[int, str], ends: Mapping[int, int]
    ) -> None:
        self.lines = lines
        self.ascii = text.isascii()
        self.bodies = bodies
        self.ends = ends
        self.functions: list[tuple[int, str]] = []
        self.ifs: list[ast.If] = []  # around the statement
        self.tests: list[ast.expr | None] = []  # what must hold for it, None: something else
        self.loops: list[
            tuple[str, tuple[str, ...]]
        ] = []  # variables of the `for` around it, with their values

    def span(self, node: ast.AST) -> Span:
        line, end_line = node.lineno, node.end_lineno  # type: ignore[attr-defined]
        start, end = node.col_offset, node.end_col_offset  # type: ignore[attr-defined]
        if self.ascii:
            return Span(line, start + 1, end_line, end + 1)
        return Span(line, self.column(line, start), end_line, self.column(end_line, end))

    def column(self, line: int, offset: int) -> int:
        """The 1-based column in characters of a byte offset, as the syntax tree counts."""
        text = self.lines[line - 1]
        return offset + 1 if text.isascii() else len(text.encode()[:offset].decode(errors="replace")) + 1

    def name_span(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Span:
        text = self.lines[node.lineno - 1]
        match = _KEYWORD.search(text, node.col_offset if self.ascii else 0)
        if match is None or not text.startswith(node.name, match.end()):  # `def \` and the name below it
            column = self.column(node.lineno, node.col_offset)
            return Span(node.lineno, column, node.lineno, column + 3)
        start = match.end() + 1
        return Span(node.lineno, start, node.lineno, start + len(node.name))

    def module(self, tree: ast.Module) -> tuple[Binding, ...]:
        self.tree = tree
        return self.block(tree.body)

    def block(
        self, nodes: Iterable[ast.stmt], conditional: bool = False, typing: bool = False
    ) -> tuple[Binding, ...]:
        found: list[Binding] = []
        for node in nodes:
            found += self.statement(node, conditional, typing)
        return tuple(found)

    def statement(self, node: ast.stmt, conditional: bool, typing: bool) -> Iterator[Binding]:
        if isinstance(node, _FUNCTIONS):
            yield self.function(node, conditional)
        elif isinstance(node, ast.ClassDef):
            yield Class(
                node.name,
                self.name_span(node),
                node.lineno,
                tuple(read_expression(_unsubscripted(base), self.span) for base in node.bases),
                tuple((each.arg, read_expression(each.value, self.span)) for each in node.keywords),
                tuple(read_expression(each, self.span) for each in node.decorator_list),
                conditional,
                tuple(with_own_decorators(self.block(node.body))),
            )
        elif isinstance(node, ast.Import):
            for name in node.names:
                yield ImportBinding(Import(name.name, None, name.asname), node.lineno, conditional, typing)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for name in node.names:
                asname = name.asname if name.asname != name.name else None
                yield ImportBinding(Import(module, name.name, asname), node.lineno, conditional, typing)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                yield from self.assigned(target, node.value, conditional)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                yield from self.assigned(node.target, node.value, conditional)
        elif isinstance(node, ast.AugAssign):
            value = read_expression(node.value, self.span)
            yield self.addition(dotted_name(node.target), value, node.lineno, conditional)
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield Deletion(target.id, node.lineno, conditional)
        elif isinstance(node, ast.Expr):
            if isinstance(node.value, ast.Call):
                yield from self.call(node.value, conditional)
        else:
            yield from self.compound(node, typing)

    def compound(self, node: ast.stmt, typing: bool) -> Iterator[Binding]:
        """The statements below `if`, `for`, `while`, `with`, `try` and `match`, which may or may not run."""
        if isinstance(node, ast.If) and _is_type_checking(node.test):
            self.tests.append(None)
            yield from self.block(node.body, True, True)
            yield from self.block(node.orelse, True, typing)
            self.tests.pop()
            return
        if isinstance(node, (ast.For, ast.AsyncFor)):
            yield from self.unpacked(node.target, True)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                if item.optional_vars is not None:
                    yield from self.unpacked(item.optional_vars, True)
        condition = [node] if isinstance(node, ast.If) else []
        loop = literal_loop(node)
        for field in ("body", "handlers", "orelse", "finalbody", "cases"):
            if field == "body":
                self.ifs += condition
                self.loops += loop
            self.tests.append(_test(node, field))
            for child in getattr(node, field, ()):
                if isinstance(child, ast.stmt):
                    yield from self.statement(child, True, typing)
                else:  # an `except` or a `case`
                    yield from self.block(child.body, True, typing)
            self.tests.pop()
            if field == "body":
                del self.ifs[len(self.ifs) - len(condition) :]
                del self.loops[len(self.loops) - len(loop) :]

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, conditional: bool) -> Function:
        self.functions.append((node.lineno, node.name))
        body = self.bodies.get(node.lineno)
        if body is None:
            last = node.body[-1].end_lineno or node.lineno
            body = "\n".join(self.lines[node.body[0].lineno - 1 : last])
        hook = _is_hook(node.name)
        strings, decided_by = frozenset(_strings(node)) if hook else _NONE, _NONE
        if node.name == _IGNORING:
            strings, decided_by = ignored_words(node)
        taken = node.args.posonlyargs or node.args.args
        first = taken[0].arg if taken else ""
        generates = node.name == "pytest_generate_tests" or first == METAFUNC
        handed_to = handed_on(node) if generates else ()
        is_test = node.name.startswith("test")
        decorates = first not in ("", "self", "cls") and not is_test and not node.decorator_list
        return Function(
            node.name,
            self.name_span(node),
            node.lineno,
            self.column(node.lineno, node.col_offset),
            self.ends.get(node.lineno) or node.end_lineno or node.lineno,
            tuple(self.parameters(node.args)),
            tuple(read_expression(each, self.span) for each in node.decorator_list),
            conditional,
            isinstance(node, ast.AsyncFunctionDef),
            frozenset([word for word in (_OF_TESTS if is_test else WORDS) if word in body]),
            read_wrapping(first, body) if decorates else None,
            parametrized(node) if generates and handed_to is not None else None if generates else (),
            handed_to or (),
            strings,
            registered(node) if hook else (),
            decided_by,
        )

    def hook(self, target: ast.Name, value: ast.Lambda, conditional: bool) -> Function:
        """`pytest_generate_tests = lambda metafunc: ...`"""
        node = ast.FunctionDef(target.id, value.args, [ast.Return(value.body)], [])
        handed_to = handed_on(node)
        body = ast.unparse(value.body)
        strings, decided_by = ignored_words(node) if node.name == _IGNORING else (_strings(node), _NONE)
        return Function(
            target.id,
            self.span(target),
            target.lineno,
            self.column(target.lineno, target.col_offset),
            value.end_lineno or value.lineno,
            tuple(self.parameters(value.args)),
            conditional=conditional,
            mentions=frozenset([word for word in WORDS if word in body]),
            provided=None if handed_to is None else parametrized(node),
            handed_to=handed_to or (),
            strings=frozenset(strings),
            registered=registered(node),
            decided_by=decided_by,
        )

    def parameters(self, arguments: ast.arguments) -> Iterator[Parameter]:
        positional = [*arguments.posonlyargs, *arguments.args]
        first_default = len(positional) - len(arguments.defaults)
        only = len(arguments.posonlyargs)
        for number, argument in enumerate(positional):
            kind = "positional-only" if number < only else "plain"
            yield self.parameter(argument, kind, number >= first_default)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            yield self.parameter(argument, "keyword-only", default is not None)

    def parameter(self, argument: ast.arg, kind: str, has_default: bool) -> Parameter:
        line, name, offset = argument.lineno, argument.arg, argument.col_offset
        column = offset + 1 if self.ascii else self.column(line, offset)
        return Parameter(name, Span(line, column, line, column + len(name)), kind, has_default)

    def assigned(self, target: ast.expr, value: ast.expr, conditional: bool) -> Iterator[Binding]:
        if isinstance(target, (ast.Tuple, ast.List)):
            values = value.elts if isinstance(value, (ast.Tuple, ast.List)) else []
            if len(values) == len(target.elts):
                for each, its_value in zip(target.elts, values, strict=True):
                    yield from self.assigned(each, its_value, conditional)
            else:
                yield from self.unpacked(target, conditional)
        elif isinstance(target, ast.Subscript):
            yield from self.stored(target)
        elif isinstance(value, ast.Lambda) and isinstance(target, ast.Name) and _is_hook(target.id):
            yield self.hook(target, value, conditional)
        else:
            name = dotted_name(target)
            if name:
                what = read_expression(value, self.span)
                yield Assignment(name, what, target.lineno, conditional, False, self.conditions(name))
            elif isinstance(target, ast.Attribute):
                yield Dynamic(None, f"{ast.unparse(target)} = ...", target.lineno)

    def addition(self, name: str, value: Expression, line: int, conditional: bool) -> Assignment:
        """Something that is added to the list `name`."""
        return Assignment(name, value, line, conditional, True, self.conditions(name))

    def conditions(self, name: str) -> tuple[Expression, ...]:
        if name not in _IGNORED:
            return ()
        return tuple(Other() if test is None else read_expression(test, self.span) for test in self.tests)

    def unpacked(self, target: ast.expr, conditional: bool) -> Iterator[Binding]:
        for each in ast.walk(target):
            if isinstance(each, ast.Name):
                yield Assignment(each.id, Other(), target.lineno, conditional)

    def stored(self, target: ast.Subscript) -> Iterator[Binding]:
        """`globals()["x"] = ...`"""
        where = ast.unparse(target.value)
        if where in _NAMESPACES:
            yield from self.bound_by(target.slice, f"{where}[...] = ...", target.lineno)

    def bound_by(self, key: ast.expr, how: str, line: int) -> Iterator[Dynamic]:
        """What a statement binds whose name is the value of `key`."""
        if isinstance(key, ast.Name):
            values = next((each for name, each in reversed(self.loops) if name == key.id), None)
            if values is not None:
                yield from (Dynamic(value, how, line) for value in values)
                return
            key = only_value(key, self.tree)
        conditions = [each.test for each in self.ifs if not rebinds(each, each.test)]
        begins, ends = ends_of_string(key, conditions)
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield Dynamic(key.value, how, line)
        else:
            yield Dynamic(None, how, line, begins, ends)

    def call(self, node: ast.Call, conditional: bool) -> Iterator[Binding]:
        function = node.func
        name = dotted_name(function)
        owner, _, method = name.rpartition(".")
        if owner and "." not in owner and method in _LISTS and node.args:
            value = read_expression(node.args[-1], self.span)
            yield self.addition(owner, value, node.lineno, conditional)
            return
        if name == "exec":
            yield Dynamic(None, "exec()", node.lineno)
        elif name == "setattr" and len(node.args) == 3 and ast.unparse(node.args[0]) in _NAMESPACES:
            yield from self.bound_by(node.args[1], "setattr()", node.lineno)
        elif (
            isinstance(function, ast.Attribute)
            and function.attr == "update"
            and ast.unparse(function.value) in _NAMESPACES
        ):
            how = f"{ast.unparse(function)}()"
            keys = [argument for each in node.args for argument in keys_of(each)]
            keys += [ast.Constant(each.arg) if each.arg else None for each in node.keywords]
            for key in keys:
                if key is None:
                    yield Dynamic(None, how, node.lineno)
                else:
                    yield from self.bound_by(key, how, node.lineno)
        yield Statement(read_expression(node, self.span), node.lineno, conditional)


def _is_hook(name: str) -> bool:
    return name.startswith("pytest_")


def _test(node: ast.stmt, field: str) -> ast.expr | None:
    """What must hold for the statements in that field of a compound one, where it is an `if`."""
    if not isinstance(node, ast.If):
        return None
    return node.test if field == "body" else ast.UnaryOp(ast.Not(), node.test)


def _strings(node: ast.AST) -> Iterator[str]:
    """The string literals of a function, which in a hook may be names of tests and marks."""
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def _unsubscripted(node: ast.expr) -> ast.expr:
    """`Generic` for `Generic[T]`: for what a class inherits they are the same."""
    return node.value if isinstance(node, ast.Subscript) else node


def _is_type_checking(test: ast.expr) -> bool:
    return dotted_name(test).rpartition(".")[2] == "TYPE_CHECKING"
