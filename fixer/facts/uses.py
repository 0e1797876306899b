"""Where and how the names are used that nothing binds."""

from __future__ import annotations

import ast
import re
import sys
import unicodedata
import warnings
from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from fixer.facts.model import Role, Use
from fixer.facts.skeleton import lines_mentioning, skeleton
from fixer.facts.symbols import Scopes, function_lines, unbound_by_scope
from fixer.facts.text import lines_of
from fixer.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_Functions = (ast.FunctionDef, ast.AsyncFunctionDef)
_Tries = (ast.Try, ast.TryStar) if sys.version_info >= (3, 11) else (ast.Try,)
_Comprehensions = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_WORD = re.compile(r"\w+")
_COMPREHENSION_NAMES = {
    ast.ListComp: "listcomp",
    ast.SetComp: "setcomp",
    ast.DictComp: "dictcomp",
    ast.GeneratorExp: "genexpr",
}


def find_uses(text: str, scopes: Scopes) -> tuple[Use, ...]:
    """Every use of the names in `scopes.unbound`, in the order of the file.

    Which scope reads which name is the compiler's word; the syntax tree only gives place and role.
    """
    lines = lines_of(text)
    by_scope = unbound_by_scope(scopes)
    if "\f" not in text and scopes.unbound.isdisjoint(_other_spellings(lines, text)):
        keep = lines_mentioning(scopes.unbound, lines, text)
        try:
            uses = _uses_in(skeleton(lines, function_lines(scopes), keep), lines, by_scope, scopes, keep)
        except SyntaxError:
            uses = ()
        if {use.name for use in uses} == scopes.unbound - scopes.doubtful:
            return uses
    return _uses_in(text, lines, by_scope, scopes, None)


def _other_spellings(lines: Sequence[str], text: str) -> set[str]:
    """What the words with other than ASCII characters mean as names, which a search for the name may miss:
    the compiler normalises identifiers (PEP 3131)."""
    if text.isascii():
        return set()
    words = (word for line in lines if not line.isascii() for word in _WORD.findall(line))
    return {unicodedata.normalize("NFKC", word) for word in words if not word.isascii()}


def _uses_in(
    source: str,
    lines: Sequence[str],
    by_scope: Mapping[tuple[int, str], frozenset[str]],
    scopes: Scopes,
    keep: Sequence[int] | None,
) -> tuple[Use, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
    names = scopes.unbound - _really_bound(tree, scopes.doubtful)
    if not names:
        return ()
    finder = _Finder(lines, by_scope, names, scopes.hidden, keep)
    found = sorted(finder.module(tree), key=lambda use: use.span)
    # An attribute that the file sets itself says nothing about what the name is.
    return tuple(
        replace(use, attribute=None, called=False, further=None)
        if (use.name, use.attribute) in finder.stored
        else use
        for use in found
    )


def _really_bound(tree: ast.Module, doubtful: frozenset[str]) -> set[str]:
    """Those of `doubtful` that module-level code does bind, other than by a bare annotation."""
    bound: set[str] = set()
    if not doubtful:
        return bound
    pending: list[ast.AST] = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.AnnAssign) and node.value is None:
            continue
        if isinstance(node, (*_Functions, ast.ClassDef)):
            bound.add(node.name)
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, _Comprehensions):  # only `:=` binds outside
            bound |= {n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)}
            continue
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, ast.alias):
            bound.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            bound.add(node.rest)
        pending += ast.iter_child_nodes(node)
    return bound & doubtful


class _Place(NamedTuple):
    """Where the walk stands: the unbound names its scope reads, whether a `try` around it catches NameError
    by name (`guarded`) or with all others (`swallowed`), whether it runs later than the import of the file
    and as a function inside of another, and the names of the class body around it that a comprehension does
    not see."""

    names: frozenset[str]
    guarded: bool = False
    swallowed: bool = False
    deferred: bool = False
    nested: bool = False
    hidden: frozenset[str] = frozenset()


