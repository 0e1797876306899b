"""Judge a file after a tool has been at it: is the name back, from where, and what else changed?"""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from putback.names import undefined_names
from putback.origin import Imported, Repository, defined_names, imported_names, module_level

if TYPE_CHECKING:
    from collections.abc import Iterator

RIGHT, WRONG, UNREPAIRED, SYNTAX_ERROR = "right", "wrong", "unrepaired", "syntax error"
OUTCOMES = (RIGHT, WRONG, UNREPAIRED, SYNTAX_ERROR)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`got` is the import that binds the name now, or why the name does not count as bound by one.

    `other_lines` counts lines added or removed beyond the import that binds the name.
    """

    outcome: str
    got: str = ""
    other_lines: int = 0


def judge(
    repository: Repository, path: str, name: str, before: Imported, mutated: bytes, result: bytes
) -> Verdict:
    """Compare the file a tool was given (`mutated`) with what it left (`result`).

    `before` is the import that was taken away, `path` the file's place in the repository.
    """
    if result == mutated:
        return Verdict(UNREPAIRED)
    try:
        tree = ast.parse(result)
        undefined = undefined_names(result, path)
    except (SyntaxError, ValueError, UnicodeDecodeError):
        return Verdict(SYNTAX_ERROR, other_lines=_changed(mutated, result, None, None))
    statement = _binding_statement(tree, name)
    other = _changed(mutated, result, statement, ast.parse(mutated))
    other += _other_names(statement, ast.parse(mutated), name)
    if name in undefined:
        return Verdict(UNREPAIRED, other_lines=other)
    found = list(_bindings(tree, name))
    texts = "; ".join(what.text if what else "not an import" for _, what in found) or "not at module level"
    if undefined:
        return Verdict(WRONG, f"{texts}, and {', '.join(sorted(undefined))} is lost", other)
    wanted = repository.origin(path, before)
    if not found or any(what is None or repository.origin(path, what) != wanted for _, what in found):
        return Verdict(WRONG, texts, other)
    if statement is None:
        return Verdict(WRONG, f"{texts} (only in a branch)", other)
    if _used_before(tree, name, statement):
        return Verdict(WRONG, f"{texts} (below the first use)", other)
    return Verdict(RIGHT, texts, other)


def _bindings(tree: ast.Module, name: str) -> Iterator[tuple[ast.stmt, Imported | None]]:
    for node in module_level(tree.body):
        for bound, what in imported_names(node):
            if bound == name:
                yield node, what
        if name in defined_names(node):
            yield node, None


def _binding_statement(tree: ast.Module, name: str) -> ast.Import | ast.ImportFrom | None:
    """The first unconditional import that binds the name."""
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom) and name in dict(imported_names(node)):
            return node
    return None


def _used_before(tree: ast.Module, name: str, statement: ast.stmt) -> bool:
    """Whether importing the module would need the name above the statement."""
    lazy = any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
    for node in tree.body:
        if node is statement:
            return False
        if any(used.id == name for used in _names_at_import(node, lazy)):
            return True
    return False


def _names_at_import(node: ast.AST, lazy_annotations: bool) -> Iterator[ast.Name]:
    """Names read when a statement at module level runs: not those in the bodies of functions."""
    if isinstance(node, ast.Name):
        yield node
    skipped: set[str] = set()
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        skipped.add("body")
    if lazy_annotations:
        skipped.update(("annotation", "returns"))
    for field, value in ast.iter_fields(node):
        if field in skipped:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _names_at_import(child, lazy_annotations)


def _changed(
    mutated: bytes, result: bytes, statement: ast.Import | ast.ImportFrom | None, tree: ast.Module | None
) -> int:
    """Lines added or removed, less the statement that binds the name.

    Where the name joined a statement that was there already, the old form of that statement is no change
    either; blank lines added right beside the statement belong to it.
    """
    old, new = mutated.splitlines(keepends=True), result.splitlines(keepends=True)
    free_old: set[int] = set()
    free_new: set[int] = set()
    if statement is not None and tree is not None:
        free_new = set(range(statement.lineno - 1, statement.end_lineno or statement.lineno))
        joined = _joined(statement, tree)
        if joined is not None:
            free_old = set(range(joined.lineno - 1, joined.end_lineno or joined.lineno))
            if _comments(old, free_old) - _comments(new, free_new):
                free_old = set()  # a comment was lost on the way: that is a change
    same_start = 0
    while same_start < min(len(old), len(new)) and old[same_start] == new[same_start]:
        same_start += 1
    same_end = 0
    limit = min(len(old), len(new)) - same_start
    while same_end < limit and old[-1 - same_end] == new[-1 - same_end]:
        same_end += 1
    matcher = difflib.SequenceMatcher(
        None, old[same_start : len(old) - same_end], new[same_start : len(new) - same_end], autojunk=False
    )
    removed: set[int] = set()
    added: set[int] = set()
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag != "equal":
            removed.update(range(same_start + old_from, same_start + old_to))
            added.update(range(same_start + new_from, same_start + new_to))
    for edge, step in ((min(free_new, default=0) - 1, -1), (max(free_new, default=-2) + 1, 1)):
        line = edge
        while free_new and line in added and new[line].strip() == b"":
            free_new.add(line)
            line += step
    return len(removed - free_old) + len(added - free_new)


def _joined(statement: ast.Import | ast.ImportFrom, tree: ast.Module) -> ast.stmt | None:
    """The old statement that the new one was made from: it bound some of the same names."""
    names = set(imported_names(statement))
    for node in tree.body:
        if type(node) is type(statement) and names & set(imported_names(node)):
            return node
    return None


def _other_names(statement: ast.Import | ast.ImportFrom | None, tree: ast.Module, name: str) -> int:
    """Names the statement gained beside the one that was missing, and names it lost."""
    if statement is None:
        return 0
    joined = _joined(statement, tree)
    before = set(imported_names(joined)) if joined is not None else set()
    return sum(bound != name for bound, _ in before ^ set(imported_names(statement)))


def _comments(lines: list[bytes], chosen: set[int]) -> set[bytes]:
    return {lines[index].partition(b"#")[2].strip() for index in chosen if b"#" in lines[index]}
