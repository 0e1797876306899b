"""Which of several fixes do harm, found by halving. Pure: what harm is, the caller says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fixer.finding import Fix


class Culprits:
    """Sorts fixes into those that can be applied together and those that cannot.

    `reason_against` says (as a clause) what speaks against applying just these fixes together, None if
    nothing does. It is asked `most_trials` times at most; fixes that are not told apart by then are
    refused together.
    """

    def __init__(self, reason_against: Callable[[Sequence[Fix]], str | None], most_trials: int) -> None:
        self._reason_against = reason_against
        self._trials_left = most_trials
        self.refused: dict[str, str] = {}  # fix id -> why

    def accepted(self, fixes: Sequence[Fix], reason: str | None = None) -> list[Fix]:
        """The fixes that can be applied together; `reason` is what speaks against all of them, where that is
        known."""
        return self._accepted([], fixes, reason)

    def _accepted(self, good: list[Fix], fixes: Sequence[Fix], reason: str | None) -> list[Fix]:
        """Those of `fixes` that can join the `good` ones."""
        if not fixes:
            return []
        if reason is None:
            if self._trials_left == 0:
                return self._refuse(fixes, "it could not be told which of the repairs does harm")
            self._trials_left -= 1
            reason = self._reason_against([*good, *fixes])
            if reason is None:
                return list(fixes)
        if len(fixes) == 1 or self._trials_left == 0:
            return self._refuse(fixes, reason)
        half = len(fixes) // 2
        first = self._accepted(good, fixes[:half], None)
        known = reason if len(first) == half else None  # then the rest is all that it can be about
        return first + self._accepted([*good, *first], fixes[half:], known)

    def _refuse(self, fixes: Sequence[Fix], reason: str) -> list[Fix]:
        self.refused.update((fix.id, reason) for fix in fixes)
        return []