class _Finder:
    """Walks a module, down only where a line of interest lies."""

    def __init__(
        self,
        lines: Sequence[str],
        by_scope: Mapping[tuple[int, str], frozenset[str]],
        names: frozenset[str],
        hidden: Mapping[tuple[int, str], frozenset[str]],
        keep: Sequence[int] | None,
    ) -> None:
        self.lines = lines
        self.names = names
        self.by_scope = by_scope
        self.keep = keep
        self.hidden = hidden
        self.stored: set[tuple[str, str | None]] = set()
        # Python 3.14 evaluates annotations in scopes of their own (PEP 649); where they are read, the
        # names of all of them count.
        annotations = [found for (_, name), found in by_scope.items() if name == "__annotate__"]
        self.annotated = frozenset().union(*annotations) & names

    def module(self, tree: ast.Module) -> Iterator[Use]:
        yield from self.block(tree.body, _Place(self.scope(0, "top")))

    def scope(self, line: int, name: str) -> frozenset[str]:
        return self.by_scope.get((line, name), frozenset()) & self.names

    def of_interest(self, node: ast.AST) -> bool:
        start = getattr(node, "lineno", None)
        if self.keep is None or start is None:
            return True
        for decorator in getattr(node, "decorator_list", ()):
            start = min(start, decorator.lineno)
        at = bisect_left(self.keep, start)
        return at < len(self.keep) and self.keep[at] <= (node.end_lineno or start)  # type: ignore[attr-defined]

    def block(self, body: Sequence[ast.AST], at: _Place) -> Iterator[Use]:
        for node in body:
            if self.of_interest(node):
                yield from self.statement(node, at)

    def statement(self, node: ast.AST, at: _Place) -> Iterator[Use]:
        if isinstance(node, _Functions):
            yield from self.function(node, at)
        elif isinstance(node, ast.ClassDef):
            yield from self.class_(node, at)
        elif isinstance(node, _Tries):
            catches = any(_catches_name_error(handler.type) for handler in node.handlers)
            swallows = any(_catches_all(handler.type) for handler in node.handlers)
            inside = at._replace(guarded=at.guarded or catches, swallowed=at.swallowed or swallows)
            yield from self.block(node.body, inside)
            yield from self.block([*node.handlers, *node.orelse, *node.finalbody], at)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            yield from self.block(node.items, at)
            expected = any(_expects_name_error(item.context_expr) for item in node.items)
            yield from self.block(node.body, at._replace(guarded=at.guarded or expected))
        elif isinstance(node, ast.ExceptHandler):
            types = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            for kind in types:
                if kind is not None:
                    yield from self.expression(kind, at, Role.EXCEPTION)
            yield from self.block(node.body, at)
        elif isinstance(node, ast.Raise):
            if node.exc is not None:
                yield from self.expression(node.exc, at, Role.EXCEPTION)
            if node.cause is not None:
                yield from self.expression(node.cause, at)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Name):
            # A name by itself does nothing but raise NameError, and that is what it is there for.
            yield from self.use(node.value, at._replace(guarded=at.guarded or at.swallowed), Role.VALUE)
        elif isinstance(node, ast.AnnAssign):
            yield from self.annotation(node.annotation, at)
            yield from self.block([node.target, *([node.value] if node.value else [])], at)
        elif isinstance(node, ast.expr):
            yield from self.expression(node, at)
        else:
            for child in ast.iter_child_nodes(node):
                if self.of_interest(child):
                    yield from self.statement(child, at)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, at: _Place) -> Iterator[Use]:
        inside = self.scope(node.lineno, node.name)
        header = self.header(node, at, inside)
        for decorator in node.decorator_list:
            yield from self.expression(decorator, header, Role.DECORATOR)
        arguments = node.args
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                yield from self.expression(default, header)
        every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        for argument in (*every, arguments.vararg, arguments.kwarg):
            if argument is not None and argument.annotation is not None:
                yield from self.annotation(argument.annotation, header)
        if node.returns is not None:
            yield from self.annotation(node.returns, header)
        yield from self.block(node.body, _Place(inside, deferred=True, nested=at.deferred))

    def class_(self, node: ast.ClassDef, at: _Place) -> Iterator[Use]:
        inside = self.scope(node.lineno, node.name)
        header = self.header(node, at, inside)
        for decorator in node.decorator_list:
            yield from self.expression(decorator, header, Role.DECORATOR)
        for base in node.bases:
            yield from self.expression(base, header, Role.BASE)
        for keyword in node.keywords:
            yield from self.expression(keyword.value, header)
        yield from self.block(
            node.body,
            at._replace(names=inside, hidden=self.hidden.get((node.lineno, node.name), frozenset())),
        )

    def header(self, node: ast.stmt, at: _Place, inside: frozenset[str]) -> _Place:
        """A definition's header is read in the scope around it, or in that of its type parameters,
        which bears the definition's own name and line (PEP 695)."""
        return at._replace(names=at.names | inside) if getattr(node, "type_params", None) else at

    def annotation(self, node: ast.expr, at: _Place) -> Iterator[Use]:
        place = at._replace(names=at.names | self.annotated)
        yield from self.expression(node, place, Role.ANNOTATION)

    def expression(self, node: ast.AST, at: _Place, role: Role = Role.VALUE) -> Iterator[Use]:
        """Uses in an expression. `role` belongs to the outermost name; inside an annotation to all."""
        if not self.of_interest(node):
            return
        rest = role if role is Role.ANNOTATION else Role.VALUE
        if isinstance(node, ast.Name):
            yield from self.use(node, at, role)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                self.stored.add((node.value.id, node.attr))
            yield from self.use(node.value, at, role, attribute=node.attr)
        elif isinstance(node, ast.Attribute) and _is_attribute_of_a_name(node.value):
            for use in self.expression(node.value, at, rest):
                yield replace(use, further=node.attr)
        elif isinstance(node, ast.Call):
            yield from self.call(node, at, role)
        elif isinstance(node, ast.Subscript):
            outer = Role.SUBSCRIPT if role is Role.VALUE else role
            yield from self.expression(node.value, at, outer)
            yield from self.expression(node.slice, at, rest)
        elif isinstance(node, ast.Lambda):
            for default in (*node.args.defaults, *node.args.kw_defaults):
                if default is not None:
                    yield from self.expression(default, at)
            inside = self.scope(node.lineno, "lambda") - _parameters(node.args)
            yield from self.expression(node.body, _Place(inside, deferred=True, nested=at.deferred))
        elif isinstance(node, _Comprehensions):
            yield from self.comprehension(node, at)
        else:
            for child in ast.iter_child_nodes(node):
                yield from self.expression(child, at, rest)

    def call(self, node: ast.Call, at: _Place, role: Role) -> Iterator[Use]:
        rest = role if role is Role.ANNOTATION else Role.VALUE
        function = node.func
        if isinstance(function, ast.Name):
            yield from self.use(function, at, role, called=True)
        elif isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            yield from self.use(function.value, at, role, attribute=function.attr, called=True)
        else:
            yield from self.expression(function, at, role)
        caught = node.args[:1] if _asserts_raises(function) else []
        for argument in caught:
            yield from self.expression(argument, at, Role.EXCEPTION)
        for value in (*node.args[len(caught) :], *(keyword.value for keyword in node.keywords)):
            yield from self.expression(value, at, rest)

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, at: _Place
    ) -> Iterator[Use]:
        first = node.generators[0].iter  # the only part that is read in the scope around it
        yield from self.expression(first, at)
        targets = {
            name.id
            for generator in node.generators
            for name in ast.walk(generator.target)
            if isinstance(name, ast.Name)
        }
        own = self.scope(node.lineno, _COMPREHENSION_NAMES[type(node)])
        inside = at._replace(names=(at.names | own | (at.hidden & self.names)) - targets)
        for child in ast.iter_child_nodes(node):
            for part in ast.iter_child_nodes(child) if isinstance(child, ast.comprehension) else [child]:
                if part is not first:
                    yield from self.expression(part, inside)

    def use(
        self, node: ast.Name, at: _Place, role: Role, attribute: str | None = None, called: bool = False
    ) -> Iterator[Use]:
        if node.id in at.names and isinstance(node.ctx, ast.Load):
            line = self.lines[node.lineno - 1]
            start = _characters(line, node.col_offset)
            end = _characters(line, node.end_col_offset or node.col_offset)
            span = Span(node.lineno, start + 1, node.end_lineno or node.lineno, end + 1)
            yield Use(node.id, span, role, attribute, called, at.guarded, at.deferred, at.nested)


def _characters(line: str, offset: int) -> int:
    """A 0-based column in UTF-8 bytes, as `ast` gives it, in characters."""
    return offset if line.isascii() else len(line.encode()[:offset].decode())


def _parameters(arguments: ast.arguments) -> set[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
    return {argument.arg for argument in every}


def _catches_name_error(node: ast.expr | None) -> bool:
    kinds = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(isinstance(kind, ast.Name) and kind.id == "NameError" for kind in kinds)


def _catches_all(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Name) and node.id in ("Exception", "BaseException"))


def _expects_name_error(node: ast.expr) -> bool:
    """`pytest.raises(NameError)`, `self.assertRaises(NameError)`, `suppress(NameError)`"""
    return isinstance(node, ast.Call) and any(map(_catches_name_error, node.args))


def _asserts_raises(function: ast.expr) -> bool:
    """`pytest.raises(...)`, `self.assertRaises(...)`: the first argument is an exception."""
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("raises", "assertRaises", "assertRaisesRegex")


def _is_attribute_of_a_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
