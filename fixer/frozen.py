"""Dataclasses that the type checker keeps frozen, and that cost no more to make than plain ones.

Python freezes a dataclass by setting each field through `object.__setattr__`, which takes three to seven
times as long to make one, and by two more methods to compile for each class. A run over a large suite makes
half a million of them: of a warm run that was a fifth. mypy (strict, in CI) refuses every assignment to a
field all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses

    def dataclass(*, frozen: bool, slots: bool, eq: bool = True, order: bool = False):
        """`dataclasses.dataclass`; equal ones have equal hashes, as frozen ones do."""
        return dataclasses.dataclass(slots=slots, eq=eq, order=order, unsafe_hash=frozen and eq)
