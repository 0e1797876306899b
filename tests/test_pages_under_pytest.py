"""Every repair of a fixture that a page shows, under real pytest: red before, green after.

A case of a fixture rule with a diff is run twice: as it is, where some test has to fail or some module
cannot be collected, and after `testfix` with the case's own arguments, where all have to pass. Lines of the
case's text may say otherwise:

    Before: green           the repair is a matter of order, not of tests that fail
    Before: red             tests fail although the rule is one of order
    Not run: <why>          it takes something that is not installed here
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest
from cli_runner import run_testfix, write_files
from pages import Case, PageError, parse_page
from tools.pytest_runs import run_pytest

ROOT = Path(__file__).parent.parent
RULES = ("missing-fixture", "unrequested-fixture", "undecorated-fixture", "duplicate-fixture")
GREEN_BEFORE = {"duplicate-fixture"}  # nothing fails because a fixture is declared twice
LINE = re.compile(r"(Before|Not run): (.+)")
GREEN = 0
RED = (1, 2)  # tests failed; collection was interrupted
FAILURES = re.compile(r"\d+ (?:failed|errors?)\b")


def pages() -> list[Path]:
    """The pages of the fixture rules, and those of the corpus."""
    own = [ROOT / "fixer" / "rules" / f"{rule.replace('-', '_')}.md" for rule in RULES]
    corpus = [
        page for rule in RULES for page in sorted((ROOT / "fixtures_corpus" / "rules" / rule).glob("*.md"))
    ]
    return [page for page in (*own, *corpus) if page.exists()]


def marks(case: Case) -> dict[str, str]:
    return {match[1]: match[2] for line in case.prose if (match := LINE.match(line))}


def cases_of(page: Path) -> list[Case]:
    """The cases with a repair. A page that cannot be read fails in test_rule_pages.py."""
    with contextlib.suppress(PageError):
        return [case for case in parse_page(page) if case.expected_diff and "Not run" not in marks(case)]
    return []


CASES = [case for page in pages() for case in cases_of(page)]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], tuple[int, str]]:
    """Status and output by case and by "before" or "after"."""
    root = tmp_path_factory.mktemp("pages")
    folders: dict[tuple[str, str], Path] = {}
    for number, case in enumerate(CASES):
        for when in ("before", "after"):
            folders[_key(case), when] = write_files(root / f"{number:03}-{when}", case.files)
        arguments = [word for word in case.diff_arguments if word != "--diff"]
        assert run_testfix(arguments, folders[_key(case), "after"]).status in (0, 1)
    answers = run_pytest(list(folders.values()))
    return {key: answers[folder] for key, folder in folders.items()}


def _key(case: Case) -> str:
    return f"{case.page.parent.name}-{case.id}"


@pytest.mark.parametrize("case", CASES, ids=_key)
def test_the_repair_turns_the_tests_green(case: Case, runs: dict[tuple[str, str], tuple[int, str]]) -> None:
    status, text = runs[_key(case), "before"]
    page = case.page.stem.replace("_", "-") if case.page.parent.name == "rules" else case.page.parent.name
    usual = "green" if page in GREEN_BEFORE else "red"
    if marks(case).get("Before", usual) == "green":
        assert status == GREEN, text
    else:
        assert status in RED and FAILURES.search(text), text
    status, text = runs[_key(case), "after"]
    assert status == GREEN, text


def test_there_are_such_cases_for_each_rule() -> None:
    names = {_key(case) for case in CASES}
    assert any("move" in name for name in names)
    assert any(name.startswith("duplicate-fixture") for name in names)
