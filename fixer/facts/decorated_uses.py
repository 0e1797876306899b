"""Where functions of a module use another one of it that has a decorator: a fixture, perhaps."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.facts.body import Function
from fixer.facts.text import decode, lines_of
from fixer.facts.uses import find_uses

if TYPE_CHECKING:
    from fixer.facts.body import ModuleBody
    from fixer.facts.model import Use
    from fixer.facts.symbols import Scopes

_GIVEN = re.compile(r"\.(\w+) ?=(?!=)")  # an attribute is set


def decorated_uses(source: bytes, scopes: Scopes, body: ModuleBody) -> tuple[Use, ...]:
    """The uses of decorated functions of the module inside its functions, in the order of the file.

    Left out: those of a special attribute (`db.__wrapped__`), and all of a function that the file gives an
    attribute (`db.last = 1`) which it reads again. They mean the function. What is set and never read shows
    nothing; nor does handing on the function then.
    """
    names = {each.name for each in body.bindings if isinstance(each, Function) and each.decorators}
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
