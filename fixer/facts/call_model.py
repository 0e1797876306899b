"""What is known of one call that passes keywords. Frozen, picklable, no syntax nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from fixer.span import Span


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword of a call.

    `span` is the name in the call, or the string that is its key in a dictionary. `value` is the source of
    the value, `kind` what it is: "number", "string", "none", "boolean", "name", "attribute", "call",
    "dict" or "other". `place` is "call", "splat" for a literal `**{...}` in the call, "dict" for a dictionary
    that a statement above builds and only this call uses; what an entry of the tables takes for a keyword is
    "first" (the first argument) or "callee" (the name that is called).
    """

    name: str
    span: Span
    value: str
    kind: str
    place: str = "call"


@dataclass(frozen=True, slots=True)
class Outer:
    """The call whose argument a call is: what it calls and the kind and text of its `timeout`, if any."""

    callee: str | None
    timeout: str | None = None
    timeout_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A call, or a decorator without brackets (`context` "decorator").

    `callee` is what is called, followed through imports and assignments: `websockets.connect`;
    `asyncio.get_running_loop().create_connection` for a method of what a call returned;
    `<event_loop>.create_connection` for one of a parameter; `__name__.dial` for a function of the file
    itself; with leading dots where the import is relative.
    `spelled` is the callee as written. `positional` counts the arguments by position, `first` is the kind
    of the first.

    `context`: "await", "async with", "with", "async for", "yield from", "argument" (with `outer`), "assign",
    "return", "statement", "partial" (of `functools.partial`, which is not the call itself), "decorator",
    "through" (a function of the file that hands its keywords on; `spelled` is that function) or "other".
    `coroutine`: the nearest function around it is `async def`. `open_ended`: it takes `**` of something that
    cannot be read. `guard` says why the call may be meant to fail, or not to reach what it names.
    `visible` pairs the modules and members imported there (dotted) with their names; `taken` are the names
    that mean something else there.
    """

    callee: str
    spelled: str
    span: Span
    keywords: tuple[Keyword, ...]
    positional: int = 0
    first: str | None = None
    context: str = "other"
    outer: Outer | None = None
    coroutine: bool = False
    open_ended: bool = False
    guard: str | None = None
    visible: tuple[tuple[str, str], ...] = ()
    taken: frozenset[str] = frozenset()

    def keyword(self, name: str) -> Keyword | None:
        return next((each for each in self.keywords if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of one file that were asked for, in order, and every attribute that the file reads."""

    calls: tuple[Call, ...] = ()
    attributes: frozenset[str] = frozenset()


NO_CALLS = Calls()
