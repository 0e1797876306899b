"""Where functions of a module use what may be the function of a fixture: one with a decorator, or one that is
imported and a parameter elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.facts.body import Class, Function, ImportBinding
from fixer.facts.text import decode, lines_of
from fixer.facts.uses import find_uses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fixer.facts.body import Binding, ModuleBody
    from fixer.facts.model import Use
    from fixer.facts.symbols import Scopes

_GIVEN = re.compile(r"\.(\w+) ?=(?!=)")  # an attribute is set


def decorated_uses(source: bytes, scopes: Scopes, body: ModuleBody) -> tuple[Use, ...]:
    """The uses of decorated functions of the module, and of imported names that one of its functions takes as
    a parameter, inside its functions, in the order of the file.

    Left out: those of a special attribute (`db.__wrapped__`), and all of a function that the file gives an
    attribute (`db.last = 1`) which it reads again. They mean the function. What is set and never read shows
    nothing; nor does handing on the function then.
    """
    names = {each.name for each in body.bindings if isinstance(each, Function) and each.decorators}
    imported = {
        each.what.bound for each in body.bindings if isinstance(each, ImportBinding) and each.what.name
    }
    names |= imported.intersection(_parameters(body.bindings)) if imported else set()
    names &= scopes.read
    if not names:
        return ()
    text = decode(source)
    wanted = replace(scopes, unbound=frozenset(names), doubtful=frozenset(), hidden={})
    uses = find_uses(text, wanted)
    lines = lines_of(text)
    given: dict[str, set[str | None]] = {}
    reads = []
    for use in uses:
        match = _GIVEN.match(lines[use.span.line - 1], use.span.end_column - 1)
        if match is None:
            reads.append(use)
        else:
            given.setdefault(use.name, {None}).add(match[1])
    kept = {use.name for use in reads if use.attribute and use.attribute in given.get(use.name, ())}
    return tuple(
        use
        for use in reads
        if use.deferred
        and use.name not in kept
        and use.attribute not in given.get(use.name, ())
        and not (use.attribute or "").startswith("__")
    )


def _parameters(bindings: Iterable[Binding]) -> Iterator[str]:
    for each in bindings:
        if isinstance(each, Function):
            yield from (parameter.name for parameter in each.parameters)
        elif isinstance(each, Class):
            yield from _parameters(each.body)
