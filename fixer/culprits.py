"""Which of several fixes do harm, found by halving. Pure: what harm is, the caller says."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from fixer.finding import Fix

# Asks what speaks against these fixes together, is told (a clause; None: nothing), ends with the good ones.
Search: TypeAlias = "Generator[list[Fix], str | None, list[Fix]]"


class Culprits:
    """Sorts fixes into those that can be applied together and those that cannot.

    A search asks `most_trials` times at most; fixes that are not told apart by then are refused together.
    """

    def __init__(self, most_trials: int) -> None:
        self._most_trials = most_trials
        self._trials_left = most_trials
        self.refused: dict[str, str] = {}  # fix id -> why

    def accepted(
        self,
        fixes: Sequence[Fix],
        reason_against: Callable[[Sequence[Fix]], str | None],
        reason: str | None = None,
    ) -> list[Fix]:
        """The fixes that can be applied together; `reason` is what speaks against all of them, where that is
        known."""
        (found,) = side_by_side([self.search(fixes, reason)], lambda asked: [reason_against(asked[0] or [])])
        return found

    def search(self, fixes: Sequence[Fix], reason: str | None = None) -> Search:
        """The same, for somebody else to ask the questions."""
        self._trials_left = self._most_trials
        return (yield from self._accepted([], fixes, reason))

    def _accepted(self, good: list[Fix], fixes: Sequence[Fix], reason: str | None) -> Search:
        """Those of `fixes` that can join the `good` ones."""
        if not fixes:
            return []
        if reason is None:
            if self._trials_left == 0:
                return self._refuse(fixes, "it could not be told which of the repairs does harm")
            self._trials_left -= 1
            reason = yield [*good, *fixes]
            if reason is None:
                return list(fixes)
        if len(fixes) == 1 or self._trials_left == 0:
            return self._refuse(fixes, reason)
        half = len(fixes) // 2
        first = yield from self._accepted(good, fixes[:half], None)
        known = reason if len(first) == half else None  # then the rest is all that it can be about
        return first + (yield from self._accepted([*good, *first], fixes[half:], known))

    def _refuse(self, fixes: Sequence[Fix], reason: str) -> list[Fix]:
        self.refused.update((fix.id, reason) for fix in fixes)
        return []


def side_by_side(
    searches: Sequence[Search], answer: Callable[[list[list[Fix] | None]], Sequence[str | None]]
) -> list[list[Fix]]:
    """What each search ends with. One question of each is answered at a time, None where one has no more."""
    found: list[list[Fix]] = [[] for _ in searches]
    told: Sequence[str | None] = [None] * len(searches)
    running = set(range(len(searches)))
    while running:
        asked: list[list[Fix] | None] = [None] * len(searches)
        for number in sorted(running):
            try:
                asked[number] = searches[number].send(told[number])
            except StopIteration as end:  # noqa: PERF203  (how a generator returns)
                found[number] = end.value
                running.discard(number)
        if running:
            told = answer(asked)
    return found


def apart(fixes: Iterable[Fix]) -> list[list[Fix]]:
    """The fixes in groups that have no file in common."""
    by_path: dict[str, list[Fix]] = {}
    for fix in fixes:
        paths = {edit.path for edit in fix.edits}
        shared = {id(by_path[path]): by_path[path] for path in paths if path in by_path}
        first, *others = shared.values() or [[]]
        for group in others:
            first += group
            by_path.update((edit.path, first) for each in group for edit in each.edits)
        first.append(fix)
        by_path.update(dict.fromkeys(paths, first))
    return list({id(group): group for group in by_path.values()}.values())


def paths_of(fixes: Iterable[Fix]) -> frozenset[str]:
    """The files that any of the fixes edits."""
    return frozenset(edit.path for fix in fixes for edit in fix.edits)
