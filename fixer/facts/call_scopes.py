"""Which object an expression means, as far as one file says: imports, aliases, assignments, instances.

The answer is a path: `websockets.connect` for an imported function, with `()` behind what a call returns
(`asyncio.Queue().get`), `<name>` for a parameter of that name, `__name__.x` for a function or class of the
file itself. Awaiting and entering change nothing: `await websockets.connect(u)` is `websockets.connect()`.
"""

from __future__ import annotations

import ast
import dataclasses
from typing import TypeAlias

from fixer.frozen import dataclass

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_DEEPEST = 12  # assignments of assignments that are followed

ScopeNode: TypeAlias = (
    "ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef | ast.ListComp"
    " | ast.SetComp | ast.DictComp | ast.GeneratorExp"
)


@dataclass(frozen=True, slots=True)
class Bound:
    """One way in which a name gets its value.

    `path` for an import, `straight` if it is in no branch; `value` for an assignment, with `index` for the
    place in an unpacked one; `node` for a class or function; nothing at all where it cannot be told.
    """

    path: str | None = None
    straight: bool = False
    value: ast.expr | None = None
    index: int | None = None
    node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | None = None
    parameter: str | None = None


@dataclasses.dataclass(eq=False)
class Scope:
    """`names` are those bound here; `attributes` those of `self`, for a class."""

    node: ScopeNode
    parent: Scope | None
    names: dict[str, list[Bound]] = dataclasses.field(default_factory=dict)
    attributes: dict[str, list[tuple[Bound, Scope]]] = dataclasses.field(default_factory=dict)
    elsewhere: set[str] = dataclasses.field(default_factory=set)  # `global`, `nonlocal`

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef)

    def bind(self, name: str, bound: Bound) -> None:
        scope: Scope = self
        while name in scope.elsewhere and scope.parent is not None:
            scope = scope.parent
            if scope.parent is not None and name not in scope.names:
                continue
            break
        scope.names.setdefault(name, []).append(bound)

    def around(self) -> Scope | None:
        """The next scope outward whose names are seen from here."""
        scope = self.parent
        while scope is not None and scope.is_class:
            scope = scope.parent
        return scope

    def find(self, name: str) -> tuple[list[Bound], Scope] | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names and name not in scope.elsewhere:
                return scope.names[name], scope
            scope = scope.around()
        return None

    def enclosing_class(self) -> Scope | None:
        scope: Scope | None = self
        while scope is not None and not scope.is_class:
            scope = scope.parent
        return scope


def is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def resolve(node: ast.expr, scope: Scope, depth: int = 0) -> str | None:
    """The path of what `node` means in `scope`; None where the file does not say for certain."""
    if depth > _DEEPEST:
        return None
    if isinstance(node, ast.Name):
        return _name(node.id, scope, depth)
    if isinstance(node, ast.Attribute):
        owner = node.value
        if isinstance(owner, ast.Name) and owner.id in ("self", "cls"):
            return _own_attribute(node.attr, scope, depth)
        path = resolve(owner, scope, depth + 1)
        return None if path is None else f"{path}.{node.attr}"
    if isinstance(node, ast.Await | ast.NamedExpr):
        return resolve(node.value, scope, depth + 1)
    if isinstance(node, ast.Call):
        return _result(node, scope, depth)
    return None


def _name(name: str, scope: Scope, depth: int) -> str | None:
    found = scope.find(name)
    if found is None:
        return None
    bounds, where = found
    if all(bound.straight for bound in bounds):
        return bounds[-1].path  # the last import wins
    paths = {_bound(bound, where, depth) for bound in bounds if not is_none(bound.value)}
    return paths.pop() if len(paths) == 1 else None


def _bound(bound: Bound, scope: Scope, depth: int) -> str | None:
    if bound.path is not None:
        return bound.path
    if bound.parameter is not None:
        return f"<{bound.parameter}>"
    if bound.node is not None and scope.parent is None:
        return f"__name__.{bound.node.name}"
    if bound.value is None:
        return None
    path = resolve(bound.value, scope, depth + 1)
    if path is None or bound.index is None:
        return path
    return f"{path}[{bound.index}]"


def _own_attribute(name: str, scope: Scope, depth: int) -> str | None:
    owner = scope.enclosing_class()
    if owner is None:
        return None
    ways = [way for way in owner.attributes.get(name, ()) if not is_none(way[0].value)]
    paths = {_bound(bound, where, depth) for bound, where in ways}
    if owner.names.get(name):
        paths |= {_bound(bound, owner, depth) for bound in owner.names[name] if not is_none(bound.value)}
    return paths.pop() if len(paths) == 1 else None


def _result(node: ast.Call, scope: Scope, depth: int) -> str | None:
    """What a call returns; of a class that the file derives from another one, an instance of that one."""
    if isinstance(node.func, ast.Name):
        found = scope.find(node.func.id)
        if found is not None and len(found[0]) == 1 and isinstance(found[0][0].node, ast.ClassDef):
            bases = found[0][0].node.bases
            base = resolve(bases[0], found[1], depth + 1) if len(bases) == 1 else None
            return None if base is None else f"{base}()"
    path = resolve(node.func, scope, depth + 1)
    if path in ("functools.partial", "asyncio.wait_for"):  # a call later on; what is waited for
        return resolve(node.args[0], scope, depth + 1) if node.args else None
    return None if path is None else f"{path}()"


