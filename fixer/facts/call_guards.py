"""What speaks against judging a call: it may be meant to fail, be a fallback, or not reach what it names."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING

from fixer.facts.call_scopes import FUNCTIONS, resolve
from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fixer.facts.call_scopes import Layout, Scope

_SETUP = frozenset(
    {"setUp", "setUpClass", "asyncSetUp", "setup_method", "setup_class", "setup_module", "setup_function"}
)
_VERSION_WORDS = frozenset(
    {
        "__version__",
        "version",
        "version_info",
        "signature",
        "parameters",
        "getfullargspec",
        "hasattr",
        "hexversion",
    }
)
# `IS_PYDANTIC_V2`, `HTTPX_0_28`, `PY310`, `lt_py311`, `needs_redis_v5`
_VERSION_NAME = re.compile(
    r"_v\d|(?:^|_)(?:py_?\d|(?:lt|le|gt|ge|lte|gte)_?\d|\d+_\d+(?:$|_))", re.IGNORECASE
)
_OF_ITSELF = ("hasattr(self,", "hasattr(cls,")  # asks whether the test was set up, and nothing of a library
_SKIPPING = frozenset({"skipif", "skipIf", "skipUnless", "xfail"})
_PATCHERS = frozenset(
    {"patch", "setattr", "delattr", "object", "multiple", "dict", "setitem", "delitem", "spy"}
)


@dataclass(frozen=True, slots=True)
class Patch:
    """`target` is a dotted path that is replaced in everything that `node` holds."""

    target: str
    node: ast.AST


def guard_of(node: ast.AST, child: ast.AST, path: str) -> str | None:
    """Why a call of `path` below `child`, a child of `node`, is not judged; None where nothing says so."""
    if isinstance(node, ast.Try) or type(node).__name__ == "TryStar":
        handlers = getattr(node, "handlers", [])
        tried = child in getattr(node, "body", ()) or child in handlers
        if tried and any(_names_type_error(handler.type) for handler in handlers):
            return "it stands in a `try` with `except TypeError`"
    elif isinstance(node, ast.With | ast.AsyncWith):
        if any(_expects_type_error(item.context_expr) for item in node.items) and child in node.body:
            return "a TypeError is expected there"
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        if child in node.body and any(map(_expects_type_error, node.decorator_list)):
            return "a TypeError is expected there"
        if child in node.body and any(_is_for_versions(each, path) for each in node.decorator_list):
            return "it is skipped by version"
    elif isinstance(node, ast.Module):
        marks = (each.value for each in node.body if isinstance(each, ast.Assign) and _is_pytestmark(each))
        if any(
            _is_for_versions(mark, path) for listed in marks for mark in getattr(listed, "elts", [listed])
        ):
            return "it is skipped by version"
    elif isinstance(node, ast.If | ast.IfExp) and child is not node.test and _asks_for_version(node.test):
        return "the condition around it asks for a version or a signature"
    return None


def guard_of_uses(node: ast.AST, layout: Layout, path: str) -> str | None:
    """Why a call of `path` in a function is not judged: it is local to another one, so that nothing else can
    call it, and whatever uses it is guarded."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    scope = layout.scopes[node].parent
    if scope is None or not isinstance(scope.node, FUNCTIONS):
        return None
    uses = (
        each
        for each in ast.walk(scope.node)
        if isinstance(each, ast.Name) and each.id == node.name and isinstance(each.ctx, ast.Load)
    )
    reasons = [_guard_around(use, layout, path) for use in uses]
    return reasons[0] if reasons and all(reasons) else None


def _guard_around(node: ast.AST, layout: Layout, path: str) -> str | None:
    around = layout.around(node)
    pairs = zip(around, [*around[1:], node], strict=True)
    return next((why for outer, inner in pairs if (why := guard_of(outer, inner, path))), None)


def _names_type_error(node: ast.AST | None) -> bool:
    if isinstance(node, ast.Tuple):
        return any(map(_names_type_error, node.elts))
    return isinstance(node, ast.Name) and node.id == "TypeError"


def _expects_type_error(node: ast.expr) -> bool:
    """`raises(TypeError)`, `assertRaises(TypeError)`, `suppress(TypeError)`, `xfail(raises=TypeError)`."""
    if not isinstance(node, ast.Call):
        return False
    return any(map(_names_type_error, (*node.args, *(keyword.value for keyword in node.keywords))))


def _asks_for_version(test: ast.expr) -> bool:
    if isinstance(test, ast.UnaryOp):
        test = test.operand
    if isinstance(test, ast.Call) and ast.unparse(test).startswith(_OF_ITSELF):
        return False
    for node in ast.walk(test):
        name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)
        if isinstance(name, str) and _speaks_of_version(name):
            return True
    return False


