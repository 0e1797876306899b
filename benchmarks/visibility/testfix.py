"""What testfix says of a suite, and what it makes of it."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from putback.tool import run_testfix, testfix_command

if TYPE_CHECKING:
    from collections.abc import Sequence

RULES = "TF201,TF202,TF203"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one test: the names testfix says are missing, and those it does not judge, with the cause."""

    missing: frozenset[str]
    withheld: dict[str, str]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """By test, named as pytest names it; `seconds` is wall time."""

    tests: dict[str, Verdict]
    seconds: float


def verdicts(tree: Path, python: Path | None) -> Verdicts:
    """What testfix says of every test that it thinks pytest collects."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from fixer.api import fixture_verdicts
    from fixer.config import load

    config = load(tree)
    started = time.perf_counter()
    said = fixture_verdicts(tree, replace(config, python=python) if python else config)
    tests = {each.node: Verdict(frozenset(each.missing), dict(each.withheld)) for each in said}
    return Verdicts(tests, time.perf_counter() - started)


def repair(
    tree: Path, python: Path | None, unsafe: bool, options: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Run testfix on the tree, in place, and return its findings as its JSON has them."""
    arguments = ["--select", RULES, "--output-format", "json", *options]
    arguments += ["--python", str(python)] if python else []
    arguments += ["--unsafe-fixes"] if unsafe else []
    found: list[dict[str, Any]] = json.loads(run_testfix(testfix_command(None), tree, *arguments))["findings"]
    return found
