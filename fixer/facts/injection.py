"""Names that a file binds at run time, behind the compiler's back."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from fixer.facts.skeleton import lines_mentioning, skeleton
from fixer.facts.symbols import function_lines
from fixer.facts.text import lines_of
from fixer.frozen import dataclass

if TYPE_CHECKING:
    from fixer.facts.symbols import Scopes

# Plain byte searches decide whether a file is worth a syntax tree.
_SUSPECT = ("globals(", "exec(", "vars()", "locals()", "builtins", "sys.modules[", "__dict__")
_BUILTINS_AS = re.compile(r"\bbuiltins[ \t]+as[ \t]+(\w+)")
_READS = frozenset({"get", "items", "keys", "values", "copy", "__contains__", "__getitem__"})


@dataclass(frozen=True, slots=True)
class Injection:
    """`here`: names bound in the file's own module; `everywhere`: bound in `builtins`, for all files.

    `unknown` names the construct where the names cannot be read from the text, and `line` (from 1) is
    the first place of one.
    """

    here: frozenset[str] = frozenset()
    everywhere: frozenset[str] = frozenset()
    unknown: str | None = None
    line: int = 0


def read_injection(text: str, scopes: Scopes) -> Injection:
    """What a module binds through `globals()`, `exec`, `setattr` on a module, or `builtins`."""
    if not any(word in text for word in _SUSPECT):
        return Injection()
    lines = lines_of(text)
    aliases = frozenset(_BUILTINS_AS.findall(text)) if "builtins" in text else frozenset[str]()
    keep = lines_mentioning((*_SUSPECT, *aliases), lines, text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(skeleton(lines, function_lines(scopes), keep))
        except SyntaxError:
            tree = ast.parse(text)
    if aliases:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in aliases:
                node.id = "builtins"
    reader = _Reader()
    reader.visit_all(tree)
    return Injection(frozenset(reader.here), frozenset(reader.everywhere), reader.unknown, reader.line)


class _Reader:
    def __init__(self) -> None:
        self.here: set[str] = set()
        self.everywhere: set[str] = set()
        self.unknown: str | None = None
        self.line = 0
        self.read_only: set[ast.AST] = set()

    def visit_all(self, tree: ast.Module) -> None:
        functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        pending: list[tuple[ast.AST, bool]] = [(tree, True)]
        while pending:
            node, at_module = pending.pop()
            self.visit(node, at_module)
            inside = at_module and not isinstance(node, functions)
            pending += [(child, inside) for child in ast.iter_child_nodes(node)]

    def visit(self, node: ast.AST, at_module: bool) -> None:
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Subscript) and _is_namespace(target.value, at_module):
                    self.read_only.add(target.value)
                    self.bind(target.value, [target.slice], f"{ast.unparse(target.value)}[...] = ...")
                elif isinstance(target, ast.Attribute) and _is_module(target.value):
                    self.read_only.add(target.value)
                    self.bind(target.value, [ast.Constant(target.attr)], "")
        elif isinstance(node, ast.Call):
            self.call(node, at_module)
        elif _reads_only(node, at_module):
            self.read_only.add(node.value)  # type: ignore[attr-defined]
        elif isinstance(node, ast.Compare):
            self.read_only.update(node.comparators)

        if isinstance(node, ast.expr) and _is_this_module(node) and node not in self.read_only:
            self.give_up("sys.modules[__name__] is handed on", node)

    def call(self, node: ast.Call, at_module: bool) -> None:
        function = node.func
        if isinstance(function, ast.Name) and function.id == "exec":
            if len(node.args) == 1 and not node.keywords and at_module:
                self.give_up("exec()", node)
        elif isinstance(function, ast.Name) and function.id in ("getattr", "hasattr", "eval", "len", "dict"):
            self.read_only.update(node.args)
        elif (
            _attribute(function) in ("setattr", "delattr")
            and len(node.args) >= 2
            and _is_module(node.args[0])
        ):
            self.read_only.add(node.args[0])
            self.bind(node.args[0], [node.args[1]], "setattr() with a computed name")
        elif isinstance(function, ast.Attribute) and _is_namespace(function.value, at_module):
            self.read_only.add(function.value)
            if function.attr == "update":
                self.update(node, function.value)
            elif function.attr in ("setdefault", "__setitem__"):
                self.bind(function.value, node.args[:1], f"globals().{function.attr}()")
        elif isinstance(function, ast.Name) and function.id == "globals" and node not in self.read_only:
            self.give_up("globals() is handed on", node)

    def update(self, node: ast.Call, namespace: ast.expr) -> None:
        keys: list[ast.expr] = [ast.Constant(keyword.arg) for keyword in node.keywords]
        for argument in node.args:
            known = isinstance(argument, ast.Dict)
            keys += [key or ast.Constant(None) for key in argument.keys] if known else [argument]  # type: ignore[attr-defined]
        self.bind(namespace, keys, "globals().update()")

    def bind(self, where: ast.expr, keys: list[ast.expr], construct: str) -> None:
        names = self.everywhere if "builtins" in ast.unparse(where) else self.here
        for key in keys:
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                names.add(key.value)
            else:
                self.give_up(construct, where)

    def give_up(self, construct: str, node: ast.expr) -> None:
        if self.unknown is None or node.lineno < self.line:
            self.unknown, self.line = construct, node.lineno


def _reads_only(node: ast.AST, at_module: bool) -> bool:
    """Whether the namespace or module that is `node.value` is only read here."""
    if isinstance(node, ast.Subscript):
        return _is_namespace(node.value, at_module)
    return isinstance(node, ast.Attribute) and (node.attr in _READS or _is_this_module(node.value))


def _attribute(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_namespace(node: ast.expr, at_module: bool) -> bool:
    """`globals()`, at module level also `vars()` and `locals()`, and a module's `__dict__`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.args:
        return node.func.id == "globals" or (at_module and node.func.id in ("vars", "locals"))
    return isinstance(node, ast.Attribute) and node.attr == "__dict__" and _is_module(node.value)


def _is_module(node: ast.expr) -> bool:
    return _is_this_module(node) or (
        isinstance(node, ast.Name) and node.id in ("builtins", "__builtins__", "__builtin__")
    )


def _is_this_module(node: ast.AST) -> bool:
    """`sys.modules[__name__]`"""
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Name)
        and node.slice.id == "__name__"
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "modules"
    )
