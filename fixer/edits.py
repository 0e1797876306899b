"""Edits: what a repair intends, without text and without syntax nodes.

Rules state intentions; `codemods/` turns them into source. So two rules that both want a name from
`unittest.mock` end in one import statement, and an edit can be pickled, shown and compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fixer.span import Span


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """One name that an import statement binds.

    `import pkg.mod` is `Import("pkg.mod", None, None)`; `from pkg import name as other` is
    `Import("pkg", "name", "other")`. A relative module keeps its leading dots.
    """

    module: str
    name: str | None = None
    asname: str | None = None

    @property
    def bound(self) -> str:
        """The name that the file's scope gains."""
        return self.asname or self.name or self.module.partition(".")[0]

    @property
    def submodule(self) -> str | None:
        """The submodule by which `import pkg.mod` and the like go on below the package they bind."""
        parts = self.module.split(".")
        return parts[1] if self.name is None and self.asname is None and len(parts) > 1 else None

    @property
    def statement(self) -> str:
        """The import on a line of its own, without a line break."""
        alias = f" as {self.asname}" if self.asname else ""
        if self.name is None:
            return f"import {self.module}{alias}"
        return f"from {self.module} import {self.name}{alias}"


@dataclass(frozen=True, slots=True)
class JoinImport:
    """The name goes into the `from ... import ...` statement that starts at `line` (from 1), `column`.

    `column` counts characters from 1: several statements may share the line. The name goes before the
    member that binds `before`, or to the end; `order` ranks several that go to one spot. A statement on
    one line that would become longer than `line_length` is wrapped.
    """

    line: int
    column: int
    before: str | None = None
    order: tuple[int, ...] = ()
    line_length: int = 88


@dataclass(frozen=True, slots=True)
class NewImport:
    """The statement becomes a line of its own, just above what is now line `line` (from 1).

    `line` may be one past the last line. `blank_before` and `blank_after` are the blank lines to add
    on either side. `order` is the rank of the statement among those that go above the same line and the
    rank of the name in it: names of one module with the same first rank make one statement. `comment`
    (with its `#`) ends the line.
    """

    line: int
    blank_before: int = 0
    blank_after: int = 0
    order: tuple[int, ...] = ()
    line_length: int = 88
    comment: str = ""


ImportPlace: TypeAlias = JoinImport | NewImport


@dataclass(frozen=True, slots=True)
class AddImport:
    """Bind `what` at module level of the file `path`.

    `place` is None until `facts/placement.py` has decided it, before anything is applied. `layout` is the
    text of a statement that is moved here from elsewhere: its comments and line breaks are kept.
    """

    path: str
    what: Import
    place: ImportPlace | None = None
    layout: str = ""

    kind = "add-import"

    @property
    def text(self) -> str:
        return self.what.statement


@dataclass(frozen=True, slots=True)
class RenameName:
    """The name at `span` becomes `new`: one use of an identifier, nothing else."""

    path: str
    span: Span
    old: str
    new: str

    kind = "rename-name"

    @property
    def text(self) -> str:
        return f"{self.old} -> {self.new}"


@dataclass(frozen=True, slots=True)
class ReplaceName:
    """The name or dotted name `old` at `span` becomes `new`: `patch` -> `mock.patch`. One line only."""

    path: str
    span: Span
    old: str
    new: str

    kind = "replace-name"

    @property
    def text(self) -> str:
        return f"{self.old} -> {self.new}"


@dataclass(frozen=True, slots=True)
class ReplaceImport:
    """The import statement that starts at `line`, `column` (both from 1) binds `new` instead of `old`.

    `old` may be some of the statement's names. A statement on one line that would become longer than
    `line_length` is wrapped. What is said here happens in place; where the new statement
    has to stand elsewhere, `compose` says it by a RemoveImport and AddImports.
    """

    path: str
    line: int
    column: int
    old: tuple[Import, ...]
    new: tuple[Import, ...]
    line_length: int = 88

    kind = "replace-import"

    @property
    def text(self) -> str:
        added = "; ".join(statements(self.new)) or "nothing"
        return f"{'; '.join(statements(self.old))} -> {added}"


@dataclass(frozen=True, slots=True)
class RemoveImport:
    """The names `old` leave the import statement that starts at `line`, `column` (both from 1).

    `lines` are the first and last line (from 1) that go with it, blank lines included, where no name is
    left; None where some are.
    """

    path: str
    line: int
    column: int
    old: tuple[Import, ...]
    lines: tuple[int, int] | None = None

    kind = "remove-import"

    @property
    def text(self) -> str:
        return f"remove {'; '.join(statements(self.old))}"


Edit: TypeAlias = AddImport | RenameName | ReplaceName | ReplaceImport | RemoveImport


def statements(names: Iterable[Import]) -> list[str]:
    """The import statements that bind `names`, those from one module together."""
    found: dict[str, str] = {}
    for what in names:
        key = what.module if what.name is not None else what.statement
        if key in found:
            found[key] += what.statement.removeprefix(f"from {what.module} import").join((",", ""))
        else:
            found[key] = what.statement
    return list(found.values())
