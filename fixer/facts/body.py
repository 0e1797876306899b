"""What a module and its classes declare, statement by statement: the raw material of fixtures and tests.

Nothing is judged here. Whether a function is a fixture or a test, and what its parameters stand for, follows
from the configuration, the decorators' origins and the classes' bases, which `project/` knows.
"""

# Statements are compared by identity (`eq=False`): equal ones on two lines are two, and comparing a whole
# class for every look-up would be slow.

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from fixer.facts.expression import Expression
    from fixer.import_statement import Import
    from fixer.span import Span


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter other than `*args` and `**kwargs`.

    `kind` is "positional-only", "plain" or "keyword-only".
    """

    name: str
    span: Span
    kind: str = "plain"
    has_default: bool = False

    @property
    def is_required(self) -> bool:
        """Whether pytest asks for a fixture of this name (`_pytest.compat.getfuncargnames`)."""
        return not self.has_default and self.kind != "positional-only"


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of a module or class. `line` and `column` (both from 1) are those of `def` or `async`,
    `span` that of its name, `end_line` its last line. `decorators` from the outermost inwards.

    `conditional`: below `if`, `try`, `with` or a loop. `mentions` are those of `WORDS` that its body has.
    `wrapping` tells what it makes of a function that it decorates. `provided` are the argument names that a
    `pytest_generate_tests`, or another function that takes a `metafunc` first, parametrizes, None if they
    cannot be read; `handed_to` the functions to which it hands that on. `strings`: the literals in a hook, of
    a `pytest_ignore_collect` the words by which it leaves files out; `decided_by`: names that stand for more.
    `registered`: what a hook registers as plugins, by the dotted names of the classes that it makes them of;
    None if that cannot be read.
    """

    name: str
    span: Span
    line: int
    column: int
    end_line: int
    parameters: tuple[Parameter, ...] = ()
    decorators: tuple[Expression, ...] = ()
    conditional: bool = False
    is_async: bool = False
    mentions: frozenset[str] = frozenset()
    wrapping: Wrapping | None = None
    provided: tuple[str, ...] | None = ()
    handed_to: tuple[str, ...] = ()
    strings: frozenset[str] = frozenset()
    registered: tuple[str, ...] | None = ()
    decided_by: frozenset[str] = frozenset()

    @property
    def required(self) -> tuple[Parameter, ...]:
        return tuple(parameter for parameter in self.parameters if parameter.is_required)

    @property
    def has_positional_only(self) -> bool:
        return any(parameter.kind == "positional-only" for parameter in self.parameters)


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What a decorator of the project returns, as far as its body shows it.

    `kind` is "passes" (the function itself), "wraps" (a wrapper with the function's signature) or "replaces"
    (another one, whose parameters without default are `required`). `makes`: what that other function makes
    of the one that it is given, where this is called for its decorator: `@retry(3)`.
    """

    kind: str
    required: tuple[str, ...] = ()
    makes: Wrapping | None = None


# Words of a function's body that say what it may do to a function it decorates, or to a test.
WORDS = (
    "wraps", "parametrize", "given(", "__signature__", "__wrapped__", "fixture", "mark", "yield", "return",
    "pluginmanager.register", "parsefactories", ".funcargs", "add_marker", "skip",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Class:
    """A class of a module or class. `span` is that of its name, `line` (from 1) that of `class`."""

    name: str
    span: Span
    line: int
    bases: tuple[Expression, ...] = ()
    keywords: tuple[tuple[str | None, Expression], ...] = ()
    decorators: tuple[Expression, ...] = ()
    conditional: bool = False
    body: tuple[Binding, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ImportBinding:
    """One name that an import statement on `line` (from 1) binds; `what.name` is "*" for a star import.

    `typing_only`: below `if TYPE_CHECKING`.
    """

    what: Import
    line: int
    conditional: bool = False
    typing_only: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """`target = value`; `a, b = ...` is one for each name. `target` may be dotted (`Base.x = ...`).

    `added`: by `+=`, `.append()` and the like, to what was there. `conditions`: what must hold for it, of the
    lists of files that pytest leaves out alone.
    """

    target: str
    value: Expression
    line: int
    conditional: bool = False
    added: bool = False
    conditions: tuple[Expression, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Deletion:
    """`del name`."""

    name: str
    line: int
    conditional: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Dynamic:
    """Something that binds names behind the compiler's back: `globals()["x"] = ...`, `register(Factory)`.

    `name` is the name where it can be read, else None; `how` the construct in a few words. `begins` and
    `ends` are what a computed name certainly begins and ends with.
    """

    name: str | None
    how: str
    line: int
    begins: str = ""
    ends: str = ""

    @property
    def is_bounded(self) -> bool:
        """Whether only some names are possible."""
        return bool(self.begins or self.ends)

    def may_bind(self, name: str) -> bool:
        if self.name is not None:
            return self.name == name
        enough = len(name) >= len(self.begins) + len(self.ends)
        return enough and name.startswith(self.begins) and name.endswith(self.ends)


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """A call that is a statement of its own: `pytest.skip(..., allow_module_level=True)`."""

    call: Expression
    line: int
    conditional: bool = False


Binding: TypeAlias = Function | Class | ImportBinding | Assignment | Deletion | Dynamic | Statement


@dataclass(frozen=True, slots=True)
class ModuleBody:
    """The statements of a module that bind names, in order. `problem`: why it could not be read."""

    path: str
    bindings: tuple[Binding, ...] = ()
    problem: str | None = None
