"""The corpus of fixture visibility: what pytest says of each case, and that testfix says the same.

`.ci/run` has this file run with the oldest pytest of the `test` extra and with the newest.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_runner import run_testfix, write_files
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
    named_first,
    read_cases,
    read_truth,
    unknown_argument,
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
def answers(folders: dict[str, Path]) -> dict[str, list[dict[str, Any]]]:
    views = {case.id: [folders[case.id] / folder for folder in case.folders] for case in CASES}
    asked = ask_pytest([folder for view in views.values() for folder in view])
    return {case: [asked[folder] for folder in view] for case, view in views.items()}


@EACH
def test_pytest_says_what_the_page_says(
    case: VisibilityCase, folders: dict[str, Path], answers: dict[str, list[dict[str, Any]]]
) -> None:
    truth = read_truth(folders[case.id], answers[case.id])
    assert bool(truth.stopped) == bool(case.stops), truth.stopped
    assert case.stops in truth.stopped
    assert truth.errors.keys() == {node for node, _ in case.errors}, truth.errors
    for node, text in case.errors:
        assert text in truth.errors[node]
    if case.fails is not None:
        where = f"{case.case.page.name}:{case.case.line}"
        assert failing(truth) == expand(where, case.fails, truth.tests)


@EACH
def test_the_plan_and_the_look_up_agree(
    case: VisibilityCase, answers: dict[str, list[dict[str, Any]]]
) -> None:
    """What pytest shows first is among the names that the walk finds, and no test with such a name passes."""
    for answer in answers[case.id]:
        for node, test in answer.get("tests", {}).items():
            assert named_first(test["setup"]) <= set(test["missing"]), node
            if case.id not in SUPPLIED_LATE:
                assert not test["missing"] or "passed" not in test["setup"], node


@EACH
def test_testfix_agrees_with_pytest(
    case: VisibilityCase, folders: dict[str, Path], answers: dict[str, list[dict[str, Any]]]
) -> None:
    from fixer.api import fixture_verdicts

    verdicts = {
        verdict.node: Verdict(frozenset(verdict.missing), frozenset(name for name, _ in verdict.withheld))
        for verdict in fixture_verdicts(folders[case.id])
    }
    if not case.stops:
        truth = read_truth(folders[case.id], answers[case.id])
        if found := disagreements(case, truth, verdicts):
            pytest.fail("\n".join((f"{case.case.page.name}:{case.case.line}", *found)), pytrace=False)


@pytest.mark.parametrize("case", [case for case in CASES if unknown_argument(case)], ids=lambda case: case.id)
def test_testfix_reports_arguments_that_pytest_cannot_collect(
    case: VisibilityCase, folders: dict[str, Path]
) -> None:
    """These lose a whole module or class; the finding is in that file and has the name."""
    done = run_testfix(("--check", "--select", "TF201", "--output-format", "json"), folders[case.id])
    findings = {(finding["path"], finding["name"]) for finding in json.loads(done.out)["findings"]}
    assert unknown_argument(case) <= findings


CASE = """## A case

A sentence.

{lines}

