"""Break the fixtures of a healthy suite at random; see what testfix says and repairs. pytest is the truth.

    python benchmarks/break_fixtures.py TREE --python ENVIRONMENT/bin/python --output results.json

TREE is only read: everything happens in a copy, which is put right after each round. A file that `--output`
names is read first, and rounds in it are not done again. README.md beside this file says what is counted.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from putback.copies import copy_of, restore, state_of
from visibility import score, testfix
from visibility.damage import KINDS, PARAMETER, SLIP, Damage
from visibility.parameters import parameters
from visibility.report import table
from visibility.trial import breakable, choose, read_tree, rounds
from visibility.truth import PytestError, Suite, Truth, ask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from putback.copies import State


@dataclass(frozen=True, slots=True)
class Bench:
    """A copy of the tree with everything that stays the same between rounds."""

    tree: Path
    suite: Suite
    state: State
    before: Truth
    options: argparse.Namespace

    @property
    def known(self) -> Path | None:
        """The interpreter that testfix is told of."""
        return None if self.options.without_python else self.suite.python


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    started = time.perf_counter()
    tree = options.tree.resolve()
    done = _earlier(options, tree)
    with tempfile.TemporaryDirectory(prefix="break-fixtures-", ignore_cleanup_errors=True) as place:
        copy = copy_of(tree, Path(place))
        suite = Suite(copy, options.python.absolute(), tree, options.pytest_option, options.timeout)
        before = ask(suite)
        bench = Bench(tree, suite, state_of(copy), before, options)
        groups = _groups(bench)
        _say(
            f"{tree.name}: {len(before.tests)} tests planned in {before.seconds:.0f} s,"
            f" {sum(map(len, groups))} trials in {len(groups)} rounds"
        )
        for number, group in enumerate(groups):
            if number < len(done):
                continue
            if options.seconds and time.perf_counter() - started > options.seconds:
                _say(f"{tree.name}: stopped after {number} rounds, {options.seconds:.0f} s are over")
                break
            done.append(_round(bench, group))
            if options.output:
                said = {**_settings(options, tree), "rounds": done}
                options.output.write_text(json.dumps(said, indent=1))
    print(table(done))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tree", type=Path, help="a folder; it is only read")
    parser.add_argument("--python", type=Path, required=True, help="the interpreter the suite runs with")
    parser.add_argument("--trials", type=int, default=60, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--together", type=int, default=4, metavar="N", help="most trials in one round (4)")
    parser.add_argument("--kind", action="append", choices=KINDS, help="only these kinds of damage")
    parser.add_argument("--seconds", type=float, help="begin no round after that time")
    parser.add_argument("--timeout", type=float, default=600, help="seconds for one run of pytest")
    parser.add_argument("--pytest-option", action="append", default=[], metavar="OPTION")
    parser.add_argument(
        "--without-python", action="store_true", help="do not tell testfix of the interpreter"
    )
    parser.add_argument("--damage-only", action="store_true", help="ask pytest alone, without testfix")
    parser.add_argument("--output", type=Path, metavar="FILE", help="each trial and its outcome as JSON")
    options = parser.parse_args(arguments)
    if not options.tree.is_dir():
        parser.error(f"{options.tree} is not a folder")
    return options


def _settings(options: argparse.Namespace, tree: Path) -> dict[str, Any]:
    """What decides which rounds there are and what is done in them."""
    names = ("trials", "seed", "together", "kind", "pytest_option", "without_python", "damage_only")
    return {"tree": tree.name, **{name: getattr(options, name) for name in names}}


def _earlier(options: argparse.Namespace, tree: Path) -> list[dict[str, Any]]:
    """The rounds that `--output` has already. Raises SystemExit where they are those of another run."""
    if not options.output or not options.output.exists():
        return []
    earlier = json.loads(options.output.read_text())
    settings = _settings(options, tree)
    other = [name for name, value in settings.items() if earlier.get(name, value) != value]
    if other or not settings.keys() <= earlier.keys():
        different = ", ".join(other) or "settings"
        raise SystemExit(
            f"{options.output} holds a run with other {different}: remove it or name another file."
        )
    rounds: list[dict[str, Any]] = earlier["rounds"]
    return rounds


def _groups(bench: Bench) -> list[list[Damage]]:
    """The rounds: the same ones for the same tree and options."""
    options = bench.options
    chance = random.Random(options.seed)
    tree = read_tree(bench.suite.tree, bench.before)
    count = options.trials if not options.kind else options.trials * len(KINDS)
    damages = choose(tree, breakable(tree, bench.before), count, chance)
    if options.kind:
        damages = [damage for damage in damages if damage.kind in options.kind][: options.trials]
    return rounds(damages, bench.before, options.together)


def _round(bench: Bench, group: list[Damage]) -> dict[str, Any]:
    """Break, ask pytest and testfix, repair, ask pytest again, and put everything right."""
    copy = bench.suite.tree
    for damage in group:
        for path, text in damage.files:
            (copy / path).write_bytes(text)
    try:
        return _examine(bench, group)
    except PytestError as error:
        # Such damage says nothing of visibility: a conftest that does not import ends the whole run.
        _say(f"pytest failed after {', '.join(f'{d.kind} {d.name} in {d.path}' for d in group)}")
        return {"error": str(error)[-500:], "trials": [_described(damage) for damage in group]}
    finally:
        paths = {path for damage in group for path, _ in damage.files}
        for path in paths:
            if (bench.tree / path).exists():
                (copy / path).write_bytes((bench.tree / path).read_bytes())
            else:
                (copy / path).unlink(missing_ok=True)
        restore(bench.tree, copy, bench.state, paths & bench.state.keys())


def _examine(bench: Bench, group: list[Damage]) -> dict[str, Any]:
    broken = ask(bench.suite)
    requests = {damage: score.broken_by(damage, bench.before, broken) for damage in group}
    trials = [{**_described(damage), "requests": sorted(requests[damage])} for damage in group]
    result: dict[str, Any] = {"trials": trials, "lost": sorted(bench.before.tests.keys() - broken.tests)}
    if bench.options.damage_only:
        return result
    verdicts = testfix.verdicts(bench.suite.tree, bench.known).tests
    result["false"] = sorted(score.false_reports(broken, verdicts))
    for trial, damage in zip(trials, group, strict=True):
        seen = score.detection(requests[damage], verdicts)
        trial["found"], trial["missed"] = sorted(seen.found), sorted(seen.missed)
        trial["withheld"], trial["unseen"] = seen.withheld, sorted(seen.unseen)
    for word, unsafe in (("safe", False), ("unsafe", True)):
        findings = testfix.repair(bench.suite.tree, bench.known, unsafe)
        now = ask(bench.suite)
        result[f"{word} worse"] = sorted(score.made_worse(broken, now))
        for trial, damage in zip(trials, group, strict=True):
            trial[word] = _repaired(bench, damage, requests[damage], findings, now)
    return result


def _described(damage: Damage) -> dict[str, Any]:
    return {
        "kind": damage.kind,
        "name": damage.name,
        "path": damage.path,
        "line": damage.line,
        "to": [path for path, _ in damage.files[1:]],
        "elsewhere": damage.elsewhere,
        "test": damage.test,
        "wanted": damage.wanted,
    }


def _repaired(
    bench: Bench, damage: Damage, requests: score.Names, findings: list[dict[str, Any]], now: Truth
) -> dict[str, Any]:
    """What a run of testfix made of one damage.

    `green`: tests of which pytest says the same as before the damage. `claimed`: tests still broken by a
    request that testfix says it repaired. `signature`: whether the test's parameters are what they were, for
    damage to one test; None for other damage and where testfix left the test alone.
    """
    mine = [each for each in findings if damage.name in ("", each["name"])]
    nodes = {node for node, _ in requests}
    green = {node for node in nodes if score.green(node, bench.before, now)}
    fixed = {each["path"] for each in mine if each["fixed"]}
    claimed = {node for node in nodes - green if node.partition("::")[0] in fixed}
    signature = None
    if damage.kind in (SLIP, PARAMETER):
        name, text = damage.test, (bench.suite.tree / damage.path).read_bytes()
        original = set(parameters((bench.tree / damage.path).read_bytes(), name))
        if text != damage.files[0][1]:
            signature = set(parameters(text, name)) == original
    said = [
        {
            key: each.get(key)
            for key in ("code", "path", "line", "message", "safety", "fixed", "reason_unfixed")
        }
        for each in mine[:3]
    ]
    return {
        "green": sorted(green),
        "claimed": sorted(claimed),
        "signature": signature,
        "findings": len(mine),
        "said": said,
    }


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
