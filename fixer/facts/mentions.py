"""Where a file mentions given names in ways that may make pytest look for fixtures of these names."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from fixer.facts.expression import dotted_name
from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_QUOTED = re.compile(r"""(?<![\w])["'](\s*\w+\s*(?:,\s*\w+\s*)*,?\s*)["']""")
# Calls whose string arguments are names of fixtures, and words of code that may ask for computed ones.
_NAMING = frozenset(
    {"getfixturevalue", "getfixture", "usefixtures", "lazy_fixture", "lf", "lfc", "fixture_ref"}
)
_COMPUTING = ("fixturenames", "lazy_fixture", "fixture_ref", "funcargs", "getfuncargvalue", "_fixturemanager")
_DOCTEST = re.compile(r"""\bgetfixture\(\s*["'](\w+)["']""")


@dataclass(frozen=True, slots=True)
class Asked:
    """A function that has a parameter `name`; `line` (from 1) is that of its `def`. `plain`: it is neither
    decorated nor inside of another function."""

    name: str
    line: int
    function: str
    plain: bool


@dataclass(frozen=True, slots=True)
class Mentions:
    """What one file says of names.

    `named` are literal names of fixtures (`getfixturevalue("db")`). `computes`: it may ask for fixtures under
    names that are no literals there; these can be among the `quoted` strings, alone or in a list with commas,
    of this file or another, or match one of the regular expressions `patterns`, for strings that are put
    together. `read` are names whose value some code reads, other than a local variable's, and `called` those
    that it calls; `imported` are names in `from` imports.
    """

    named: frozenset[str] = frozenset()
    computes: bool = False
    quoted: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()
    read: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    asked: tuple[Asked, ...] = ()


def read_mentions(text: str) -> Mentions:
    """The mentions in a file. Raises what `ast.parse` raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    nodes = list(ast.walk(tree))
    quoted = {
        word.strip()
        for match in _QUOTED.finditer(text)
        if not re.search(r"\bname\s*=\s*$", text[max(0, match.start() - 12) : match.start()])
        for word in match[1].split(",")
    }
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    naming = [
        call
        for call in calls
        if dotted_name(call.func).rpartition(".")[2] in _NAMING or _is_lookup(call.func)
    ]
    named = {
        each.value
        for call in naming
        for argument in (*call.args, *(keyword.value for keyword in call.keywords))
        for each in ast.walk(argument)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }
    functions = {id(call.func) for call in calls}
    computes = (
        any(word in text for word in _COMPUTING)
        or any(not isinstance(argument, ast.Constant) for call in naming for argument in call.args)
        or any(_is_lookup(node) and id(node) not in functions for node in nodes)  # handed on: `map(...)`
    )
    patterns = (
        [_pattern(node) for node in nodes if isinstance(node, (ast.JoinedStr, ast.BinOp))] if computes else []
    )
    imported = {
        name
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        for name in (alias.name, alias.asname or alias.name)
    }
    return Mentions(
        frozenset({*named, *_DOCTEST.findall(text)}),
        computes,
        frozenset(quoted),
        tuple(dict.fromkeys(pattern for pattern in patterns if pattern)),
        frozenset(_read(tree, frozenset())),
        frozenset(dotted_name(call.func) for call in calls),
        frozenset(imported),
        tuple(_asked(tree, False)),
    )


def function_texts(text: str) -> dict[int, str]:
    """By the line of its `def` (from 1): each function with its decorators, in one layout and without
    comments. Raises what `ast.parse` raises."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    return {node.lineno: ast.unparse(node) for node in ast.walk(tree) if isinstance(node, _FUNCTIONS)}


def _is_lookup(node: ast.AST) -> bool:
    """`<anything>.getfixturevalue`."""
    return isinstance(node, ast.Attribute) and node.attr in _NAMING


def _pattern(node: ast.expr) -> str | None:
    """The strings that `f"make_{kind}"` or `"make_" + kind` can be; None if that is any string."""
    parts = [
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    if isinstance(node, ast.JoinedStr):
        parts = [str(each.value) if isinstance(each, ast.Constant) else "\0" for each in node.values]
        pattern = "".join(r"\w*" if part == "\0" else re.escape(part) for part in parts)
        words = "".join(part for part in parts if part != "\0")
    elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)) and parts:
        cleaned = [re.sub(r"%\w", "\0", part) for part in parts]
        pattern = r"\w*".join(re.escape(part).replace("\0", r"\w*") for part in cleaned)
        pattern = rf"\w*{pattern}\w*"
        words = "".join(cleaned).replace("\0", "")
    else:
        return None
    return pattern if words and words.replace("_", "").isalnum() else None


def _asked(node: ast.AST, inside: bool) -> Iterator[Asked]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _FUNCTIONS):
            arguments = child.args
            plain = not child.decorator_list and not inside
            for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                yield Asked(each.arg, child.lineno, child.name, plain)
            yield from _asked(child, True)
        elif isinstance(child, ast.Lambda):
            for each in child.args.args:
                yield Asked(each.arg, child.lineno, "", False)
            yield from _asked(child, inside)
        else:
            yield from _asked(child, inside)


def _read(node: ast.AST, local: frozenset[str]) -> Iterator[str]:
    """The names whose value is read where no function around binds them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Name):
            if isinstance(child.ctx, ast.Load) and child.id not in local:
                yield child.id
        elif isinstance(child, (*_FUNCTIONS, ast.Lambda)):
            yield from _read(child, local | _bound(child))
        else:
            yield from _read(child, local)


def _bound(function: ast.AST) -> frozenset[str]:
    """The parameters and local variables of a function."""
    return frozenset(
        each.arg if isinstance(each, ast.arg) else each.id
        for each in ast.walk(function)
        if isinstance(each, ast.arg) or (isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))
    )
