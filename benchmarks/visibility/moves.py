"""Fixtures moved out of the conftest that made them visible: they still stand somewhere in the tree."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from putback.mutation import bound_name
from putback.names import undefined_names

from visibility.damage import MOVE_CONFTEST, MOVE_MODULE, Damage, Tree, parses, tree_needs
from visibility.source import apply, declarations, span, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visibility.source import Declaration, Source

MODULE_NAMES = ("fixtures.py", "shared_fixtures.py", "fixture_helpers.py")


def of_moves(tree: Tree, source: Source) -> Iterator[Damage]:
    """Fixtures of a conftest that need nothing of it but imports: in a new module, or in another conftest."""
    if source.file_name != "conftest.py":
        return
    for declared in declarations(source):
        if declared.in_class or declared.autouse or declared.fixture not in tree.requested:
            continue
        if tree_needs(tree, source, declared):
            continue
        start, end = whole(source, declared.function)
        left = apply(source.text, [(start, end, b"")])
        statements = needed_imports(source, declared)
        if statements is None or not parses(left):
            continue
        beside = _beside(tree, source)
        if beside is not None:
            new = _future(source) + b"".join(statements) + b"\n\n" + source.text[start:end]
            yield _moved(MOVE_MODULE, source, declared, left, beside, new)
        if any(b"from ." in statement for statement in statements):
            continue
        for other in tree.sources.values():
            if _may_take(other, source, declared, statements):
                new = other.text.rstrip(b"\n") + b"\n\n\n" + b"".join(statements) + b"\n\n"
                yield _moved(MOVE_CONFTEST, source, declared, left, other.path, new + source.text[start:end])


def _moved(kind: str, source: Source, declared: Declaration, left: bytes, path: str, new: bytes) -> Damage:
    files = ((source.path, left), (path, new))
    return Damage(kind, declared.fixture, files, declared.function.lineno, True)


def needed_imports(source: Source, declared: Declaration) -> list[bytes] | None:
    """The import statements that the fixture needs; None where it needs more of the module than that."""
    start, end = whole(source, declared.function)
    needed = set(undefined_names(_future(source) + source.text[start:end]))
    statements: list[bytes] = []
    for node in source.tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound = {bound_name(node, alias) for alias in node.names}
            if needed & bound:
                first, last = span(source, node)
                statements.append(source.text[first:last] + b"\n")
                needed -= bound
    return None if needed else statements


def _future(source: Source) -> bytes:
    for node in source.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            first, last = span(source, node)
            return source.text[first:last] + b"\n\n"
    return b""


def _beside(tree: Tree, source: Source) -> str | None:
    """A new module in the conftest's folder whose name nothing in the tree has."""
    for name in MODULE_NAMES:
        taken = any(path == name or path.endswith("/" + name) for path in tree.sources)
        if not taken and name.removesuffix(".py") not in tree.imported:
            return f"{source.folder}/{name}" if source.folder else name
    return None


def _may_take(other: Source, source: Source, declared: Declaration, statements: list[bytes]) -> bool:
    """Another conftest that some tests below the first do not see, and which has room for the names."""
    if other.file_name != "conftest.py" or other.path == source.path:
        return False
    if source.folder == other.folder or not other.folder or source.folder.startswith(other.folder + "/"):
        return False
    if any(declared.fixture == each.fixture for each in declarations(other)):
        return False
    bound = {
        bound_name(node, alias)
        for statement in statements
        for node in ast.parse(statement).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return not any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and node.name in {*bound, declared.function.name}
        for node in other.tree.body
    )
