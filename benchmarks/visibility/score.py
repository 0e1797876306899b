"""How what testfix says and does compares with what pytest says. Pure functions over both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from visibility.damage import Damage
    from visibility.testfix import Verdict
    from visibility.truth import Truth

Names = set[tuple[str, str]]  # test and fixture


@dataclass(frozen=True, slots=True)
class Agreement:
    """Requests by test and name, over the tests that both sides consider.

    `found`: missing for both. `missed`: missing for pytest alone, and testfix judged it. `false`: missing for
    testfix alone. `skipped`: missing for both, but pytest skips the test before it looks. `withheld`: not
    judged, with the cause; `withheld_missing` are those that pytest misses. `requests` counts all names in
    the closures of those tests.
    """

    both: int
    agreeing: int
    requests: int
    found: Names
    missed: Names
    false: Names
    skipped: Names
    withheld: dict[tuple[str, str], str]
    withheld_missing: Names
    only_pytest: list[str]
    only_testfix: list[str]


def agreement(truth: Truth, verdicts: Mapping[str, Verdict]) -> Agreement:
    """Compare test by test."""
    both = truth.tests.keys() & verdicts.keys()
    found: Names = set()
    missed: Names = set()
    false: Names = set()
    skipped: Names = set()
    withheld: dict[tuple[str, str], str] = {}
    withheld_missing: Names = set()
    agreeing = 0
    for node in both:
        test, verdict = truth.tests[node], verdicts[node]
        withheld.update({(node, name): cause for name, cause in verdict.withheld.items()})
        reported = {(node, name) for name in verdict.missing & test.missing}
        wrong = {(node, name) for name in verdict.missing - test.missing}
        overlooked = {(node, name) for name in test.missing - verdict.missing - verdict.withheld.keys()}
        false |= wrong
        if test.skipped:
            skipped |= reported
        else:
            found |= reported
            missed |= overlooked
            withheld_missing |= {(node, name) for name in test.missing & verdict.withheld.keys()}
        agreeing += not (wrong or (overlooked and not test.skipped))
    return Agreement(
        both=len(both),
        agreeing=agreeing,
        requests=sum(len(truth.tests[node].requests) for node in both),
        found=found,
        missed=missed,
        false=false,
        skipped=skipped,
        withheld=withheld,
        withheld_missing=withheld_missing,
        only_pytest=sorted(truth.tests.keys() - verdicts.keys()),
        only_testfix=sorted(verdicts.keys() - truth.tests.keys()),
    )


def broken_by(damage: Damage, before: Truth, after: Truth) -> Names:
    """The requests that fail with "not found" only since the damage; one without a name gets all of them."""
    return {
        (node, name)
        for node, test in after.tests.items()
        if test.not_found
        for name in test.missing
        if (node not in before.tests or name not in before.tests[node].missing) and damage.name in ("", name)
    }


@dataclass(frozen=True, slots=True)
class Detection:
    """What testfix says of the tests a damage broke: a test is found when any of its missing names is."""

    broken: set[str] = field(default_factory=set)
    found: set[str] = field(default_factory=set)
    withheld: dict[str, str] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)


def detection(requests: Names, verdicts: Mapping[str, Verdict]) -> Detection:
    result = Detection()
    for node, name in sorted(requests):
        result.broken.add(node)
        if node not in verdicts:
            result.unseen.add(node)
        elif name in verdicts[node].missing:
            result.found.add(node)
        elif name in verdicts[node].withheld:
            result.withheld[node] = verdicts[node].withheld[name]
        else:
            result.missed.add(node)
    return result


def false_reports(truth: Truth, verdicts: Mapping[str, Verdict]) -> Names:
    """Names that testfix calls missing in tests that pytest collects, and that pytest finds."""
    return {
        (node, name)
        for node in truth.tests.keys() & verdicts.keys()
        for name in verdicts[node].missing - truth.tests[node].missing
    }


def green(node: str, before: Truth, now: Truth) -> bool:
    """Whether pytest says the same of the test as before the damage."""
    return (
        node in now.tests
        and node in before.tests
        and now.tests[node].missing == before.tests[node].missing
        and now.tests[node].setup == before.tests[node].setup
    )


def made_worse(earlier: Truth, now: Truth) -> set[str]:
    """Tests that cannot be set up and could earlier, or that pytest does not collect any more."""
    lost = earlier.tests.keys() - now.tests.keys()
    worse = {
        node
        for node in earlier.tests.keys() & now.tests.keys()
        if (now.tests[node].missing and not earlier.tests[node].missing)
        or ("passed" in earlier.tests[node].setup and "passed" not in now.tests[node].setup)
    }
    return lost | worse
