"""What is printed from a Report. git says whether a diff is one."""

from __future__ import annotations

import io
import json
import subprocess
import tempfile
from pathlib import Path

import pytest
from cli_runner import contents, git_apply, write_files
from hypothesis import given, settings
from hypothesis import strategies as st

from fixer.edits import AddImport, RenameName
from fixer.finding import Finding, Fix, Safety
from fixer.import_statement import Import
from fixer.output.concise import render_concise
from fixer.output.diff import file_diff, paint_diff, render_diff
from fixer.output.frame import frame
from fixer.output.json import render_json
from fixer.output.page import render_page
from fixer.output.paint import wants_color
from fixer.output.progress import Progress
from fixer.output.statistics import render_statistics
from fixer.output.summary import diff_summary, summary
from fixer.output.text import render_text
from fixer.output.view import View
from fixer.report import Change, FileError, Report
from fixer.rule import Withheld
from fixer.span import Span

ROOT = Path("/project")
PLAIN = View(ROOT)
WRITTEN = View(ROOT, written=True)
TEST_A = "tests/test_a.py"


def import_fix(name: str, safety: Safety, module: str = "unittest.mock") -> Fix:
    return Fix(f"{name} {safety}", (AddImport(TEST_A, Import(module, name)),), safety, "all other files do")


def finding(
    name: str, line: int = 1, fix: Fix | None = None, column: int = 1, path: str = TEST_A, **more: object
) -> Finding:
    reason = None if fix else "nothing defines it"
    span = Span(line, column, line, column + len(name))
    message = f"`{name}` is not defined"
    return Finding(
        "TF101", "undefined-name", path, span, name, message, fix=fix, reason_unfixed=reason, **more
    )  # type: ignore[arg-type]


def report(*findings: Finding, fixed: tuple[Fix, ...] = (), **more: object) -> Report:
    ids = frozenset(fix.id for fix in fixed)
    changes = (Change(TEST_A, b"a\n", b"b\n"),) if fixed else ()
    return Report(ROOT, 20, findings, ids, changes, **more)  # type: ignore[arg-type]


# The diff

LINE = st.sampled_from(
    [b"", b"a", b"b", b"x = 1", b"    pass", b"\xe9 latin", b"-- a", b"++ b", b"a\rb", b"\x0c", b"\t "]
)
END = st.sampled_from([b"\n", b"\n", b"\n", b"\r\n"])
LINES = st.lists(st.tuples(LINE, END).map(b"".join), max_size=30)
NAMES = [
    "tests/test_a.py",
    "tests/with blank.py",
    "tests/pr\u00fcf \u65e5.py",
    "tests/--- a.py",
    "conftest.py",
]


@st.composite
def edited(draw: st.DrawFn) -> tuple[bytes | None, bytes]:
    """A file before and after a few insertions and removals, either with or without a line end at its end."""
    lines = draw(LINES)
    changed = list(lines)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(changed)))
        changed[at : at + draw(st.integers(0, 3))] = draw(
            st.lists(st.tuples(LINE, END).map(b"".join), max_size=3)
        )
    last = st.sampled_from([b"", b"no line end"])
    before = None if draw(st.integers(0, 5)) == 0 else b"".join(lines) + draw(last)
    return before, b"".join(changed) + draw(last)


@settings(max_examples=40)
@given(st.lists(edited(), min_size=1, max_size=len(NAMES)))
def test_git_applies_every_diff(files: list[tuple[bytes | None, bytes]]) -> None:
    changes = tuple(Change(name, *pair) for name, pair in zip(NAMES, files, strict=False))
    with tempfile.TemporaryDirectory() as folder:
        here = write_files(
            Path(folder), {change.path: change.before for change in changes if change.before is not None}
        )
        diff = render_diff(Report(here, len(changes), changes=changes), here)
        if diff:
            git_apply(diff, here)
        assert contents(here) == {change.path: change.after for change in changes}


@pytest.mark.parametrize(
    "name", ["a.py", "a b.py", "\u00e9.py", "\u00e9 b.py", 'a"b.py', "a\\b.py", "a\tb.py", "a\nb.py"]
)
def test_names_are_written_as_git_writes_them(name: str, tmp_path: Path) -> None:
    """git itself, asked for a diff of a file of that name, is the truth; some systems have no such names."""
    try:
        write_files(tmp_path, {name: b"1\n"})
    except OSError:
        return
    for command in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    (tmp_path / name).write_bytes(b"2\n")
    theirs = subprocess.run(
        ["git", "-c", "core.quotePath=true", "diff"], cwd=tmp_path, check=True, capture_output=True
    ).stdout
    assert file_diff(Change(name, b"1\n", b"2\n"), name) == theirs[theirs.index(b"\n--- ") + 1 :]


