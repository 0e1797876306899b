"""What a pytest plugin provides, read from the source in its wheel. Nothing is imported.

For the scripts beside it; see generate_plugin_fixtures.py.
"""

from __future__ import annotations

import ast
import configparser
import email.parser
import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# Hooks by which a plugin hands tests names, or makes tests of other things.
HOOKS = frozenset(
    {
        "pytest_collect_file",
        "pytest_fixture_setup",
        "pytest_generate_tests",
        "pytest_pycollect_makeitem",
        "pytest_pycollect_makemodule",
        "pytest_pyfunc_call",
    }
)
_NO_PLUGINS = re.compile(r"(^|\.)(tests?|testing_?tests|conftest|examples?|docs?|test_\w+|\w+_test)(\.|$)")


@dataclass(frozen=True, slots=True)
class Fixture:
    """A fixture, and the names that it requests itself. `late`: registered by code that runs."""

    name: str
    autouse: bool
    requests: tuple[str, ...]
    late: bool = False


@dataclass(slots=True)
class Contents:
    """What a module brings when pytest loads it as a plugin."""

    fixtures: dict[str, Fixture] = field(default_factory=dict)
    hooks: set[str] = field(default_factory=set)
    ini: set[str] = field(default_factory=set)
    options: set[str] = field(default_factory=set)
    arguments: set[str] = field(default_factory=set)  # what `pytest_generate_tests` parametrizes
    computed: set[str] = field(default_factory=set)  # what this script cannot read

    def add(self, other: Contents) -> None:
        self.fixtures = {**other.fixtures, **self.fixtures}
        for name in ("hooks", "ini", "options", "arguments", "computed"):
            getattr(self, name).update(getattr(other, name))


class Wheel:
    """The Python files and the metadata of a wheel."""

    def __init__(self, path: Path) -> None:
        self.sources: dict[str, tuple[bool, str]] = {}
        metadata = entry_points = ""
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".dist-info/METADATA"):
                    metadata = archive.read(name).decode("utf-8", "replace")
                elif name.endswith(".dist-info/entry_points.txt"):
                    entry_points = archive.read(name).decode("utf-8", "replace")
                elif name.endswith(".py"):
                    inside = re.sub(r"^[^/]+\.data/(?:purelib|platlib)/", "", name)[:-3].split("/")
                    package = inside[-1] == "__init__"
                    text = archive.read(name).decode("utf-8", "replace")
                    self.sources[".".join(inside[:-1] if package else inside)] = (package, text)
        headers = email.parser.HeaderParser().parsestr(metadata)
        self.name, self.version = headers["Name"], headers["Version"]
        self.requires: list[str] = headers.get_all("Requires-Dist") or []
        parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string(entry_points)
        found = dict(parser["pytest11"]) if parser.has_section("pytest11") else {}
        self.plugins = {
            name: re.split(r"[:\[\s]", target.strip(), maxsplit=1)[0] for name, target in found.items()
        }
        self._modules: dict[str, Module] = {}

    def module(self, name: str) -> Module | None:
        """The module, None where the wheel has none of that name that parses."""
        if name not in self._modules:
            if name not in self.sources:
                return None
            package, text = self.sources[name]
            try:
                tree = ast.parse(text)
            except (SyntaxError, ValueError):
                return None
            self._modules[name] = Module(self, name, package, tree)
        return self._modules[name]

    def other_modules(self, loaded: Iterable[str]) -> list[str]:
        """Modules with fixtures that only `-p` or `pytest_plugins` loads, never an entry point."""
        taken = set(loaded)
        return [
            name
            for name, (_, text) in sorted(self.sources.items())
            if name not in taken
            and "fixture" in text
            and not _NO_PLUGINS.search(name)
            and (module := self.module(name))
            and module.own_fixtures()
        ]


Binding = Fixture | ast.AST | tuple[str, str]


