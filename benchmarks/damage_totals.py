"""What several runs of break_fixtures.py found, one row for each repository and one for each kind of damage.

    python benchmarks/damage_totals.py flask.json kedro.json ...

Runs over the same repository are added up.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visibility.damage import KINDS
from visibility.report import broken, has_effect, is_green, safe_wrong

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from visibility.report import Trial

HEAD = (
    "trials with effect",
    "tests not found",
    "found",
    "withheld",
    "missed",
    "reported but fine",
    "still elsewhere",
    "of these green",
    "safe wrong",
)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", type=Path, nargs="+", help="what --output wrote")
    runs = [json.loads(path.read_text()) for path in parser.parse_args(arguments).results]
    rounds: dict[str, list[dict[str, Any]]] = {}
    for run in runs:
        rounds.setdefault(run["tree"], []).extend(each for each in run["rounds"] if "error" not in each)
    everything = [each for listed in rounds.values() for each in listed]
    print(_row("repository", HEAD))
    print(_row("---", ["---"] * len(HEAD)))
    for tree, listed in sorted(rounds.items()):
        print(_row(tree, _figures(_trials(listed), _false(listed))))
    print(_row("all", _figures(_trials(everything), _false(everything))))
    print()
    print(_row("damage", HEAD))
    print(_row("---", ["---"] * len(HEAD)))
    for kind in KINDS:
        print(_row(kind, _figures([each for each in _trials(everything) if each["kind"] == kind], "")))


def _trials(rounds: Iterable[dict[str, Any]]) -> list[Trial]:
    return [trial for each in rounds for trial in each["trials"] if has_effect(trial)]


def _false(rounds: Iterable[dict[str, Any]]) -> int:
    return sum(len(each["false"]) for each in rounds)


def _figures(trials: Sequence[Trial], false: object) -> list[object]:
    tests = sum(len(broken(each)) for each in trials)
    counts = [sum(len(each[key]) for each in trials) for key in ("found", "withheld", "missed")]
    elsewhere = [each for each in trials if each["elsewhere"]]
    return [
        len(trials),
        tests,
        *(f"{count} ({100 * count / tests:.1f} %)" if tests else "-" for count in counts),
        false,
        len(elsewhere),
        sum(map(is_green, elsewhere)),
        sum(map(safe_wrong, trials)),
    ]


def _row(label: str, cells: Iterable[object]) -> str:
    return f"| {label} | {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
