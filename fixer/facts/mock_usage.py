"""How a file imports `unittest.mock` and where it uses what it imported: read for TF103 alone."""

from __future__ import annotations

import ast
import dataclasses
import re
import warnings
from itertools import takewhile
from typing import TYPE_CHECKING

from fixer.facts.text import lines_of
from fixer.frozen import dataclass
from fixer.import_statement import Import
from fixer.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULE = 0  # the owner of what belongs to no function

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DYNAMIC = frozenset({"exec", "eval", "globals", "locals", "vars"})


@dataclass(frozen=True, slots=True)
class MockSite:
    """A statement that imports mock; `old` are the names of it that do. `owner` is the line of the function
    it stands in, MODULE for none. `alone`: it imports nothing else. `movable`: among the file's imports."""

    span: Span
    old: tuple[Import, ...]
    owner: int
    alone: bool
    movable: bool


@dataclass(frozen=True, slots=True)
class MockUse:
    """A use of `member` (None: of the module itself), written `old`, bound by `name` of a site of `owner`."""

    span: Span
    old: str
    name: str
    member: str | None
    owner: int


@dataclass(frozen=True, slots=True)
class MockUsage:
    """`elsewhere` are the names that the file binds by other means, in any scope. `package`: the name
    `unittest` is used for more than mock; `has_package`: it is imported plainly at module level.
    `obstacle` says (as a clause) why the uses cannot be told for certain."""

    sites: tuple[MockSite, ...]
    uses: tuple[MockUse, ...] = ()
    elsewhere: frozenset[str] = frozenset()
    package: bool = False
    has_package: bool = False
    obstacle: str | None = None


def style_of(what: Import) -> str | None:
    """ "from", "module" or "dotted", None for an import of something else."""
    if what.module in ("unittest.mock", "mock"):
        if what.name is not None:
            return "from"
        return "dotted" if what.module == "unittest.mock" and what.asname is None else "module"
    return "module" if (what.module, what.name) == ("unittest", "mock") else None


def read_mock_usage(text: str, stem: str) -> MockUsage:
    """What a file whose module is called `stem` does with mock. Raises SyntaxError."""
    text = text.removeprefix("\ufeff")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    return _Reader(tree, text, stem).usage()


