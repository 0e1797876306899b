"""Rules and pages go together, and every case of every page holds.

`pytest tests/test_rule_pages.py --update-pages` rewrites the blocks; read the difference before you commit.
"""

from __future__ import annotations

import difflib
import re
from pathlib import Path

import pytest
from cli_runner import contents, git_apply, run_testfix, write_files
from pages import Case, PageError, parse_page, rewrite, shown

from fixer.rules import LoadedRule, load_rules

ROOT = Path(__file__).parent.parent
RULE_PAGES = sorted((ROOT / "fixer" / "rules").glob("*.md"))
CORPUS_PAGES = sorted((ROOT / "fixtures_corpus" / "rules").glob("*/*.md"))
RULES = load_rules()


def cases_of(page: Path) -> list[Case | PageError]:
    """An unreadable page is a case that fails, and does not keep the others from running."""
    try:
        return list(parse_page(page))
    except PageError as error:
        return [error]


def case_id(case: Case | PageError) -> str:
    if isinstance(case, PageError):
        return "unreadable"
    return case.id if case.page in RULE_PAGES else f"{case.page.parent.name}-{case.id}"


CASES = [case for page in (*RULE_PAGES, *CORPUS_PAGES) for case in cases_of(page)]


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert {page.stem for page in RULE_PAGES} == {rule.module for rule in RULES}
    assert {page.parent.name for page in CORPUS_PAGES} <= {rule.name for rule in RULES}


def test_codes_are_unique_and_well_formed() -> None:
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"TF[0-9]{3}", code) for code in codes)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_page_says_what_the_rule_says(rule: LoadedRule) -> None:
    page = rule.page()
    title, intro = page.split("\n\n")[:2]
    assert title == f"# {rule.name} ({rule.code})"
    folded = " ".join(intro.lower().split())
    summary = rule.summary.lower().rstrip(".")
    assert summary in folded, "the first paragraph holds the rule's summary"
    assert "\n## Known limitations\n" in page
    assert "\n## Examples\n" in page


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_case(case: Case | PageError, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if isinstance(case, PageError):
        pytest.fail(str(case))
    where = f"{case.page.relative_to(ROOT).as_posix()}:{case.line}"
    original = case.files
    folder = write_files(tmp_path / "case", original)
    diff = run_testfix(case.diff_arguments, folder)
    assert diff.status in (0, 1), f"{where}\n{diff.err}"
    assert contents(folder) == original, f"{where}: --diff wrote"
    outputs = [
        shown(run_testfix(console.arguments, write_files(tmp_path / f"console{number}", original)).out)
        for number, console in enumerate(case.consoles)
    ]
    if request.config.getoption("--update-pages"):
        rewrite(case.page, case.title, shown(diff.out), outputs)
    else:
        _equal(shown(diff.out), case.expected_diff, where)
        for console, output in zip(case.consoles, outputs, strict=True):
            _equal(output, console.output, where)

    arguments = [word for word in case.diff_arguments if word != "--diff"]
    run_testfix(arguments, folder)
    repaired = contents(folder)
    _parses(original, repaired)
    again = run_testfix(case.diff_arguments, folder)
    assert again.out == b"", f"{where}: a second run has something to do"
    if diff.out:
        applied = write_files(tmp_path / "applied", original)
        git_apply(diff.out, applied)
        assert contents(applied) == repaired, f"{where}: --diff is not what gets written"
    _same_however_it_is_run(case, arguments, tmp_path, diff.out, repaired)


def _equal(printed: str, expected: str, where: str) -> None:
    if printed != expected:
        lines = difflib.unified_diff(
            expected.split("\n"), printed.split("\n"), "the page", "testfix", n=99, lineterm=""
        )
        pytest.fail("\n".join((where, *lines)), pytrace=False)


def _parses(original: dict[str, bytes], repaired: dict[str, bytes]) -> None:
    for path, content in repaired.items():
        if path.endswith(".py") and content != original.get(path):
            compile(content, path, "exec", dont_inherit=True)


def _same_however_it_is_run(
    case: Case, arguments: list[str], tmp_path: Path, diff: bytes, repaired: dict[str, bytes]
) -> None:
    """Neither the order of files, nor batches of one, nor the number of processes changes the result."""
    named = [word for word in arguments if not word.startswith("-") and (tmp_path / "case" / word).exists()]
    if named:  # the case chooses its paths itself
        return
    files = sorted((path for path in case.files if path.endswith(".py")), reverse=True)
    together = write_files(tmp_path / "reversed", case.files)
    run_testfix([*arguments, *files], together)
    assert contents(together) == repaired, "the files in reverse order"
    single = write_files(tmp_path / "single", case.files)
    for path in files:
        run_testfix([*arguments, path], single)
    assert contents(single) == repaired, "the files one by one"
    parallel = write_files(tmp_path / "parallel", case.files)
    assert run_testfix([*case.diff_arguments, "--jobs", "2"], parallel).out == diff, "two processes"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("## A\n\n```python\nx = 1\n```\n", "3: unknown block 'python'; a file needs its path"),
        ("## A\n\n```python a.py\n```\n```python a.py\n```\n", "5: a second file a.py"),
        ("## A\n\n```python a.py\nx = 1\n", "3: the block is never closed"),
        ("## A\n\n```python ../a.py\n```\n", "3: ../a.py lies outside the folder of the case"),
        (
            "## A\n\n```python a.py utf-9\n```\n",
            "3: unknown flag 'utf-9'; there are crlf, latin-1, no-newline",
        ),
        ("## A\n```python a.py\n```\n## a\n```python a.py\n```\n", "4: a second case called 'a'"),
        (
            "## A\n\n```python a.py\n```\n```console\nls\n```\n",
            "5: a console block starts with `$ testfix ...`",
        ),
        ("## A\n\n```diff\n```\n", "1: 'A' has no file"),
    ],
)
def test_a_bad_page_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    page = tmp_path / "bad.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(PageError) as caught:
        parse_page(page)
    assert str(caught.value) == f"{page}:{message}"


def test_a_page_is_read_and_rewritten(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    before = (
        "# x\n\n## Intro\n\n```python\nno case\n```\n\n## Examples\n\n### One\n\nText.\n\n"
        "````python tests/test_a.py crlf no-newline\na = '''\n```\n'''\n````\n\n"
        "```text d.txt latin-1\n\u00e9\n```\n\n"
        "```diff\nold\n```\n\n```console\n$ testfix --check 'a b'\n\nold\n```\n"
    )
    page.write_bytes(before.encode())
    (case,) = parse_page(page)
    assert case.files == {"tests/test_a.py": b"a = '''\r\n```\r\n'''", "d.txt": b"\xe9\n"}
    assert case.expected_diff == "old\n"
    assert case.consoles[0].arguments == ("--check", "a b")
    assert case.consoles[0].output == "\nold\n"
    rewrite(page, "One", "new\nlines\n", [""])
    after = before.replace("```diff\nold\n", "```diff\nnew\nlines\n").replace("'a b'\n\nold\n", "'a b'\n")
    assert page.read_bytes().decode() == after
