"""The table of break_fixtures.py, from its rounds as they stand in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visibility.damage import KINDS, PARAMETER

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Trial = dict[str, Any]
HEAD = (
    "damage",
    "trials",
    "with effect",
    "tests not found",
    "found",
    "withheld",
    "missed",
    "unseen",
    "green, safe",
    "green, unsafe",
    "trials green",
    "safe wrong",
)


def table(rounds: Sequence[dict[str, Any]]) -> str:
    """By kind of damage, then those whose fixture still stands elsewhere, then all; in Markdown."""
    trials = [trial for each in rounds if "error" not in each for trial in each["trials"]]
    failed = sum("error" in each for each in rounds)
    reported = sum(len(each.get("false", ())) for each in rounds)
    worse = {word: sum(len(each.get(f"{word} worse", ())) for each in rounds) for word in ("safe", "unsafe")}
    rows = [_row(HEAD), _row("---" for _ in HEAD)]
    rows += [_figures(kind, [each for each in trials if each["kind"] == kind]) for kind in KINDS]
    rows.append(_figures("still elsewhere", [each for each in trials if each["elsewhere"]]))
    rows.append(_figures("all", trials))
    rows += [
        "",
        f"{len(rounds)} rounds, {failed} of them without a plan. Reported but fine: {reported} requests."
        f" Tests worse after safe repairs: {worse['safe']}, after unsafe ones: {worse['unsafe']}.",
    ]
    return "\n".join(rows)


def _figures(label: str, trials: Sequence[Trial]) -> str:
    effective = [each for each in trials if has_effect(each)]
    tests = sum(len(broken(each)) for each in effective)
    cells: list[object] = [label, len(trials), len(effective), tests]
    for key in ("found", "withheld", "missed", "unseen"):
        count = sum(len(each.get(key, ())) for each in effective)
        cells.append(_share(count, tests))
    for word in ("safe", "unsafe"):
        count = sum(len(each.get(word, {}).get("green", ())) for each in effective)
        cells.append(_share(count, tests))
    cells.append(_share(sum(is_green(each) for each in effective), len(effective)))
    cells.append(sum(safe_wrong(each) for each in effective))
    return _row(cells)


def broken(trial: Trial) -> set[str]:
    """The tests that pytest fails with "not found" since the damage."""
    return {node for node, _ in trial["requests"]}


def has_effect(trial: Trial) -> bool:
    """A lost parameter shows in the compiler's symbol table, all other damage in what pytest says."""
    return trial["kind"] == PARAMETER or bool(trial["requests"])


def is_green(trial: Trial) -> bool:
    """Whether everything the damage broke is as before; a test's own parameters must be what they were."""
    after = trial.get("unsafe", {})
    if trial["test"]:
        return after.get("signature") is True and len(after["green"]) == len(broken(trial))
    return len(after.get("green", ())) == len(broken(trial))


def safe_wrong(trial: Trial) -> bool:
    """Whether safe repairs alone claimed what is not so, or gave a test other parameters than it had."""
    after = trial.get("safe", {})
    return bool(after.get("claimed")) or after.get("signature") is False


def _share(count: int, total: int) -> str:
    return f"{count} ({100 * count / total:.1f} %)" if total else "-"


def _row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"
