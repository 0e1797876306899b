"""What a file contains. Frozen, picklable, no syntax nodes, nothing judged.

Facts depend on one file's bytes alone, so they can be computed in parallel and cached by content.
Whether something is *missing* or *wrong* is for a rule to say, against the Project.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from fixer.facts.call_model import NO_CALLS, Calls
from fixer.frozen import dataclass

if TYPE_CHECKING:
    from fixer.facts.body import ModuleBody
    from fixer.import_statement import Import
    from fixer.span import Span


class Role(enum.Enum):
    """The place in the grammar where a name is used."""

    VALUE = "value"
    SUBSCRIPT = "subscript"  # `name[...]`
    DECORATOR = "decorator"
    BASE = "base"  # a base class
    EXCEPTION = "exception"  # named in `except`, or raised
    ANNOTATION = "annotation"


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a name that no scope of the file binds, and no builtin either.

    With `name.attribute`, `attribute` is set, and `called` says whether that attribute is called;
    otherwise `called` says whether the name itself is. `further`: `name.attribute.further`. `guarded`: a
    `try` around it catches NameError. `deferred`: it stands in a function, so it is not read when the file is
    imported; `nested`: in a function inside of another, which may never be called.
    """

    name: str
    span: Span
    role: Role = Role.VALUE
    attribute: str | None = None
    called: bool = False
    guarded: bool = False
    deferred: bool = False
    nested: bool = False
    further: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedName:
    """One name bound by an import statement.

    `top_level`: not indented, so it runs when the module is imported. `typing_only`: below
    `if TYPE_CHECKING`.
    """

    what: Import
    top_level: bool = True
    typing_only: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Why nothing else is known of a file. `line` counts from 1 where the reader knows it."""

    message: str
    line: int = 1
    syntax: bool = False  # this Python's parser refuses it; another might not
    newer: bool = False  # sound, but only for a newer Python than the one testfix runs on


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement at module level, or one that may be joined there: lines from 1, both ends included.

    `kind` is "docstring", "future", "import", "from", "path-change" (of `sys.path`, also inside an `if`
    or `try`), "import-guard" (`pytest.importorskip`, with the module it asks for) or "other".
    `ends_imports`: ruff's E402 calls every import below it late.
    """

    kind: str
    line: int
    end_line: int
    column: int = 1
    module: str = ""  # of "from" and "import" (the first), with leading dots
    names: tuple[Import, ...] = ()
    ends_imports: bool = False


@dataclass(frozen=True, slots=True)
class Prologue:
    """The module-level statements down to the first function or class, in order, and the text above them.

    `header_end` is the last line (from 1) of shebang, encoding line and leading comments before the
    first statement (0: none). `last_line` is the last line of the file, `lines` the source lines above
    the first function or class, without their line ends: fewer than `last_line` where there is one.
    """

    statements: tuple[Statement, ...]
    lines: tuple[str, ...]
    header_end: int
    last_line: int


@dataclass(frozen=True, slots=True)
class BackportImport:
    """A statement that imports `mock`, the backport; `span` is the whole statement.

    `old` are its names that come from the backport. `used` are the attributes that the file reads of the
    modules it binds, and the backport's own names that it uses after a star import. `fallback`: one of
    several ways to get at mock, chosen at run time. `alone`: it imports nothing else. `movable`: it stands
    among the imports at the top of the file.
    """

    span: Span
    old: tuple[Import, ...]
    used: frozenset[str] = frozenset()
    fallback: bool = False
    alone: bool = True
    movable: bool = True


class Parts(NamedTuple):
    """What is to be read of a file beside the names it uses."""

    calls: bool = True
    body: bool = False

    @property
    def kind(self) -> str:
        """What facts with these parts are kept under."""
        return " ".join(["facts", *(name for name, wanted in zip(self._fields, self, strict=True) if wanted)])


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known of one test file.

    `undefined`: uses of names that the file binds nowhere, in order. `imported`: every name that some
    import statement binds, anywhere in the file. `backport`: its imports of the `mock` distribution. `calls`:
    calls with keywords of what some version of its library refuses them for. `body`: what it declares;
    `decorated`: uses, inside of functions, of the module's decorated functions, and of imported names that
    are parameters elsewhere; these three only where they were asked for (`Parts`). The rest is read only
    where `undefined` is not empty.
    `bound`: names that the module's own scope binds. `local`: names of `undefined` that some function or
    class of the file binds for itself, other than by an import. `star_imports`: modules imported with `*`.
    `injected`: names the file binds at run time under a literal name (`globals()["x"] = ...`);
    `injects_unknown` names the construct when they cannot be read, on `injects_line` (from 1) for the
    first time.
    """

    path: str
    problem: Problem | None = None
    undefined: tuple[Use, ...] = ()
    imported: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    local: frozenset[str] = frozenset()
    star_imports: tuple[str, ...] = ()
    injected: frozenset[str] = frozenset()
    injects_unknown: str | None = None
    injects_line: int = 0
    prologue: Prologue | None = None
    backport: tuple[BackportImport, ...] = ()
    calls: Calls = NO_CALLS
    body: ModuleBody | None = None
    decorated: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """What any file of the project offers to others, read without parsing it.

    `imports` in order. `defined` pairs a name at module level with how it is bound: "class", "function",
    "decorated" (a decorated class or function, which may be anything), "fixture" or "value". `exports` is
    a literal `__all__`, None where there is none or it cannot be read. `star_imports` are the modules
    imported with `*` at module level; `builtins` are names put into Python's `builtins` for every file of
    the process.
    """

    path: str
    imports: tuple[ImportedName, ...] = ()
    defined: tuple[tuple[str, str], ...] = ()
    exports: tuple[str, ...] | None = None
    star_imports: tuple[str, ...] = ()
    builtins: frozenset[str] = frozenset()
