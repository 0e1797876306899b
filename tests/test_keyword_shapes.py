"""The corpus of unexpected-keyword has every shape of call and every way to say a version, with its verdict.

That each case holds is for `test_rule_pages.py`; here that there is one, and that it asks for the right
thing.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import Case, parse_page

CORPUS = Path(__file__).parent.parent / "fixtures_corpus" / "rules" / "unexpected-keyword"
SHAPES = {case.title: case for case in parse_page(CORPUS / "shapes.md")}
VERSIONS = {case.title: case for case in parse_page(CORPUS / "versions.md")}

REPAIRED, REPORTED, LEFT_ALONE = "repaired", "reported", "left alone"
# The shapes of calls by number, as their cases are titled.
ASKED_FOR = {
    REPAIRED: {1, 2, 3, 4, 5, 6, 11, 12, 14, 19, 20, 21, 24, 25},
    REPORTED: {15},
    LEFT_ALONE: {7, 8, 9, 10, 13, 16, 17, 18, 22, 23},
}
# What a declared range means, by the cases that have it.
RANGES = {
    "Wholly broken": REPAIRED,
    "Partly broken, and exact": REPAIRED,
    "Partly broken, and a guess at the intent": REPORTED,
    "Partly broken, and no form for all": REPORTED,
    "Wholly fine": LEFT_ALONE,
    "Unknown": REPORTED,
    "Unknown, taken for the latest": REPAIRED,
    "Beyond what was tried": REPORTED,
    "An open range": REPAIRED,
    "Older versions refuse it": LEFT_ALONE,
    "Said by the configuration": LEFT_ALONE,
    "Said by a lock file": REPAIRED,
    "Said by an exact pin": REPAIRED,
    "Said by a range": REPAIRED,
    "Said by the nearest file that names the package": REPAIRED,
    "Said by a file that does not count": REPAIRED,
    "Said by requires-python": REPAIRED,
}
NUMBERED = [(number, verdict) for verdict, numbers in ASKED_FOR.items() for number in sorted(numbers)]


def verdict(case: Case) -> str:
    """What the case's blocks say that becomes of it, without options."""
    plain = [console.output for console in case.consoles if "--unsafe-fixes" not in console.arguments]
    if case.diff is not None or any("(fix: " in output for output in plain):
        return REPAIRED
    return REPORTED if any(plain) else LEFT_ALONE


def test_there_are_twenty_five_shapes() -> None:
    assert sorted(number for number, _ in NUMBERED) == list(range(1, 26))


@pytest.mark.parametrize(("number", "expected"), NUMBERED)
def test_a_shape_has_its_verdict(number: int, expected: str) -> None:
    """The first case of each number is the shape itself, the others are variants of it."""
    found = [case for title, case in SHAPES.items() if title.split()[0] == str(number)]
    assert found, f"no case for shape {number}"
    assert verdict(found[0]) == expected


@pytest.mark.parametrize(
    "title", ["In a comment or a string", "Where a file does not parse", "A comment on the line"]
)
def test_what_is_no_shape_has_a_case(title: str) -> None:
    assert title in SHAPES


@pytest.mark.parametrize("title", RANGES)
def test_a_way_to_say_a_version_has_its_verdict(title: str) -> None:
    assert verdict(VERSIONS[title]) == RANGES[title]
