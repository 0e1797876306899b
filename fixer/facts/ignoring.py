"""By what a `pytest_ignore_collect` leaves files out: the words that it looks for in their paths."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# What differs from one run to the next: a file that is left out by it is collected at other times.
_OF_THE_RUN = frozenset({"config", "environ", "getenv", "sys", "platform", "find_spec", "import_module"})


def ignored_words(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[frozenset[str], frozenset[str]]:
    """The words of which one is in the path of every file that the hook leaves out in all runs, and the names
    that stand for more of them. The word "" is in every path: which files are meant is not known."""
    reader = _Reader()
    reader.block(node.body, (), sometimes=False)
    return frozenset(reader.words), frozenset(reader.names - reader.local.keys())


@dataclass
class _Reader:
    """`local` are the expressions that the hook gave a name, `of_the_run` names for what differs by run."""

    words: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    local: dict[str, list[ast.expr]] = field(default_factory=dict)
    of_the_run: set[str] = field(default_factory=set)

    def block(self, nodes: Iterable[ast.stmt], decisive: tuple[ast.expr, ...], sometimes: bool) -> None:
        """Reads statements that run when all of `decisive` holds; `sometimes`: in some runs alone."""
        for node in nodes:
            self.statement(node, decisive, sometimes)
            if isinstance(node, ast.If) and any(map(_takes, ast.walk(node))):
                sometimes = sometimes or self.differs(node.test)  # what stands below is left to the others

    def statement(self, node: ast.stmt, decisive: tuple[ast.expr, ...], sometimes: bool) -> None:
        if isinstance(node, ast.Return):
            if node.value is not None and not (_takes(node) or sometimes or self.differs(node.value)):
                self.read((*decisive, node.value))
        elif isinstance(node, ast.If):
            sometimes = sometimes or self.differs(node.test)
            self.block(node.body, (*decisive, node.test), sometimes)
            self.block(node.orelse, decisive, sometimes)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                self.assign(target, node.value)
        elif isinstance(node, ast.For):
            self.assign(node.target, node.iter)
            self.block(node.body, decisive, sometimes)
        else:
            for name in ("body", "orelse", "finalbody"):
                self.block(getattr(node, name, ()), decisive, sometimes)

    def assign(self, target: ast.expr, value: ast.expr) -> None:
        differs = self.differs(value)
        for name in _names(target):
            self.local.setdefault(name, []).append(value)
            if differs:
                self.of_the_run.add(name)

    def differs(self, expression: ast.expr) -> bool:
        """Whether an expression is worth different things in different runs, whatever the path is."""
        for each in ast.walk(expression):
            name = each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "")
            if name in _OF_THE_RUN or name in self.of_the_run:
                return True
            # `is_installed()`: nothing of the path goes into it
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and not each.args:
                return True
        return False

    def read(self, decisive: Sequence[ast.expr]) -> None:
        """Notes the words of the conditions for which a file is left out."""
        pending, seen = list(decisive), set[str]()
        if all(isinstance(each, ast.Constant) for each in decisive):
            self.words.add("")
        while pending:
            for each in ast.walk(pending.pop()):
                if isinstance(each, ast.Constant) and isinstance(each.value, str):
                    self.words.add(each.value)
                elif isinstance(each, (ast.Not, ast.NotIn, ast.NotEq)):
                    self.words.add("")  # files are left out for what they are not called
                elif isinstance(each, ast.Name) and each.id not in seen:
                    seen.add(each.id)
                    self.names.add(each.id)
                    pending += self.local.get(each.id, ())


def _takes(node: ast.AST) -> bool:
    """Whether the statement returns that the file is taken, as far as this hook is concerned."""
    if not isinstance(node, ast.Return):
        return False
    return node.value is None or (isinstance(node.value, ast.Constant) and not node.value.value)


def _names(target: ast.expr) -> Iterator[str]:
    return (each.id for each in ast.walk(target) if isinstance(each, ast.Name))
