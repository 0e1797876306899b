"""The pipeline: what is applied, what is refused, and that modes and numbers of processes agree."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fixer import check, repair
from fixer.config import Config
from fixer.facts.model import Parts
from fixer.reading import Unread, read_all
from fixer.run import Mode, run
from tests.cli_runner import contents, git_apply, run_testfix, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from fixer.finding import Finding


# -- The whole pipeline, with the real rules.

NAMES = ("Mock", "patch", "AsyncMock", "Path", "datetime", "pytest", "json", "Decimal", "nothing_like_it")
NEWER = {  # by the first Python that compiles it
    (3, 12): "type Pair = tuple[int, int]\n",
    (3, 14): "import string\nfound = t'{string}'\n",
}


def suite(files: int) -> dict[str, bytes]:
    """A project of small test files, of which some are broken in one way or another."""
    found = {"pyproject.toml": b"[tool.ruff]\nline-length = 100\n"}
    for number in range(files):
        first, second = NAMES[number % len(NAMES)], NAMES[number // 7 % len(NAMES)]
        lines = ["import os\n" * (number % 2), f"def test_{number}():\n", f"    {first}.x({second}())\n"]
        source = "".join(lines).replace("\n", "\r\n" if number % 5 == 0 else "\n")
        found[f"tests/part {number % 3}/test_{number}.py"] = source.encode()
    found["tests/test_broken.py"] = b"import os\n\ndef test_it(:\n    Mock()\n"
    found["tests/test_latin.py"] = b"x = 1\n# \xe9\nMock()\n"
    found["tests/test_sound.py"] = b"import json\n\n\ndef test_it():\n    json.loads('1')\n"
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_files(tmp_path_factory.mktemp("suite") / "project", suite(320))


def findings_of(report) -> list[Finding]:  # type: ignore[no-untyped-def]
    return [replace(finding, fix=None) for finding in report.findings]


@pytest.mark.parametrize("unsafe", [False, True])
def test_check_diff_and_repair_agree(whole: Path, tmp_path: Path, unsafe: bool) -> None:
    config = Config(jobs=1, unsafe_fixes=unsafe)
    before = contents(whole)
    checked = run(config, [], Mode.CHECK, whole)
    planned = run(config, [], Mode.DIFF, whole)
    assert contents(whole) == before
    root = write_files(tmp_path / "copy", before)
    repaired = run(config, [], Mode.REPAIR, root)
    assert checked.fixed == planned.fixed == repaired.fixed != frozenset()
    assert findings_of(checked) == findings_of(planned) == findings_of(repaired)
    assert checked.changes == ()
    assert planned.changes == repaired.changes != ()
    after = contents(root)
    changed = {change.path for change in repaired.changes}
    assert {path for path in after if after[path] != before[path]} == changed
    assert {change.path: change.after for change in planned.changes} == {
        path: after[path] for path in changed
    }
    assert all(finding.fix or finding.reason_unfixed for finding in repaired.findings)

    again = run(config, [], Mode.REPAIR, root)
    assert again.changes == ()
    assert contents(root) == after
    assert len(again.findings) == len(repaired.left)


def test_the_number_of_processes_changes_nothing(whole: Path) -> None:
    one, two, many = (run(Config(jobs=jobs), [], Mode.DIFF, whole) for jobs in (1, 2, 7))
    assert one.files_checked >= 323
    assert one == two == many


def test_any_batch_is_told_the_same(whole: Path) -> None:
    everything = run(Config(jobs=1), [], Mode.DIFF, whole)
    for batch in (["tests/part 1"], ["tests/part 2/test_5.py", "tests/test_broken.py"]):
        some = run(Config(jobs=1), batch, Mode.DIFF, whole)
        assert some.findings
        assert set(some.findings) <= set(everything.findings)
        assert set(some.changes) <= set(everything.changes)


def test_the_diff_is_what_git_writes(whole: Path, tmp_path: Path) -> None:
    before = contents(whole)
    patched, repaired = (write_files(tmp_path / name, before) for name in ("patched", "repaired"))
    git_apply(run_testfix(["--diff"], patched).out, patched)
    run_testfix([], repaired)
    assert contents(patched) == contents(repaired) != before


def test_a_new_conftest_and_what_it_opens_the_way_for(tmp_path: Path) -> None:
    """`db` in `test_y` is a name that nothing explains until the conftest makes a fixture of it visible."""
    before = {
        "pyproject.toml": b'[tool.pytest.ini_options]\npythonpath = ["."]\ntestpaths = ["tests"]\n',
        "support/__init__.py": b"",
        "support/fx.py": b"import pytest\n\n\n@pytest.fixture\ndef db():\n    return 1\n",
        "tests/test_a.py": b"def test_x(db):\n    assert db == 1\n\n\ndef test_y():\n    assert db\n",
    }
    patched, repaired = (write_files(tmp_path / name, before) for name in ("patched", "repaired"))
    git_apply(run_testfix(["--diff", "--unsafe-fixes"], patched).out, patched)
    report = run(Config(unsafe_fixes=True), [], Mode.REPAIR, repaired)
    assert report.left == ()
    assert {change.path for change in report.changes if change.before is None} == {"tests/conftest.py"}
    assert contents(patched) == contents(repaired)
    after = contents(repaired)
    assert after["tests/conftest.py"] == b"from support.fx import db  # noqa: F401\n"
    assert after["tests/test_a.py"] == before["tests/test_a.py"].replace(b"test_y()", b"test_y(db)")
    assert run(Config(unsafe_fixes=True), [], Mode.REPAIR, repaired).findings == ()


def test_files_that_cannot_be_read_are_reported_with_their_line(whole: Path) -> None:
    report = run(Config(jobs=1), [], Mode.CHECK, whole)
    broken = {finding.path: finding for finding in report.findings if finding.code == "TF001"}
    assert set(broken) == {"tests/test_broken.py", "tests/test_latin.py"}
    assert broken["tests/test_broken.py"].span.line == 3
    assert broken["tests/test_latin.py"].span.line == 2
    assert report.files_checked >= 323


@pytest.mark.parametrize("version", NEWER, ids=[".".join(map(str, version)) for version in NEWER])
def test_newer_syntax_is_left_alone_and_never_called_broken(tmp_path: Path, version: tuple[int, int]) -> None:
    source = f"{NEWER[version]}\ndef test_it():\n    Mock()\n".encode()
    root = write_files(tmp_path / "project", {"test_new.py": source, "test_a.py": b"Mock()\n"})
    report = run(Config(), [], Mode.REPAIR, root)
    assert (root / "test_a.py").read_bytes() == b"from unittest.mock import Mock\n\nMock()\n"
    assert {finding.code for finding in report.findings} == {"TF101"}
    if sys.version_info < version:
        assert (root / "test_new.py").read_bytes() == source
        [note] = report.notes
        assert note.startswith("test_new.py needs a newer Python than")
        assert [(withheld.path, withheld.code) for withheld in report.withheld] == [("test_new.py", "TF001")]
    else:
        assert b"from unittest.mock import Mock\n" in (root / "test_new.py").read_bytes()
        assert report.notes == ()


def test_a_file_that_vanished_does_not_end_the_run(tmp_path: Path) -> None:
    root = write_files(tmp_path / "project", {"test_a.py": b"Mock()\n"})
    read = read_all(root, ["gone/test_b.py", "test_a.py"], 1, Parts())
    assert list(read) == ["gone/test_b.py", "test_a.py"]
    gone = read["gone/test_b.py"]
    assert isinstance(gone, Unread)
    assert gone.message == "cannot be read: No such file or directory"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_link_that_leads_nowhere_is_an_error_and_the_rest_is_repaired(tmp_path: Path) -> None:
    root = write_files(tmp_path / "project", {"test_a.py": b"Mock()\n"})
    (root / "test_loop.py").symlink_to("test_loop.py")
    outcome = run_testfix(["test_a.py", "test_loop.py"], root)
    assert outcome.status == 2
    assert "test_loop.py" in outcome.err + outcome.text
    assert "Traceback" not in outcome.err


def test_a_file_that_cannot_be_written_counts_as_not_fixed(tmp_path: Path) -> None:
    root = write_files(tmp_path / "project", {"test_a.py": b"Mock()\n", "test_b.py": b"Mock()\n"})
    (root / "test_a.py").chmod(0o444)
    report = run(Config(), [], Mode.REPAIR, root)
    (root / "test_a.py").chmod(0o644)
    assert [error.path for error in report.errors] == ["test_a.py"]
    assert [change.path for change in report.changes] == ["test_b.py"]
    assert [finding.path for finding in report.left] == ["test_a.py"]
    assert (root / "test_a.py").read_bytes() == b"Mock()\n"


def test_a_file_saved_while_testfix_runs_is_left_alone(tmp_path: Path) -> None:
    root = write_files(tmp_path / "project", {"test_a.py": b"Mock()\n", "test_b.py": b"Mock()\n"})
    saved = b"from unittest.mock import Mock\nMock()\n"

    def save(done: int, total: int) -> None:
        (root / "test_a.py").write_bytes(saved)

    report = run(Config(), [], Mode.REPAIR, root, save)
    assert (root / "test_a.py").read_bytes() == saved
    assert (root / "test_b.py").read_bytes() == b"from unittest.mock import Mock\n\nMock()\n"
    assert [change.path for change in report.changes] == ["test_b.py"]


# -- The library.


def test_the_library_checks_and_repairs(tmp_path: Path) -> None:
    root = write_files(tmp_path / "project", {"test_a.py": b"Mock()\n", "test_b.py": b"Mock()\nunheard_of\n"})
    report = check(cwd=root)
    assert [(finding.path, finding.name) for finding in report.findings] == [
        ("test_a.py", "Mock"),
        ("test_b.py", "Mock"),
        ("test_b.py", "unheard_of"),
    ]
    assert (root / "test_a.py").read_bytes() == b"Mock()\n"
    done = repair(root / "test_b.py", cwd=root)
    assert [change.path for change in done.changes] == ["test_b.py"]
    assert [finding.name for finding in done.left] == ["unheard_of"]
    assert (root / "test_a.py").read_bytes() == b"Mock()\n"
    assert repair("test_a.py", config=Config(ignore=("TF101",)), cwd=root).findings == ()