def test_distant_changes_make_hunks_as_git_makes_them(tmp_path: Path) -> None:
    before = [f"line {number}\n" for number in range(100)]
    after = ["new\n", *before[:50], *before[52:57], "other\n", *before[58:99], "last"]
    write_files(tmp_path, {"old": "".join(before).encode(), "new": "".join(after).encode()})
    command = ["git", "diff", "--no-index", "old", "new"]
    theirs = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).stdout.decode()
    ours = file_diff(Change("x", *((tmp_path / name).read_bytes() for name in ("old", "new"))), "x").decode()

    def hunks(diff: str) -> str:
        """From the first hunk on; git adds the text of an earlier line behind the second @@."""
        lines = diff[diff.index("@@") :].splitlines()
        return "\n".join(line[: line.index("@@", 2) + 2] if line.startswith("@@") else line for line in lines)

    assert hunks(ours) == hunks(theirs)
    assert ours.count("@@ -") == 3


def test_a_new_file_comes_as_git_prints_it(tmp_path: Path) -> None:
    write_files(tmp_path, {"new": b"x = 1\ny = 2\n"})
    command = ["git", "diff", "--no-index", "/dev/null", "new"]
    theirs = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).stdout
    without_index = [line for line in theirs.splitlines(keepends=True) if not line.startswith(b"index ")]
    assert file_diff(Change("new", None, b"x = 1\ny = 2\n"), "new") == b"".join(without_index)


def test_diff_paths_count_from_the_working_directory(tmp_path: Path) -> None:
    write_files(tmp_path, {"sub/tests/test_a.py": b"a\n"})
    change = Change("sub/tests/test_a.py", b"a\n", b"b\n")
    diff = render_diff(Report(tmp_path, 1, changes=(change,)), tmp_path / "sub")
    git_apply(diff, tmp_path / "sub")
    assert (tmp_path / change.path).read_bytes() == b"b\n"


def test_a_diff_on_a_terminal_shows_no_raw_bytes() -> None:
    shown = paint_diff(file_diff(Change("a", b"", b"\xe9\t\x1b[0m\r\n"), "a"), color=False)
    assert shown.endswith("+\\xe9\t\\x1b[0m\n")


# The source line


@pytest.mark.parametrize(
    ("line", "column", "width", "shown", "carets"),
    [
        ("x = abc()", 5, 80, "x = abc()", "    ^^^"),
        ("\tabc", 2, 80, "    abc", "    ^^^"),
        ("  \tabc", 4, 80, "    abc", "    ^^^"),
        ("'\u65e5\u672c', abc", 7, 80, "'\u65e5\u672c', abc", "        ^^^"),
        ("'e\u0301', abc", 7, 80, "'e\u0301', abc", "     ^^^"),
        ("'\x1b', abc", 6, 80, "'\\x1b', abc", "        ^^^"),
        ("'\u202e', abc", 6, 80, "'\\u202e', abc", "          ^^^"),
        ("abc" + " + y" * 50, 1, 30, "abc + y + y + y + y + y ...", "^^^"),
        ("y + " * 50 + "abc", 201, 40, "...y + y + y + y + y + abc", "                       ^^^"),
        ("abc", 9, 80, "abc", "   ^"),
        ("", 1, 80, "", "^"),
    ],
)
def test_carets_stand_below_the_span(line: str, column: int, width: int, shown: str, carets: str) -> None:
    assert frame(line, Span(1, column, 1, column + 3), width) == (shown, carets)


@given(
    st.text(alphabet="ab\t\u65e5\u0301\x1b", max_size=200),
    st.integers(1, 210),
    st.integers(0, 90),
    st.integers(20, 100),
)
def test_a_source_line_never_grows_too_wide(line: str, column: int, length: int, width: int) -> None:
    shown, carets = frame(line, Span(1, column, 1, column + length), width)
    wide = sum(2 if char == "\u65e5" else char != "\u0301" for char in shown)
    assert wide <= width
    assert len(carets) <= width + 1
    assert carets.strip("^").isspace() or not carets.strip("^")
    assert "^" in carets


# Text


def lines_of(report: Report, view: View) -> list[str]:
    return "".join(render_text(report, view)).split("\n")


def test_a_finding_in_full() -> None:
    fix = import_fix("patch", Safety.SAFE)
    text = lines_of(
        report(finding("patch", 2, fix, column=6), fixed=(fix,), sources={TEST_A: "\nwith patch():\n"}), PLAIN
    )
    assert text == [
        "tests/test_a.py:2:6: TF101 `patch` is not defined",
        "   2 | with patch():",
        "     |      ^^^^^",
        "     = fix: from unittest.mock import patch",
        "       safe: all other files do",
        "",
        "Found 1 finding (undefined-name) in 1 of 20 files.",
        "testfix fixes 1 of them.",
        "",
    ]


