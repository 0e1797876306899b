"""Imports of `mock`, the backport of `unittest.mock` that came before Python 3.3."""

from __future__ import annotations

import ast
import re
import warnings
from itertools import takewhile
from typing import TYPE_CHECKING

from fixer.facts.model import BackportImport
from fixer.facts.text import lines_of
from fixer.import_statement import Import
from fixer.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

# Plain searches are all that most files cost; the pattern only sees the lines that they find.
_WORDS = (b"import mock", b"from mock", b", mock")
_STATEMENT = re.compile(
    rb"(?:.*[;:])?[ \t]*(?:from[ \t]+mock[ \t.]|import[ \t](?:[^#]*[ \t,])?mock[ \t]*(?:[,;.#\\\r]|as\b|$))"
)
_SKIPS = re.compile(r"""importorskip\(\s*["']mock["']""")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_OWN = frozenset({"version_info", "__version__", "ThreadingMock"})  # in the backport's `__all__` alone


def may_import_backport(source: bytes) -> bool:
    """Whether the file seems to import the backport. False is certain, but for odd spacing."""
    for word in _WORDS:
        at = source.find(word)
        while at >= 0:
            end = source.find(b"\n", at)
            end = end if end >= 0 else len(source)
            if _STATEMENT.match(source[source.rfind(b"\n", 0, at) + 1 : end]):
                return True
            at = source.find(word, end)
    return False


def read_backport(text: str) -> tuple[BackportImport, ...]:
    """The statements that import the backport, in order. Raises SyntaxError."""
    text = text.removeprefix("\ufeff")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    lines = lines_of(text)
    found = [(node, _names(node), fallback) for node, fallback in _imports(tree, False)]
    found = [(node, old, fallback) for node, old, fallback in found if old]
    modules = frozenset(what.bound for _, old, _ in found for what in old if _is_module(what))
    star = any(what.name == "*" for _, old, _ in found for what in old)
    used = frozenset(_used(tree, modules, star))
    skips = _SKIPS.search(text) is not None
    found.sort(key=lambda each: each[0].lineno)
    movable = set(takewhile(lambda node: not isinstance(node, _DEFINITIONS), tree.body))
    return tuple(
        BackportImport(
            _span(node, lines), old, used, fallback or skips, len(old) == len(node.names), node in movable
        )
        for node, old, fallback in found
    )


def _imports(node: ast.AST, fallback: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, fallback
        elif isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from _imports(child, fallback or _offers_choice(child))


def _offers_choice(node: ast.AST) -> bool:
    """Whether the statement takes mock from one place or another."""
    if isinstance(node, ast.If | ast.Match):
        return any(_is_standard(inner) for inner in ast.walk(node))
    handlers = getattr(node, "handlers", ())
    return any(handler.type is None or _catches(handler.type) for handler in handlers)


def _catches(node: ast.expr) -> bool:
    kinds = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(isinstance(kind, ast.Name) and kind.id in _ERRORS for kind in kinds)


def _is_standard(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "unittest.mock" or (
            node.module == "unittest" and any(alias.name == "mock" for alias in node.names)
        )
    return isinstance(node, ast.Import) and any(alias.name == "unittest.mock" for alias in node.names)


def _names(node: ast.Import | ast.ImportFrom) -> tuple[Import, ...]:
    if isinstance(node, ast.ImportFrom):
        if node.level or node.module not in {"mock", "mock.mock"}:
            return ()
        return tuple(Import(node.module, alias.name, alias.asname) for alias in node.names)
    return tuple(
        Import(alias.name, None, alias.asname) for alias in node.names if alias.name in {"mock", "mock.mock"}
    )


def _is_module(what: Import) -> bool:
    return what.name is None or (what.module == "mock" and what.name == "mock")


def _used(node: ast.AST, modules: frozenset[str], star: bool) -> Iterator[str]:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
        yield node.attr
    elif star and isinstance(node, ast.Name) and node.id in _OWN:
        yield node.id
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        modules -= _locals(node)
    for child in ast.iter_child_nodes(node):
        yield from _used(child, modules, star)


def _locals(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """The parameters of a function and the variables that its body assigns; imports are not counted."""
    names: set[str] = set()
    pending: list[ast.AST] = [function.args, *(function.body if isinstance(function.body, list) else ())]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            pending += ast.iter_child_nodes(node)
    return names


def _span(node: ast.stmt, lines: list[str]) -> Span:
    end_line = node.end_lineno or node.lineno
    start = len(lines[node.lineno - 1].encode()[: node.col_offset].decode(errors="replace"))
    end = len(lines[end_line - 1].encode()[: node.end_col_offset].decode(errors="replace"))
    return Span(node.lineno, start + 1, end_line, end + 1)