def _speaks_of_version(name: str) -> bool:
    lower = name.lower()
    return any(word in lower for word in _VERSION_WORDS) or _VERSION_NAME.search(name) is not None


def _is_for_versions(decorator: ast.expr, path: str) -> bool:
    """`skipif(lib.__version__ < ...)` and its kin, or a mark of some other module: `needs_redis_v5`. The
    version of Python counts for what comes with it."""
    if isinstance(decorator, ast.Call):
        if "sys.version_info" in ast.unparse(decorator) and not _comes_with_python(path):
            return False
        name = getattr(decorator.func, "attr", getattr(decorator.func, "id", ""))
        return name in _SKIPPING and any(map(_asks_for_version, decorator.args))
    name = decorator.id if isinstance(decorator, ast.Name) else getattr(decorator, "attr", "")
    return not ast.unparse(decorator).startswith("pytest.mark.") and _speaks_of_version(name)


def _comes_with_python(path: str) -> bool:
    return path.startswith("<") or path.partition(".")[0] in sys.stdlib_module_names


def _is_pytestmark(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)


def find_patches(layout: Layout) -> list[Patch]:
    """Everything that the file replaces in other modules, by mock, monkeypatch, mocker or assignment."""
    found: list[Patch] = []
    for node, scope in (*layout.calls, *layout.assignments):
        targets = list(_targets(node, scope))
        if targets:
            reach = _reach(node, layout)
            found += [Patch(target, reach) for target in targets]
    return found


def _reach(node: ast.AST, layout: Layout) -> ast.AST:
    """What a patch may reach: the outermost function around it, or the class or function that it decorates;
    for one in a fixture, a set-up method or a context manager everything that these may be used in."""
    around = layout.around(node)
    for outer, inner in zip(around, [*around[1:], node], strict=True):
        if not isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if inner in outer.decorator_list:
            return outer
        if isinstance(outer, ast.ClassDef):
            continue
        words = " ".join(map(ast.unparse, outer.decorator_list))
        if "fixture" in words or "contextmanager" in words or outer.name in _SETUP:
            break
        return outer
    return next((each for each in reversed(around) if isinstance(each, ast.ClassDef)), around[0])


def _targets(node: ast.AST, scope: Scope) -> Iterator[str]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Attribute):
                path = resolve(target, scope)
                if path is not None:
                    yield path
            elif isinstance(target, ast.Subscript) and ast.unparse(target.value).endswith("sys.modules"):
                yield from _strings([target.slice])
    if not isinstance(node, ast.Call):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name not in _PATCHERS:
        return
    if name in ("dict", "setitem", "delitem"):
        if any("sys.modules" in ast.unparse(each) for each in node.args[:1]):
            yield from _strings(
                key for each in node.args[1:] for key in (each.keys if isinstance(each, ast.Dict) else [each])
            )
        return
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield first.value
        if name == "multiple":
            yield from (f"{first.value}.{each.arg}" for each in node.keywords if each.arg)
    elif isinstance(first, ast.JoinedStr):
        parts = [each.value if isinstance(each, ast.Constant) else "__name__" for each in first.values]
        yield "".join(map(str, parts))
    elif first is not None and len(node.args) > 1:
        owner = resolve(first, scope) or ast.unparse(first)
        yield from (f"{owner}.{attribute}" for attribute in _strings(node.args[1:2]))


def _strings(nodes: Iterable[ast.AST | None]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def is_patched(
    path: str, spelled: str, stem: str, around: Iterable[ast.AST], patches: Iterable[Patch]
) -> bool:
    """Whether one of `patches` in a node of `around` may replace what is called.

    `stem` is the name of the file's own module: what is bound there can be replaced by that name.
    """
    nodes = set(around)
    words = path.replace("()", "").split(".")
    root = spelled.partition(".")[0]
    for patch in patches:
        if patch.node not in nodes:
            continue
        target = patch.target.split(".")
        if patch.target == path or path.startswith(f"{patch.target}."):
            return True
        if target[-1] == words[-1] and words[0] in target:
            return True
        if target[-1] == root and len(target) > 1 and target[-2] in (stem, "__name__"):
            return True
    return False


def in_coroutine(around: Iterable[ast.AST]) -> bool:
    """Whether the innermost function of `around` (outermost first) is `async def`."""
    functions = [node for node in around if isinstance(node, FUNCTIONS)]
    return bool(functions) and isinstance(functions[-1], ast.AsyncFunctionDef)
