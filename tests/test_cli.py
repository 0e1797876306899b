"""The command line from end to end, on real files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runner import contents, git_apply, run_testfix, write_files

import fixer

BROKEN = b"def test_a():\n    patch('a')\n"
REPAIRED = b"from unittest.mock import patch\n\n\ndef test_a():\n    patch('a')\n"
HOPELESS = b"def test_b():\n    nobody_knows_this_name()\n"
CLEAN = b"def test_c():\n    assert len('a') == 1\n"
ROOT = Path(__file__).parent.parent


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    return write_files(
        tmp_path, {"tests/test_a.py": BROKEN, "tests/test_b.py": HOPELESS, "tests/test_c.py": CLEAN}
    )


def spawn(*arguments: str, cwd: Path, **options: object) -> subprocess.CompletedProcess[bytes]:
    """testfix in a process of its own."""
    command = [sys.executable, "-m", "fixer", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}  # type: ignore[dict-item]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, check=False, **options)  # type: ignore[call-overload, no-any-return]


# What is written, and the exit status


@pytest.mark.parametrize(
    ("arguments", "status", "writes"),
    [
        (["tests/test_a.py"], 0, True),
        (["tests/test_a.py", "--exit-non-zero-on-fix"], 1, True),
        (["tests/test_a.py", "--exit-non-zero-on-fix", "--exit-zero"], 0, True),
        (["tests/test_a.py", "--check"], 1, False),
        (["tests/test_a.py", "--diff"], 1, False),
        (["tests/test_a.py", "--check", "--exit-zero"], 0, False),
        (["tests/test_b.py"], 1, False),
        (["tests/test_b.py", "--diff"], 1, False),
        (["tests/test_b.py", "--ignore", "TF1"], 0, False),
        (["tests/test_c.py"], 0, False),
        (["tests/test_c.py", "--diff"], 0, False),
        ([], 1, True),
        (["--select", "undefined-name"], 1, True),
        (["--select", "TF102"], 0, False),
        (["--exclude", "test_a.py,test_b.py"], 0, False),
    ],
)
def test_status_and_writing(suite: Path, arguments: list[str], status: int, writes: bool) -> None:
    outcome = run_testfix(arguments, suite)
    assert outcome.status == status, outcome
    assert (suite / "tests/test_a.py").read_bytes() == (REPAIRED if writes else BROKEN)
    assert (suite / "tests/test_b.py").read_bytes() == HOPELESS


def test_the_diff_is_what_gets_written(suite: Path) -> None:
    outcome = run_testfix(["--diff"], suite)
    assert outcome.err.startswith("Would fix 1 finding in 1 file. 1 left (undefined-name)")
    git_apply(outcome.out, suite)
    applied = contents(suite)
    write_files(suite, {"tests/test_a.py": BROKEN})
    run_testfix([], suite)
    assert contents(suite) == applied


def test_json_has_standard_output_for_itself(suite: Path) -> None:
    outcome = run_testfix(["--check", "--output-format", "json", "--statistics"], suite)
    document = json.loads(outcome.out)
    assert document["summary"]["findings"] == 2
    assert "undefined-name" in outcome.err


def test_concise_has_one_line_a_finding(suite: Path) -> None:
    outcome = run_testfix(["--check", "--output-format", "concise", "tests"], suite)
    assert [line.split(" ")[0] for line in outcome.text.splitlines()] == [
        "tests/test_a.py:2:5:",
        "tests/test_b.py:2:5:",
    ]
    assert outcome.err.startswith("Found 2 findings")


def test_quiet_says_nothing_about_what_was_fixed(suite: Path) -> None:
    assert run_testfix(["--quiet", "tests/test_a.py"], suite).out == b""


def test_paths_are_shown_from_the_working_directory(suite: Path) -> None:
    (suite / "pyproject.toml").write_text("[tool.testfix]\n", encoding="utf-8")
    outcome = run_testfix(["--check", "--output-format", "concise"], suite / "tests")
    assert outcome.text.startswith("test_a.py:2:5:")


# The configuration and the command line


@pytest.mark.parametrize(
    ("config", "arguments", "findings"),
    [
        ('ignore = ["TF101"]', [], 0),
        ('ignore = ["TF101"]', ["--isolated"], 2),
        ('ignore = ["TF101"]', ["--select", "TF101"], 2),
        ('select = ["TF102"]', ["--extend-select", "TF101"], 2),
        ('extend-exclude = ["test_a.py"]', ["--extend-exclude", "tests/test_b.py"], 0),
        ('exclude = ["test_a.py"]', ["--exclude", "test_b.py"], 1),
        ('exclude = ["tests"]', ["tests/test_a.py"], 1),
        ('exclude = ["tests"]', ["tests/test_a.py", "--force-exclude"], 0),
    ],
)
def test_the_command_line_goes_before_the_configuration(
    suite: Path, config: str, arguments: list[str], findings: int
) -> None:
    (suite / "pyproject.toml").write_text(f"[tool.testfix]\n{config}\n", encoding="utf-8")
    outcome = run_testfix(["--check", "--output-format", "json", *arguments], suite)
    assert json.loads(outcome.out)["summary"]["findings"] == findings


# Mistakes


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--dif"], "No such option"),
        (["--dif"], "--diff"),
        (["--select", "TF999"], "`TF999`"),
        (["--ignore", "undefined-nam"], "did you mean `undefined-name`?"),
        (["nowhere.py"], "The path 'nowhere.py' does not exist."),
        (["--output-format", "xml"], "'xml' is not one of 'text', 'concise', 'json'"),
        (["--jobs", "0"], "0 is not in the range x>=1"),
        (["--diff", "--check"], "--diff and --check exclude each other"),
        (["--exclude", "[z-a]"], "pattern"),
        (["--color", "never", "rules"], "must be the first word: `testfix rules`"),
        (["--config", "nowhere.toml"], "'nowhere.toml' does not exist"),
        (["--config", "broken.toml"], "broken.toml"),
        (["--config", "broken.toml"], "line 2"),
        (["--config", "format.toml"], "`output-format` must be one of text, concise, json"),
        (["explain"], "Missing argument 'RULE'"),
        (["explain", "undefined-nane"], "Did you mean `undefined-name`?"),
        (["explain", "TF1O1"], "Did you mean `TF101`?"),
    ],
)
def test_a_mistake_gets_a_sentence_and_status_2(suite: Path, arguments: list[str], sentence: str) -> None:
    write_files(suite, {"broken.toml": b"x = 1\ny = = 2\n", "format.toml": b'output-format = "xml"\n'})
    outcome = run_testfix(arguments, suite)
    assert outcome.status == 2
    assert sentence in outcome.err
    assert outcome.err.startswith("testfix: ")
    assert len(outcome.err.splitlines()) == 1
    assert outcome.out == b""
    assert (suite / "tests/test_a.py").read_bytes() == BROKEN


def test_a_defect_of_testfix_is_admitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("fixer.rules.load_rules", fail)
    outcome = run_testfix(["rules"], tmp_path)
    assert outcome.status == 2
    assert "testfix itself failed (RuntimeError: broken)" in outcome.err
    assert "Traceback" not in outcome.err


def test_an_interrupt_takes_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fixer.rules.load_rules", interrupt)
    outcome = run_testfix(["rules"], tmp_path)
    assert (outcome.status, outcome.err.strip()) == (130, "Interrupted.")


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "fixer", "rules"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    os.close(write)
    assert done.stderr == b""


def test_a_narrow_encoding_is_no_error(tmp_path: Path) -> None:
    write_files(tmp_path, {"test_a.py": "def test():\n    pr\u00fcf_\u65e5(1)\n".encode()})
    done = spawn("--check", cwd=tmp_path, env={"PYTHONIOENCODING": "cp1252"})
    assert done.returncode == 1
    assert b"pr\xfcf_\\u65e5" in done.stdout


# The other commands


@pytest.mark.parametrize("word", ["undefined-name", "TF101", "tf101", "undefined_name"])
def test_explain_prints_the_page(tmp_path: Path, word: str) -> None:
    page = (ROOT / "fixer/rules/undefined_name.md").read_bytes()
    assert run_testfix(["explain", word], tmp_path).out == page


def test_rules_prints_a_line_each(tmp_path: Path) -> None:
    lines = run_testfix(["rules"], tmp_path).text.splitlines()
    assert lines == sorted(lines)
    assert "TF101  undefined-name" in "\n".join(lines)


def test_a_folder_may_be_called_like_a_command(tmp_path: Path) -> None:
    write_files(tmp_path, {"rules/test_a.py": BROKEN})
    assert run_testfix(["./rules"], tmp_path).status == 0
    assert (tmp_path / "rules/test_a.py").read_bytes() == REPAIRED


def test_color_on_demand(suite: Path) -> None:
    assert b"\x1b[" in run_testfix(["--check", "--color", "always"], suite).out
    assert b"\x1b[" not in run_testfix(["--check"], suite).out


def test_a_diff_in_a_pipe_stays_a_diff(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    git_apply(run_testfix(["--diff"], suite).out, suite)
    assert (suite / "tests/test_a.py").read_bytes() == REPAIRED


# What is loaded


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (
            ["--version"],
            {"libcst", "pathspec", "difflib", "json", "tomllib", "tomli", "fixer.run", "fixer.rules"},
        ),
        (
            ["tests/test_c.py"],
            {"libcst", "difflib", "json", "tomllib", "tomli", "concurrent.futures", "multiprocessing"},
        ),
        (["--check", "tests/test_b.py"], {"libcst"}),
    ],
)
def test_only_what_is_needed_is_imported(suite: Path, arguments: list[str], absent: set[str]) -> None:
    script = (
        f"import sys\nfrom fixer.cli import main\nmain({arguments!r})\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=suite,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    assert not absent & set(done.stderr.decode().split())


def test_the_version_is_the_distribution_s(tmp_path: Path) -> None:
    assert f'\nversion = "{fixer.__version__}"\n' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert run_testfix(["--version"], tmp_path).text == f"testfix {fixer.__version__}\n"


def test_the_library_runs_the_same_pipeline(suite: Path) -> None:
    found = fixer.check("tests", cwd=suite)
    assert [finding.name for finding in found.findings] == ["patch", "nobody_knows_this_name"]
    assert (suite / "tests/test_a.py").read_bytes() == BROKEN
    left = fixer.repair("tests", config=fixer.Config(folder=suite), cwd=suite).left
    assert [finding.name for finding in left] == ["nobody_knows_this_name"]
    assert (suite / "tests/test_a.py").read_bytes() == REPAIRED
