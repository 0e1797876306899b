"""Ways to break the fixtures of a suite, one at a time, as people do by accident."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from putback.mutation import targets, without

from visibility.source import apply, declarations, name_argument, offset, span, whole

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from visibility.source import Declaration, Source

RENAME, REMOVE, IMPORT, PLUGIN = "rename", "remove", "import", "plugin"
DECORATOR, MOVE_MODULE, MOVE_CONFTEST = "decorator", "move to module", "move to conftest"
SLIP, PARAMETER = "slip", "parameter"
KINDS = (RENAME, REMOVE, IMPORT, PLUGIN, DECORATOR, MOVE_MODULE, MOVE_CONFTEST, SLIP, PARAMETER)


@dataclass(frozen=True, slots=True)
class Damage:
    """`files` are the new contents of the files it touches; `line` counts in the first of them.

    `name` is what nobody will find; "" where that cannot be told (a star import, a plugin).
    `elsewhere` says whether a declaration of the fixture still stands in the tree. `test` is the one test
    that a slip or a lost parameter concerns, `wanted` the name its parameter had.
    """

    kind: str
    name: str
    files: tuple[tuple[str, bytes], ...]
    line: int
    elsewhere: bool
    test: str = ""
    wanted: str = ""

    @property
    def path(self) -> str:
        return self.files[0][0]


@dataclass(frozen=True, slots=True)
class Tree:
    """The Python files that pytest imported, the names that tests request, and all words in the files."""

    sources: dict[str, Source]
    requested: frozenset[str]
    imported: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, sources: dict[str, Source], requested: frozenset[str]) -> Tree:
        imported = frozenset(
            alias.name
            for source in sources.values()
            for node in ast.walk(source.tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        )
        words = frozenset(
            word.decode() for source in sources.values() for word in re.findall(rb"[A-Za-z_]\w*", source.text)
        )
        return cls(sources, requested, imported, words)


def of_declarations(tree: Tree, source: Source, random: random.Random) -> Iterator[Damage]:
    """A declaration renamed, removed, or without its decorator."""
    for declared in declarations(source):
        if declared.fixture not in tree.requested or declared.autouse:
            continue
        if not tree_needs(tree, source, declared):
            yield _renamed(tree, source, declared, random)
            yield from _removed(source, declared)
        yield from _undecorated(source, declared)


def tree_needs(tree: Tree, source: Source, declared: Declaration) -> bool:
    """Whether something else than pytest uses the function: without it a module would not even import."""
    name = declared.function.name
    return name in tree.imported or name in source.reads


def _renamed(tree: Tree, source: Source, declared: Declaration, random: random.Random) -> Damage:
    old = declared.fixture
    patterns = ("new_{}", "{}_fixture", "{}_", "make_{}", "my_{}", "{}2")
    new = random.choice([name for pattern in patterns if (name := pattern.format(old)) not in tree.words])
    literal = name_argument(declared.decorator)
    if literal is not None:
        start, end = span(source, literal)
        text = apply(source.text, [(start, end, f'"{new}"'.encode())])
        return Damage(RENAME, old, ((source.path, text),), literal.lineno, False)
    start, _ = span(source, declared.function)
    match = re.compile(rb"(async\s+)?def\s+").match(source.text, start)
    assert match is not None
    text = apply(source.text, [(match.end(), match.end() + len(old.encode()), new.encode())])
    return Damage(RENAME, old, ((source.path, text),), declared.function.lineno, False)


def _removed(source: Source, declared: Declaration) -> Iterator[Damage]:
    start, end = whole(source, declared.function)
    text = apply(source.text, [(start, end, b"")])
    if parses(text):
        yield Damage(REMOVE, declared.fixture, ((source.path, text),), declared.function.lineno, False)


def _undecorated(source: Source, declared: Declaration) -> Iterator[Damage]:
    """Without the decorator the function is not what it was named with `name=`, and might be a test."""
    decorator = declared.decorator
    if name_argument(decorator) is not None or declared.fixture.lower().startswith("test"):
        return
    start = offset(source, decorator.lineno, 0)
    end = offset(source, (decorator.end_lineno or decorator.lineno) + 1, 0)
    text = apply(source.text, [(start, end, b"")])
    if parses(text):
        yield Damage(DECORATOR, declared.fixture, ((source.path, text),), decorator.lineno, True)


def of_imports(tree: Tree, source: Source) -> Iterator[Damage]:
    """An import that serves nothing but to make a fixture visible, which no `__init__.py` does."""
    if source.file_name == "__init__.py":
        return
    for target in targets(source.tree):
        if target.bound in tree.requested and target.bound not in source.reads:
            text = without(source.text, source.tree, target)
            if text is not None:
                node = source.tree.body[target.statement]
                elsewhere = isinstance(node, ast.ImportFrom) and _in_tree(tree, source, node.module or "")
                yield Damage(IMPORT, target.bound, ((source.path, text),), node.lineno, elsewhere)
    for node in source.tree.body:
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            start, end = offset(source, node.lineno, 0), offset(source, node.lineno + 1, 0)
            text = apply(source.text, [(start, end, b"")])
            if node.lineno == node.end_lineno and parses(text) and source.file_name == "conftest.py":
                elsewhere = _in_tree(tree, source, node.module or "")
                yield Damage(IMPORT, "", ((source.path, text),), node.lineno, elsewhere)


def of_plugins(tree: Tree, source: Source) -> Iterator[Damage]:
    """One entry less in a literal `pytest_plugins`."""
    for node in source.tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        names = node.targets if isinstance(node, ast.Assign) else [node.target]
        if not any(isinstance(name, ast.Name) and name.id == "pytest_plugins" for name in names):
            continue
        value = node.value
        entries: list[ast.expr] = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
        if not all(isinstance(entry, ast.Constant) and isinstance(entry.value, str) for entry in entries):
            continue
        for entry in entries:
            rest = [each.value for each in entries if each is not entry and isinstance(each, ast.Constant)]
            start, end = span(source, value)
            text = apply(source.text, [(start, end, repr(rest).encode())])
            module = str(entry.value) if isinstance(entry, ast.Constant) else ""
            yield Damage(PLUGIN, "", ((source.path, text),), entry.lineno, _in_tree(tree, source, module))


def _in_tree(tree: Tree, source: Source, module: str) -> bool:
    """Whether a dotted name could be a file of the tree."""
    tail = module.replace(".", "/")
    if not tail:  # from . import x
        return True
    ends = (f"{tail}.py", f"{tail}/__init__.py")
    return any(path == end or path.endswith("/" + end) for path in tree.sources for end in ends)


def parses(text: bytes) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True