```python test_a.py
def test_a(nope):
    pass
```
"""


def a_case(folder: Path, lines: str) -> VisibilityCase:
    page = folder / "page.md"
    page.write_text(CASE.format(lines=lines), encoding="utf-8")
    (case,) = read_cases(page)
    return case


@pytest.mark.parametrize(
    ("lines", "setup", "missing", "withheld", "expected"),
    [
        ("", "not found: nope", {"nope"}, set(), []),
        ("", "not found: nope", set(), set(), ["pytest does not find 'nope', testfix does not say so"]),
        ("", "passed", {"nope"}, set(), ["'nope' reported as missing, pytest does not complain"]),
        ("", "skipped", {"nope"}, set(), ["'nope' reported as missing, pytest does not complain"]),
        ("", "xfailed", {"nope"}, set(), ["'nope' reported as missing, pytest does not complain"]),
        ("", "skipped", set(), set(), []),
        ("", "failed", {"nope"}, set(), []),
        ("", "failed", set(), set(), []),
        ("", "passed", set(), {"nope"}, ["'nope' withheld, and no rule asks for it"]),
        (
            "",
            "not found: nope",
            set(),
            {"nope"},
            [
                "pytest does not find 'nope', testfix does not say so",
                "'nope' withheld, and no rule asks for it",
            ],
        ),
        ("Withheld: test_a: nope (U1)", "not found: nope", set(), {"nope"}, []),
        ("Withheld: test_a: nope (U1)", "not found: nope", {"nope"}, set(), []),
        ("Withheld: test_a: nope (U1)", "not found: nope", set(), set(), []),
        (
            "Withheld: test_a: nope (U1)",
            "passed",
            {"nope"},
            set(),
            ["'nope' reported as missing, pytest does not complain"],
        ),
        ("Declared: test_a: nope (B4)", "not found: nope", set(), set(), []),
        (
            "Declared: test_a: nope (B4)",
            "not found: nope",
            {"nope"},
            set(),
            ["'nope' reported as missing, pytest does not complain"],
        ),
    ],
)
def test_what_counts_as_a_disagreement(
    tmp_path: Path, lines: str, setup: str, missing: set[str], withheld: set[str], expected: list[str]
) -> None:
    test = TestTruth(frozenset({"nope"}), setup == "not found: nope", frozenset({setup}))
    truth = Truth({"test_a.py::test_a": test}, {}, "")
    verdicts = {"test_a.py::test_a": Verdict(frozenset(missing), frozenset(withheld))}
    found = disagreements(a_case(tmp_path, lines), truth, verdicts)
    assert found == [f"test_a.py::test_a: {sentence}" for sentence in expected]


def test_a_test_that_pytest_does_not_collect(tmp_path: Path) -> None:
    verdicts = {"test_a.py::test_a": Verdict(frozenset({"nope"}), frozenset())}
    case = a_case(tmp_path, "")
    assert disagreements(case, Truth({}, {}, ""), verdicts) == [
        "test_a.py::test_a: 'nope' reported as missing, pytest does not collect the test"
    ]
    lost_with_its_file = Truth({}, {"test_a.py": "In test_b: function uses no argument 'x'"}, "")
    assert disagreements(case, lost_with_its_file, verdicts) == []


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("Fails: test_a", "'test_a' is not a test, a colon and names"),
        ("Fails: test_a: nope (U1)", "'test_a: nope (U1)' is not a test, a colon and names"),
        (
            "Withheld: test_a: nope",
            "'test_a: nope' is not a test, a colon and names, and in brackets the rule that excuses",
        ),
        ("Error: test_a.py", "an error is a file, a colon and what pytest says"),
        ("Fails: nothing\n\nFails: nothing", "a second line Fails"),
    ],
)
def test_a_line_that_cannot_be_read(tmp_path: Path, lines: str, message: str) -> None:
    with pytest.raises(PageError) as caught:
        a_case(tmp_path, lines)
    assert str(caught.value) == f"{tmp_path / 'page.md'}:1: {message}"


def test_a_test_is_named_by_the_end_of_its_id() -> None:
    nodes = ["a/test_a.py::test_a", "b/test_a.py::test_a", "b/test_a.py::TestB::test_b"]
    names = frozenset({"nope"})
    assert expand("", (("TestB::test_b", names),), nodes) == {"b/test_a.py::TestB::test_b": names}
    with pytest.raises(PageError, match="fits"):
        expand("", (("test_a", names),), nodes)
    with pytest.raises(PageError, match="fits none"):
        expand("", (("st_a", names),), nodes)


def test_every_rule_of_the_specification_has_cases() -> None:
    rules = {"E": 6, "C": 7, "M": 5, "T": 9, "P": 9, "K": 7, "D": 9, "V": 10, "R": 4, "B": 5, "U": 4}
    wanted = {f"{letter}{number}" for letter, last in rules.items() for number in range(1, last + 1)}
    assert {case.case.title.split(": ")[0] for case in ALL} == wanted