def test_what_is_not_fixed_says_why_and_lists_candidates() -> None:
    candidates = tuple(f"from m{number} import x" for number in range(8))
    text = lines_of(report(finding("x", candidates=candidates)), PLAIN)
    assert text[:8] == [
        "tests/test_a.py:1:1: TF101 `x` is not defined",
        "     = not fixed: nothing defines it",
        "       perhaps: from m0 import x",
        *(f"       or: from m{number} import x" for number in range(1, 5)),
        "       and 3 more",
    ]


def test_a_suggestion_is_no_fix() -> None:
    fix = import_fix("x", Safety.SUGGESTION, "m0")
    text = lines_of(report(finding("x", 1, fix, candidates=("from m0 import x", "from m1 import x"))), PLAIN)
    assert text[1:4] == [
        "     = not fixed: all other files do",
        "       perhaps: from m0 import x",
        "       or: from m1 import x",
    ]


def test_thirty_uses_of_one_name_take_one_block() -> None:
    fix = import_fix("patch", Safety.UNSAFE)
    uses = [finding("patch", line, fix) for line in range(1, 31)]
    text = lines_of(report(*uses), PLAIN)
    assert sum("TF101" in line for line in text) == 1
    assert text[1:4] == [
        "     = fix with --unsafe-fixes: from unittest.mock import patch",
        "       unsafe: all other files do",
        "     = also at lines 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 17 more",
    ]


def test_a_repair_takes_one_line_a_file() -> None:
    rename = Fix("r", (RenameName(TEST_A, Span(3, 1, 3, 4), "Old", "New"),), Safety.SAFE, "configured")
    fixes = (import_fix("patch", Safety.SAFE), import_fix("Mock", Safety.SAFE), rename)
    found = [finding(fix.id, line, fix) for line, fix in enumerate(fixes, 1)]
    text = lines_of(report(*found, finding("x", 9), fixed=fixes), WRITTEN)
    assert text[:3] == [
        "Fixed tests/test_a.py: from unittest.mock import Mock, patch; Old -> New",
        "",
        "tests/test_a.py:9:1: TF101 `x` is not defined",
    ]
    assert text[-2] == "Fixed 3 findings in 1 file. 1 left (undefined-name)."


@given(st.text(), st.text(), st.text())
def test_nothing_raw_reaches_the_terminal(name: str, path: str, source: str) -> None:
    """Names, paths, messages and source lines come from files that anyone may have written."""
    what = Finding(
        "TF101", "undefined-name", path, Span(1, 1, 1, 2), name, name, (name,), reason_unfixed=name
    )
    problem = FileError(path, name, 3)
    full = report(
        what,
        errors=(problem,),
        notes=(name,),
        sources={path: source},
        withheld=(Withheld("TF101", path, what.span, name, name),),
    )
    for text in (render_text(full, PLAIN), render_concise(full, PLAIN), render_statistics(full, PLAIN)):
        assert all(char.isprintable() for char in "".join(text).replace("\n", ""))
    assert len("".join(render_concise(full, PLAIN)).splitlines()) == 2


def test_color_changes_nothing_but_color() -> None:
    fix = import_fix("patch", Safety.SAFE)
    full = report(finding("patch", 1, fix), finding("x"), fixed=(fix,), sources={TEST_A: "patch\n"})
    colored = "".join(render_text(full, View(ROOT, color=True)))
    assert "\x1b[" in colored
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == "".join(render_text(full, PLAIN))