@dataclasses.dataclass
class Layout:
    """One walk over a module: its scopes with all names bound, and what stands where.

    `calls`, `assignments` and `decorators` (those without brackets) come with the scope they are read in.
    `parents` leads from a node to the one around it; leaves are left out.
    """

    root: Scope
    scopes: dict[ast.AST, Scope] = dataclasses.field(default_factory=dict)
    parents: dict[ast.AST, ast.AST] = dataclasses.field(default_factory=dict)
    calls: list[tuple[ast.Call, Scope]] = dataclasses.field(default_factory=list)
    assignments: list[tuple[ast.Assign, Scope]] = dataclasses.field(default_factory=list)
    decorators: list[tuple[ast.expr, Scope]] = dataclasses.field(default_factory=list)
    attributes: set[str] = dataclasses.field(default_factory=set)

    def around(self, node: ast.AST) -> list[ast.AST]:
        """The nodes around `node`, the module first."""
        found = []
        while node in self.parents:
            node = self.parents[node]
            found.append(node)
        return found[::-1]

    def visit(self, node: ast.AST, parent: ast.AST, scope: Scope) -> None:
        kind = type(node)
        if kind is ast.Name:
            self.parents[node] = parent
            return
        if kind in _LEAVES:
            return
        self.parents[node] = parent
        if kind in _OPENING:
            self._definition(node, scope)
            return
        if kind is ast.Call:
            self.calls.append((node, scope))  # type: ignore[arg-type]
        elif kind is ast.Attribute:
            self.attributes.add(node.attr)  # type: ignore[attr-defined]
        elif kind in _BINDING:
            if kind is ast.Assign:
                self.assignments.append((node, scope))  # type: ignore[arg-type]
            _bind(node, scope, parent is scope.node)
        for child in _children(node):
            self.visit(child, node, scope)

    def _definition(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            scope.bind(node.name, Bound(node=node))
            for each in node.decorator_list:
                if not isinstance(each, ast.Call):
                    self.decorators.append((each, scope))
                self.visit(each, node, scope)
        if isinstance(node, ast.ClassDef):
            for each in (*node.bases, *(keyword.value for keyword in node.keywords)):
                self.visit(each, node, scope)
        inner = self.scopes[node] = Scope(node, scope)  # type: ignore[arg-type]
        if isinstance(node, FUNCTIONS):
            given = node.args
            for listed in (*given.posonlyargs, *given.args, *given.kwonlyargs):
                inner.bind(listed.arg, Bound(parameter=listed.arg))
            for extra in (given.vararg, given.kwarg):
                if extra is not None:
                    inner.bind(extra.arg, Bound())
            for default in (*given.defaults, *filter(None, given.kw_defaults)):
                self.visit(default, node, scope)
        body = getattr(node, "body", None)
        for child in body if isinstance(body, list) else [body] if body else _children(node):
            self.visit(child, node, inner)


def lay_out(tree: ast.Module) -> Layout:
    """The layout of a module. Raises RecursionError for one that is nested too deeply."""
    root = Scope(tree, None)
    layout = Layout(root, {tree: root})
    for node in tree.body:
        layout.visit(node, tree, root)
    return layout


_LEAVES = frozenset(
    {ast.Constant, ast.Load, ast.Store, ast.Del, ast.Pass, ast.Break, ast.Continue, ast.arguments, ast.arg}
)
_OPENING = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, *_COMPREHENSIONS})
_BINDING = frozenset(
    {
        *(ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.Delete),
        *(ast.With, ast.AsyncWith, ast.For, ast.AsyncFor, ast.comprehension, ast.ExceptHandler),
        *(ast.MatchAs, ast.MatchStar, ast.MatchMapping, ast.Global, ast.Nonlocal),
    }
)


def _children(node: ast.AST) -> list[ast.AST]:
    """What `ast.iter_child_nodes` gives, in half the time."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def _bind(node: ast.AST, scope: Scope, straight: bool) -> None:
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            path = alias.name if alias.asname else top
            scope.bind(alias.asname or top, Bound(path, straight))
    elif isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        dot = "" if module.endswith(".") else "."
        for alias in node.names:
            scope.bind(alias.asname or alias.name, Bound(f"{module}{dot}{alias.name}", straight))
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            _target(target, node.value, None, scope)
    elif isinstance(node, ast.AnnAssign):
        if node.value is not None:
            _target(node.target, node.value, None, scope)
    elif isinstance(node, ast.NamedExpr):
        _target(node.target, node.value, None, scope)
    elif isinstance(node, ast.With | ast.AsyncWith):
        for item in node.items:
            if item.optional_vars is not None:
                _target(item.optional_vars, item.context_expr, None, scope)
    elif isinstance(node, (ast.For | ast.AsyncFor | ast.comprehension, ast.AugAssign)):
        _target(node.target, None, None, scope)
    elif isinstance(node, ast.Delete):
        for target in node.targets:
            _target(target, None, None, scope)
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        scope.bind(node.name, Bound())
    elif isinstance(node, ast.MatchMapping) and node.rest:
        scope.bind(node.rest, Bound())
    elif isinstance(node, ast.Global | ast.Nonlocal):
        scope.elsewhere.update(node.names)


def _target(target: ast.expr, value: ast.expr | None, index: int | None, scope: Scope) -> None:
    if isinstance(target, ast.Name):
        scope.bind(target.id, Bound(value=value, index=index))
    elif isinstance(target, ast.Tuple | ast.List):
        for number, each in enumerate(target.elts):
            _target(each, value if index is None else None, number, scope)
    elif isinstance(target, ast.Starred):
        _target(target.value, None, None, scope)
    elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
        owner = scope.enclosing_class()
        if owner is not None and target.value.id in ("self", "cls"):
            bound = Bound(value=value, index=index)
            owner.attributes.setdefault(target.attr, []).append((bound, scope))
