"""The corpus of fixture visibility: what pytest says of each case, and that testfix says the same.

`.ci/run` has this file run with the oldest pytest of the `test` extra and with the newest.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cli_runner import write_files
from pages import PageError
from tools.pytest_truth import ask_pytest
from visibility_cases import (
    TestTruth,
    Truth,
    Verdict,
    VisibilityCase,
    disagreements,
    expand,
    failing,
    read_cases,
    read_truth,
)

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "fixtures_corpus" / "visibility").glob("*.md"))
ALL = [case for page in PAGES for case in read_cases(page)]
CASES = [case for case in ALL if pytest.__version__ in case.pytest]
# A hook puts the value where the fixture's would be, just before the setup.
SUPPLIED_LATE = {"k-marks-k7-a-hook-that-puts-the-value-there"}
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("visibility")
    return {case.id: write_files(root / f"{number:03}", case.case.files) for number, case in enumerate(CASES)}


@pytest.fixture(scope="module")
def truths(folders: dict[str, Path]) -> dict[str, Truth]:
    views = {case.id: [folders[case.id] / folder for folder in case.folders] for case in CASES}
    answers = ask_pytest([folder for view in views.values() for folder in view])
    return {case: read_truth(folders[case], [answers[view] for view in views[case]]) for case in views}


@EACH
def test_pytest_says_what_the_page_says(case: VisibilityCase, truths: dict[str, Truth]) -> None:
    truth = truths[case.id]
    where = f"{case.case.page.name}:{case.case.line}"
    assert bool(truth.stopped) == bool(case.stops), truth.stopped
    assert case.stops in truth.stopped
    assert truth.errors.keys() == {node for node, _ in case.errors}, truth.errors
    for node, text in case.errors:
        assert text in truth.errors[node]
    if case.fails is not None:
        assert failing(truth) == expand(where, case.fails, truth.tests)


@EACH
def test_the_plan_and_the_look_up_agree(case: VisibilityCase, truths: dict[str, Truth]) -> None:
    """What pytest shows first is among the names that the walk finds, and no test with such a name passes."""
    for node, test in truths[case.id].tests.items():
        assert test.first <= test.missing, node
        if case.id not in SUPPLIED_LATE:
            assert not test.missing or "passed" not in test.setup, node


@EACH
def test_testfix_agrees_with_pytest(
    case: VisibilityCase, folders: dict[str, Path], truths: dict[str, Truth]
) -> None:
    from fixer.api import fixture_verdicts

    verdicts = {
        verdict.node: Verdict(frozenset(verdict.missing), frozenset(name for name, _ in verdict.withheld))
        for verdict in fixture_verdicts(folders[case.id])
    }
    if not case.stops:
        assert disagreements(case, truths[case.id], verdicts) == []