@dataclasses.dataclass
class _Reader:
    tree: ast.Module
    text: str
    stem: str
    sites: list[MockSite] = dataclasses.field(default_factory=list)
    uses: list[MockUse] = dataclasses.field(default_factory=list)
    elsewhere: set[str] = dataclasses.field(default_factory=set)
    obstacles: list[str] = dataclasses.field(default_factory=list)
    names: dict[str, Import] = dataclasses.field(default_factory=dict)  # bound by the sites
    package: bool = False
    has_package: bool = False

    def usage(self) -> MockUsage:
        self.lines = lines_of(self.text)
        self.movable = set(takewhile(lambda node: not isinstance(node, _DEFINITIONS), self.tree.body))
        self.imports(self.tree, MODULE, False)
        self.sites.sort(key=lambda site: site.span)
        owners = {(site.owner, what.bound) for site in self.sites for what in site.old}
        for node in ast.walk(self.tree):
            self.elsewhere.update(_bound(node))
        self.walk(self.tree, (MODULE,), owners)
        for name in sorted(self.names.keys() & (self.elsewhere - {"unittest"})):
            self.obstacles.append(f"the file binds `{name}` to something else too")
        self.texts()
        return MockUsage(
            tuple(self.sites),
            tuple(self.uses),
            frozenset(self.elsewhere),
            self.package,
            self.has_package,
            self.obstacles[0] if self.obstacles else None,
        )

    def imports(self, node: ast.AST, owner: int, branch: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import | ast.ImportFrom):
                self.statement(child, owner, branch)
            elif isinstance(child, _FUNCTIONS):
                self.imports(child, child.lineno, False)
            elif isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                self.imports(child, owner, True)

    def statement(self, node: ast.Import | ast.ImportFrom, owner: int, branch: bool) -> None:
        if isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            names = [Import(module, alias.name, alias.asname) for alias in node.names]
        else:
            names = [Import(alias.name, None, alias.asname) for alias in node.names]
        old = tuple(what for what in names if style_of(what) and what.module != "mock")
        for what in names:
            if what not in old:
                if what.name is None and what.bound == "unittest" and what.asname is None:
                    self.has_package |= owner == MODULE and not branch
                else:
                    self.elsewhere.add(what.bound)
        if not old:
            return
        span = self.span(node)
        self.sites.append(MockSite(span, old, owner, len(old) == len(names), node in self.movable))
        for what in old:
            if what.name == "*":
                self.obstacles.append("`from unittest.mock import *` does not say what it binds")
            elif self.names.setdefault(what.bound, what) not in (what, Import("unittest.mock")):
                self.obstacles.append(f"the file binds `{what.bound}` to different things")
        if branch:
            self.obstacles.append(f"the import on line {span.line} stands in a branch or a class")
        if any("#" in line for line in self.lines[span.line - 1 : span.end_line - 1]):
            self.obstacles.append(f"the import on line {span.line} has a comment in it")

    def walk(self, node: ast.AST, owners: tuple[int, ...], bound: set[tuple[int, str]]) -> None:
        if isinstance(node, ast.Name | ast.Attribute):
            found = self.resolve(node)
            if found is not None:
                self.use(node, *found, owners, bound)
                return
            if isinstance(node, ast.Name) and node.id == "unittest":
                self.package = True
        if isinstance(node, ast.JoinedStr) and any(map(self.is_ours, ast.walk(node))):
            self.obstacles.append(f"line {node.lineno} uses mock in an f-string")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _DYNAMIC:
            self.obstacles.append(f"`{node.func.id}` on line {node.lineno} may use any name")
        for child in ast.iter_child_nodes(node):
            self.walk(child, (*owners, node.lineno) if isinstance(node, _FUNCTIONS) else owners, bound)

    def resolve(self, node: ast.expr) -> tuple[str, str | None] | None:
        """(the bound name, the member or None for the module) that an expression means."""
        if isinstance(node, ast.Name):
            what = self.names.get(node.id)
            if what is None or what == Import("unittest.mock"):
                return None
            return node.id, (None if style_of(what) == "module" else what.name)
        if not isinstance(node, ast.Attribute):
            return None
        if isinstance(node.value, ast.Name) and node.value.id == "unittest":
            dotted = self.names.get("unittest") == Import("unittest.mock")
            return ("unittest", None) if dotted and node.attr == "mock" else None
        inner = self.resolve(node.value)
        return (inner[0], node.attr) if inner is not None and inner[1] is None else None

    def is_ours(self, node: ast.AST) -> bool:
        return isinstance(node, ast.expr) and self.resolve(node) is not None

    def use(
        self,
        node: ast.Name | ast.Attribute,
        name: str,
        member: str | None,
        owners: tuple[int, ...],
        bound: set[tuple[int, str]],
    ) -> None:
        if not isinstance(node.ctx, ast.Load):
            if isinstance(node, ast.Attribute):
                self.obstacles.append(f"line {node.lineno} changes `{ast.unparse(node)}`")
            return  # a name that is bound again is among those bound elsewhere
        owner = next((owner for owner in reversed(owners) if (owner, name) in bound), None)
        span, old = self.span(node), ast.unparse(node)
        if owner is None:
            self.obstacles.append(f"line {span.line} uses `{name}` where it is not imported")
        elif self.lines[span.line - 1][span.column - 1 : span.end_column - 1] != old:
            self.obstacles.append(f"`{old}` on line {span.line} is spread out")
        else:
            self.uses.append(MockUse(span, old, name, member, owner))

    def texts(self) -> None:
        """What is said of our names in strings and comments."""
        if not self.names:
            return
        ours = "|".join(map(re.escape, sorted(self.names)))
        for annotation in _annotations(self.tree):
            for node in ast.walk(annotation):
                value = node.value if isinstance(node, ast.Constant) else None
                if isinstance(value, str) and re.search(rf"\b(?:{ours})\b", value):
                    self.obstacles.append(f"the annotation on line {annotation.lineno} is a string")
        if re.search(rf"#[ \t]*type:(?![ \t]*ignore)[^\n]*\b(?:{ours})\b", self.text):
            self.obstacles.append("a type comment mentions it")
        if re.search(rf"(?:\b{re.escape(self.stem)}|__name__[^\n]*)\.(?:{ours})\b", self.text):
            self.obstacles.append("a string names the file's own import")
        for node in self.tree.body:
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and "__all__" in ast.unparse(
                node
            ):
                listed = {each.value for each in ast.walk(node) if isinstance(each, ast.Constant)}
                for name in sorted(self.names.keys() & listed):
                    self.obstacles.append(f"`__all__` exports `{name}`")

    def span(self, node: ast.stmt | ast.expr) -> Span:
        end_line = node.end_lineno or node.lineno
        start = len(self.lines[node.lineno - 1].encode()[: node.col_offset].decode(errors="replace"))
        end = len(self.lines[end_line - 1].encode()[: node.end_col_offset].decode(errors="replace"))
        return Span(node.lineno, start + 1, end_line, end + 1)


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a node binds (imports apart)."""
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Global | ast.Nonlocal):
        yield from node.names
    elif isinstance(node, ast.MatchMapping):
        if node.rest:
            yield node.rest
    elif isinstance(node, (*_DEFINITIONS, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        yield node.name


def _annotations(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, _FUNCTIONS) and node.returns is not None:
            yield node.returns
        elif isinstance(node, ast.Call) and node.args and ast.unparse(node.func).endswith("cast"):
            yield node.args[0]
