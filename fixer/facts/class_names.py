"""Decorators of methods by names that the class body gives itself, which no module knows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.facts.body import Assignment, Function
from fixer.facts.expression import Call, Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fixer.facts.body import Binding
    from fixer.facts.expression import Expression


def with_own_decorators(bindings: Iterable[Binding]) -> Iterator[Binding]:
    """The bindings of a class body, with what stands behind a decorator's name in place of the name:
    `cases = pytest.mark.parametrize(...)`, and below it `@cases`."""
    own: dict[str, Expression] = {}
    for each in bindings:
        if isinstance(each, Assignment) and isinstance(each.value, (Call, Name)) and not each.conditional:
            own[each.target] = each.value
        elif isinstance(each, Assignment):
            own.pop(each.target, None)
        elif isinstance(each, Function) and own:
            each = replace(each, decorators=tuple(_meant(one, own) for one in each.decorators))
        yield each


def _meant(decorator: Expression, own: Mapping[str, Expression]) -> Expression:
    if isinstance(decorator, Name):
        return own.get(decorator.dotted, decorator)
    if isinstance(decorator, Call) and isinstance(decorator.function, Name):
        renamed = own.get(decorator.function.dotted)
        return replace(decorator, function=renamed) if isinstance(renamed, Name) else decorator
    return decorator
