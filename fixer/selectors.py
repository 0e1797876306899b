"""Which rules a list such as `["TF1", "missing-fixture"]` speaks of, and which rules a run uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ALL = "ALL"


def matches(selector: str, code: str, name: str) -> bool:
    """Whether `selector` is the rule's code, its name, a prefix of the code (`TF1`), or `ALL`."""
    return selector in (name, ALL) or (selector.startswith("TF") and code.startswith(selector))


def unknown(selectors: Iterable[str], rules: Sequence[tuple[str, str]]) -> list[str]:
    """Those `selectors` that match none of the `rules`, given as (code, name)."""
    return [
        selector for selector in selectors if not any(matches(selector, code, name) for code, name in rules)
    ]


def enabled(
    code: str,
    name: str,
    default: bool,
    select: Sequence[str] | None,
    extend: Sequence[str],
    ignore: Sequence[str],
) -> bool:
    """Whether a run uses the rule. `select` None means the rules that are on by default.

    The more exact word wins, as in ruff: `select = ["TF101"]` with `ignore = ["TF1"]` leaves TF101 on;
    at the same exactness `ignore` wins. A bare `ALL` or prefix also turns on rules that are off by default.
    """
    wanted = [*(select or ()), *extend]
    on = max((_exactness(word, code, name) for word in wanted), default=0)
    if on == 0 and select is None and default:
        on = 1
    off = max((_exactness(word, code, name) for word in ignore), default=0)
    return on > off


def _exactness(selector: str, code: str, name: str) -> int:
    """0: does not match; 1: `ALL`; more the longer the prefix; the name is as exact as the whole code."""
    if not matches(selector, code, name):
        return 0
    if selector == ALL:
        return 1
    return len(code) + 1 if selector == name else len(selector) + 1