@pytest.mark.parametrize(
    ("choice", "terminal", "environ", "expected"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_when_to_color(choice: str, terminal: bool, environ: dict[str, str], expected: bool) -> None:
    assert wants_color(choice, terminal, environ) is expected


# The other formats

SAFE, UNSAFE = import_fix("patch", Safety.SAFE), import_fix("Frob", Safety.UNSAFE, "pkg")


def test_concise_is_one_line_a_finding() -> None:
    full = report(finding("patch", 1, SAFE), finding("Frob", 2, UNSAFE), finding("x", 3), fixed=(SAFE,))
    assert "".join(render_concise(full, PLAIN)).splitlines() == [
        "tests/test_a.py:1:1: TF101 `patch` is not defined (fix: from unittest.mock import patch)",
        "tests/test_a.py:2:1: TF101 `Frob` is not defined (unsafe fix: from pkg import Frob)",
        "tests/test_a.py:3:1: TF101 `x` is not defined (nothing defines it)",
    ]
    assert len("".join(render_concise(full, WRITTEN)).splitlines()) == 2


@pytest.mark.parametrize(("view", "written"), [(PLAIN, False), (WRITTEN, True)])
def test_json(view: View, written: bool) -> None:
    full = report(
        finding("patch", 3, SAFE, column=2),
        finding("Frob", 4, UNSAFE),
        fixed=(SAFE,),
        errors=(FileError("b", "no", 7),),
    )
    document = json.loads(render_json(full, view))
    assert document["findings"][0] == {
        "code": "TF101",
        "rule": "undefined-name",
        "path": "tests/test_a.py",
        "line": 3,
        "column": 2,
        "end_line": 3,
        "end_column": 7,
        "name": "patch",
        "message": "`patch` is not defined",
        "safety": "safe",
        "fixed": written,
        "reason_unfixed": None,
        "candidates": [],
        "edits": [
            {"kind": "add-import", "path": "tests/test_a.py", "text": "from unittest.mock import patch"}
        ],
    }
    assert document["errors"] == [{"path": "b", "message": "line 7: no"}]
    assert document["summary"] == {
        "findings": 2,
        "fixable": 2,
        "fixed": int(written),
        "changed_files": int(written),
    }
    assert (document["version"], document["files_checked"], len(document)) == (1, 20, 5)


def test_statistics_count_names_and_causes() -> None:
    withheld = Withheld("TF101", TEST_A, Span(1, 1, 1, 2), "y", "star import")
    full = report(
        *(finding("patch", line, SAFE) for line in (1, 2)),
        finding("Frob", 3, UNSAFE),
        finding("x"),
        fixed=(SAFE,),
        withheld=(withheld,),
    )
    rows = ["  ".join(row.split()) for row in "".join(render_statistics(full, PLAIN)).splitlines()]
    assert rows == [
        "4  TF101  undefined-name  2  fixable,  1  with  --unsafe-fixes,  1  not  fixable",
        "2  patch  fixable",
        "1  Frob  with  --unsafe-fixes",
        "1  x  not  fixable",
        "",
        "Looked  at  and  not  judged:",
        "1  TF101  star  import",
    ]


@pytest.mark.parametrize(
    ("found", "view", "expected"),
    [
        (report(), PLAIN, "No findings in 20 files."),
        (Report(ROOT, 0), PLAIN, "No test files found to check."),
        (report(finding("p", 1, SAFE), fixed=(SAFE,)), WRITTEN, "Fixed 1 finding in 1 file. Nothing left."),
        (report(finding("x")), WRITTEN, "Fixed nothing. 1 left (undefined-name)."),
        (
            report(finding("p", 1, SAFE), finding("f", 1, UNSAFE), finding("x"), fixed=(SAFE,)),
            WRITTEN,
            "Fixed 1 finding in 1 file. 2 left (undefined-name); --unsafe-fixes fixes 1 of them.",
        ),
        (
            report(finding("p", 1, SAFE), finding("f", 1, UNSAFE), fixed=(SAFE,)),
            PLAIN,
            "Found 2 findings (undefined-name) in 1 of 20 files.\n"
            "testfix fixes 1 of them, --unsafe-fixes 1 more.",
        ),
        (
            report(finding("f", 1, UNSAFE), fixed=(UNSAFE,)),
            PLAIN,
            "Found 1 finding (undefined-name) in 1 of 20 files.\ntestfix --unsafe-fixes fixes 1 of them.",
        ),
    ],
)
def test_the_closing_summary(found: Report, view: View, expected: str) -> None:
    assert summary(found, view) == expected


def test_the_summary_of_a_diff() -> None:
    full = report(finding("p", 1, SAFE), finding("f", 1, UNSAFE), fixed=(SAFE,))
    assert diff_summary(full, PLAIN) == (
        "Would fix 1 finding in 1 file. 1 left (undefined-name); --unsafe-fixes fixes it."
    )


def test_progress_waits_and_cleans_up() -> None:
    quick, slow = io.StringIO(), io.StringIO()
    with Progress(quick) as progress:
        progress(1, 10)
    with Progress(slow, delay=0) as progress:
        progress(5, 10)
    assert quick.getvalue() == ""
    drawn = "[###############---------------] 5 of 10"
    assert slow.getvalue() == f"\r{drawn}\r{' ' * len(drawn)}\r"


def test_a_page_in_a_pipe_is_the_page_itself() -> None:
    page = "# a\n\n`code` and **bold** and [text](link)\n\n```diff\n+x\n```\n"
    assert render_page(page, color=False) == page
    colored = render_page(page, color=True)
    assert "```" not in colored and "text (link)" in colored and "\x1b[32m+x" in colored