class Module:
    """One module of a wheel."""

    def __init__(self, wheel: Wheel, name: str, package: bool, tree: ast.Module) -> None:
        self.wheel, self.name, self.tree = wheel, name, tree
        self._package = name if package else name.rpartition(".")[0]
        self._names: dict[str, Binding] | None = None
        self._asked: set[str] = set()

    def names(self) -> dict[str, Binding]:
        """What the module binds at top level: fixtures, definitions, and imports from the same wheel."""
        if self._names is None:
            self._names = {}
            self._bind(self.tree.body, self._names)
        return self._names

    def lookup(self, name: str) -> Binding | None:
        """The binding of a name, followed through imports within the wheel."""
        found = self.names().get(name)
        if not isinstance(found, tuple):
            return found
        if name in self._asked:
            return None
        self._asked.add(name)
        try:
            source = self.wheel.module(found[0])
            return source.lookup(found[1]) if source else None
        finally:
            self._asked.discard(name)

    def own_fixtures(self) -> list[Fixture]:
        """Those that the module declares itself."""
        return [found for found in self.names().values() if isinstance(found, Fixture)]

    def fixtures(self) -> dict[str, Fixture]:
        """Name -> fixture, for all that pytest finds in `dir(module)`."""
        found = {name: self.lookup(name) for name in self.names()}
        return {one.name or name: one for name, one in found.items() if isinstance(one, Fixture)}

    def loads(self) -> set[str]:
        """The modules that `pytest_plugins` and `import_plugin` name literally."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(isinstance(target, ast.Name) and target.id == "pytest_plugins" for target in targets):
                    found |= set(_strings(node.value))
            elif isinstance(node, ast.Call) and _last(node.func) == "import_plugin" and node.args:
                found |= set(_strings(node.args[0]))
        return {one.strip() for text in found for one in text.split(",")}

    def contents(self, seen: set[str] | None = None) -> Contents:
        """All that loading the module as a plugin brings, with what it loads and registers itself."""
        seen = set() if seen is None else seen
        seen.add(self.name)
        result = Contents(fixtures=self.fixtures())
        for scope, function in self._functions():
            if function.name in HOOKS and _is_hook(scope, function):
                result.hooks.add(function.name)
                if function.name == "pytest_generate_tests":
                    self._parametrized(function, result)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                self._call(node, result)
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "globals()":
                result.computed.add(f"globals() in {self.name}")
        for name in self.loads() - seen:
            module = self.wheel.module(name)
            if module:
                result.add(module.contents(seen))
        self._imported_hooks(result, seen)
        return result

    def _imported_hooks(self, result: Contents, seen: set[str]) -> None:
        """Hooks that the module imports from another one of the wheel: options and the like come along."""
        for name, target in self.names().items():
            if isinstance(target, tuple) and name.startswith("pytest_") and target[0] not in seen:
                source = self.wheel.module(target[0])
                if source:
                    more = source.contents({*seen, target[0]})
                    more.fixtures.clear()
                    result.add(more)

    def _functions(self) -> Iterator[tuple[ast.AST, ast.FunctionDef | ast.AsyncFunctionDef]]:
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield node, child

    def _parametrized(self, function: ast.AST, result: Contents) -> None:
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and _last(node.func) == "parametrize" and node.args:
                names = list(_strings(self._constant(node.args[0])))
                result.arguments |= {name.strip() for text in names for name in text.split(",")}
                if not names:
                    result.computed.add(f"parametrize in {self.name}")

    def _constant(self, node: ast.expr) -> ast.expr:
        """The value of a module's constant, else the expression itself."""
        if isinstance(node, ast.Name):
            found = self.lookup(node.id)
            return found.value if isinstance(found, ast.Assign) else node
        return node

    def _call(self, node: ast.Call, result: Contents) -> None:
        """Options, and objects that are registered as plugins."""
        name = _last(node.func)
        if name == "addini" and node.args:
            result.ini |= set(_strings(self._constant(node.args[0])))
        elif name in ("addoption", "_addoption", "add_argument"):
            texts = [text for arg in node.args for text in _strings(self._constant(arg))]
            result.options |= {text for text in texts if text.startswith("-") and text.strip("-")}
        elif name == "register" and node.args:
            target = node.args[0].func if isinstance(node.args[0], ast.Call) else node.args[0]
            found = self.lookup(target.id) if isinstance(target, ast.Name) else None
            if isinstance(found, ast.ClassDef):
                for one in self._methods(found):
                    result.fixtures.setdefault(one.name, one)
        elif name == "register_fixture" and isinstance(node.func, ast.Attribute):
            given = next((word.value for word in node.keywords if word.arg == "name"), None)
            for text in _strings(given) if given else ():
                result.fixtures.setdefault(text, Fixture(text, False, (), late=True))

    def _methods(self, found: ast.ClassDef) -> Iterator[Fixture]:
        for base in found.bases:
            inherited = self.lookup(base.id) if isinstance(base, ast.Name) else None
            if isinstance(inherited, ast.ClassDef) and inherited is not found:
                yield from self._methods(inherited)
        for node in found.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                decorator = next(filter(_is_fixture, node.decorator_list), None)
                static = any(_last(one) == "staticmethod" for one in node.decorator_list)
                if decorator:
                    requests = _requests(node)[0 if static else 1 :]
                    named = _keyword(decorator, "name") or node.name
                    yield Fixture(named, bool(_keyword(decorator, "autouse")), requests, late=True)

    def _bind(self, body: list[ast.stmt], names: dict[str, Binding], certain: bool = True) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                decorator = next(filter(_is_fixture, node.decorator_list), None)
                self._put(names, node.name, self._fixture(decorator, node) if decorator else node, certain)
            elif isinstance(node, ast.ClassDef):
                self._put(names, node.name, node, certain)
            elif isinstance(node, ast.ImportFrom):
                self._import(node, names, certain)
            elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    if isinstance(target, ast.Name):
                        self._put(names, target.id, self._assigned(node, node.value), certain)
            elif isinstance(node, ast.If):
                if _last(node.test) != "TYPE_CHECKING":
                    self._bind(node.body, names, False)
                self._bind(node.orelse, names, False)
            else:
                for part in ("body", "orelse", "finalbody"):
                    self._bind(getattr(node, part, []), names, False)
                for handler in getattr(node, "handlers", []):
                    self._bind(handler.body, names, False)

    @staticmethod
    def _put(names: dict[str, Binding], name: str, value: Binding, certain: bool) -> None:
        """A fixture of one branch stays one whatever the other branch binds: all versions count."""
        if certain or not isinstance(names.get(name), Fixture):
            names[name] = value

    def _import(self, node: ast.ImportFrom, names: dict[str, Binding], certain: bool) -> None:
        source = node.module or ""
        if node.level:
            parts = self._package.split(".")
            source = ".".join([*parts[: len(parts) - node.level + 1], *source.split(".")]).strip(".")
        for alias in node.names:
            if alias.name != "*":
                self._put(names, alias.asname or alias.name, (source, alias.name), certain)
            elif (module := self.wheel.module(source)) and module is not self:
                exported = module.names().get("__all__")
                listed = set(_strings(exported.value)) if isinstance(exported, ast.Assign) else None
                for name in list(module.names()):
                    if name in listed if listed is not None else not name.startswith("_"):
                        self._put(names, name, (source, name), certain)

    def _assigned(self, node: ast.stmt, value: ast.expr) -> Binding:
        """`x = pytest.fixture(...)(f)`, `x = factory()` of a function that makes a fixture, `x = y`."""
        if isinstance(value, ast.Name) and value.id in self.names():
            return self.names()[value.id]
        if not isinstance(value, ast.Call):
            return node
        if _is_fixture(value.func) and (isinstance(value.func, ast.Call) or value.args):
            decorator = value.func if isinstance(value.func, ast.Call) else value
            made = (
                self.lookup(value.args[0].id) if value.args and isinstance(value.args[0], ast.Name) else None
            )
            return self._fixture(decorator, made if isinstance(made, ast.FunctionDef) else None)
        factory = self._called(value.func)
        if isinstance(factory, ast.FunctionDef | ast.AsyncFunctionDef):
            for inner in ast.walk(factory):
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    decorator = next(filter(_is_fixture, inner.decorator_list), None)
                    if decorator and inner is not factory:
                        return self._fixture(decorator, inner)
                elif (
                    isinstance(inner, ast.Call)
                    and isinstance(inner.func, ast.Call)
                    and _is_fixture(inner.func)
                ):
                    return self._fixture(inner.func, None)
        return node

    def _called(self, node: ast.expr) -> Binding | None:
        """The definition of what is called: `name` or `module.name`."""
        if isinstance(node, ast.Name):
            return self.lookup(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            place = self.names().get(node.value.id)
            module = self.wheel.module(".".join(place)) if isinstance(place, tuple) else None
            return module.lookup(node.attr) if module else None
        return None

    def _fixture(self, decorator: ast.expr, function: ast.AST | None) -> Fixture:
        known = isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        requests = _requests(function) if known else ()
        named = _keyword(decorator, "name") or next(self._named(decorator), "")
        return Fixture(named, bool(_keyword(decorator, "autouse")), requests)

    def _named(self, decorator: ast.expr) -> Iterator[str]:
        """The name in `name=CONSTANT`."""
        for word in decorator.keywords if isinstance(decorator, ast.Call) else ():
            if word.arg == "name" and isinstance(word.value, ast.Name):
                yield from _strings(self._constant(word.value))


def _last(node: ast.expr) -> str:
    """The last part of a dotted name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_fixture(node: ast.expr) -> bool:
    """Whether this makes a fixture: its last part says so (`pytest_asyncio.fixture`, `_fixture_type`)."""
    name = _last(node.func if isinstance(node, ast.Call) else node).lower()
    return "fixture" in name and not name.startswith(("register_", "is_", "_is_", "use"))


def _is_hook(scope: ast.AST, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    marked = any("hookspec" in ast.unparse(one) for one in function.decorator_list)
    return isinstance(scope, ast.Module | ast.ClassDef | ast.If | ast.Try) and not marked


def _keyword(decorator: ast.expr, name: str) -> str | None:
    """The text of a literal argument of the decorator; for a computed `autouse` its source."""
    for word in decorator.keywords if isinstance(decorator, ast.Call) else ():
        if word.arg == name:
            value = word.value
            if not isinstance(value, ast.Constant):
                return ast.unparse(value) if name == "autouse" else None
            return str(value.value) if value.value else None
    return None


def _requests(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    """The parameters without default (pytest's `getfuncargnames`)."""
    args = function.args
    plain = args.args[: len(args.args) - len(args.defaults) or None]
    if args.defaults and len(args.defaults) >= len(args.args):
        plain = []
    only = [arg for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default is None]
    return tuple(arg.arg for arg in [*plain, *only])


def _strings(node: ast.expr) -> Iterator[str]:
    """The strings in a literal: one, or those of a list, tuple or set, also added together."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value
