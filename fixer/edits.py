"""Edits: what a repair intends, without text and without syntax nodes.

Rules state intentions; `codemods/` turns them into source. So two rules that both want a name from
`unittest.mock` end in one import statement, and an edit can be pickled, shown and compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fixer.call_edits import CallEdit
from fixer.fixture_edits import FixtureEdit
from fixer.frozen import dataclass
from fixer.import_statement import statements

if TYPE_CHECKING:
    from fixer.import_statement import Import
    from fixer.span import Span


@dataclass(frozen=True, slots=True)
class JoinImport:
    """The name goes into the `from ... import ...` statement that starts at `line` (from 1), `column`.

    `column` counts characters from 1: several statements may share the line. The name goes before the
    member that binds `before`, or to the end; `order` ranks several that go to one spot. A statement on
    one line that would become longer than `line_length` is wrapped. `comment` (with its `#`) stands behind
    the name, which has a line for itself then.
    """

    line: int
    column: int
    before: str | None = None
    order: tuple[int, ...] = ()
    line_length: int = 88
    comment: str = ""


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
    text of a statement that is moved here from elsewhere: its comments and line breaks are kept. With
    `reexport` the name is there for others to see (a fixture in a conftest) and is marked, so that no tool
    takes it for unused.
    """

    path: str
    what: Import
    place: ImportPlace | None = None
    layout: str = ""
    reexport: bool = False

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
class ReplaceComment:
    """The comment `old`, which begins at `line`, `column` (both from 1) and ends its line, becomes `new`;
    where that is empty, a comment with the line to itself takes the line along."""

    path: str
    line: int
    column: int
    old: str
    new: str

    kind = "replace-comment"

    @property
    def text(self) -> str:
        return f"{self.old} -> {self.new}" if self.new else f"remove {self.old}"


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
class ReplaceInString:
    """The text `old` at `span`, a part of a string literal as it is written, becomes `new`. One line only."""

    path: str
    span: Span
    old: str
    new: str

    kind = "replace-in-string"

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


@dataclass(frozen=True, slots=True)
class AddParameter:
    """The function `function` gains the required parameter `name`, behind its other required ones.

    `line`, `column` (both from 1) are those of its `def` or `async`. A header on one line that would become
    longer than `line_length` is wrapped. Several for one function stand in the order of the edits.
    """

    path: str
    line: int
    column: int
    function: str
    name: str
    line_length: int = 88

    kind = "add-parameter"

    @property
    def text(self) -> str:
        return f"add parameter {self.name} to {self.function}"


@dataclass(frozen=True, slots=True)
class RenameParameter:
    """The parameter `old` of the function at `line`, `column` becomes `new`, with every use of it there.

    `line`, `column` (both from 1) are those of its `def` or `async`. `meant`: the function uses `new`
    already, and binds it nowhere.
    """

    path: str
    line: int
    column: int
    function: str
    old: str
    new: str
    meant: bool = False

    kind = "rename-parameter"

    @property
    def text(self) -> str:
        return f"rename parameter {self.old} to {self.new} in {self.function}"


@dataclass(frozen=True, slots=True)
class AddDecorator:
    """`decorator` (such as `pytest.fixture`, without the `@`) becomes the outermost one of a function.

    `line`, `column` (both from 1) are those of its `def` or `async`.
    """

    path: str
    line: int
    column: int
    function: str
    decorator: str

    kind = "add-decorator"

    @property
    def text(self) -> str:
        return f"decorate {self.function} with @{self.decorator}"


@dataclass(frozen=True, slots=True)
class RemoveDefinition:
    """The function or simple assignment of the module that binds `name` goes, with the comments that touch
    it from above.

    `line`, `column` (both from 1) are those of its `def` or `async`, or of the assignment.
    """

    path: str
    line: int
    column: int
    name: str

    kind = "remove-definition"

    @property
    def text(self) -> str:
        return f"remove {self.name}"


@dataclass(frozen=True, slots=True)
class AddPluginModule:
    """`pytest_plugins` of a conftest names `module` too. A list that would become longer than
    `line_length` is wrapped."""

    path: str
    module: str
    line_length: int = 88

    kind = "add-plugin-module"

    @property
    def text(self) -> str:
        return f"add {self.module} to pytest_plugins"


FunctionEdit: TypeAlias = AddParameter | RenameParameter | AddDecorator
Edit: TypeAlias = (
    AddImport
    | RenameName
    | ReplaceName
    | ReplaceInString
    | ReplaceComment
    | ReplaceImport
    | RemoveImport
    | FunctionEdit
    | RemoveDefinition
    | AddPluginModule
    | FixtureEdit
    | CallEdit
)
