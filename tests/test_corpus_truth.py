"""The cases of undefined-name against ruff, git, the compiler and a running Python.

The pages say what testfix must do; here others say whether that is right. testfix itself is not run.
Where the truth differs from a page, a literal table names the case and the reason.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli_runner import git_apply, write_files
from tests.pages import Case, parse_page

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "fixtures_corpus" / "rules" / "undefined-name").glob("*.md"))
PAGES.append(ROOT / "fixer" / "rules" / "undefined_name.md")
CASES = [case for page in PAGES for case in parse_page(page)]
READING = [case for case in CASES if case.page.stem.startswith("reading-")]
NAME_ERRORS = ROOT / "tests" / "tools" / "name_errors.py"

# Names that ruff's F821 has and testfix must not report, by the id of the case.
RUFF_ALONE = {
    # PEP 484, 526 and 563: these annotations are never evaluated.
    "reading-annotations-a-string-annotation": {"Path", "Mock"},
    "reading-annotations-a-string-inside-an-annotation": {"Path"},
    "reading-annotations-from-future-import-annotations": {"Decimal", "Path", "Mock"},
    "reading-annotations-the-future-import-does-not-cover-values": {"Mock"},
    "reading-annotations-cast-and-typevar-with-strings": {"Mock"},
    # Ruff follows the order of statements, the symbol table does not.
    "reading-global-nonlocal-del-a-deleted-module-global-that-functions-use": {"json"},
    # Bound at run time.
    "reading-injection-a-literal-key-of-globals": {"json"},
    "reading-injection-globals-update": {"patch", "getcwd"},
    "reading-injection-vars-and-locals-at-module-level": {"json", "re"},
    "reading-injection-sys-modules-name": {"json", "re"},
    "reading-injection-exec-without-a-namespace": {"patch"},
    "reading-injection-setattr-on-builtins": {"patch"},
    "reading-injection-a-conftest-that-adds-to-builtins": {"json"},
    "reading-injection-a-conftest-beside-the-test-not-above-it": {"json"},
    "reading-injection-builtins-under-another-name": {"SHELL", "DEPTH", "COLOR", "OWN"},
    "reading-injection-a-loop-over-globals": {"case_1", "Mock"},
    "reading-injection-a-use-that-runs-before-exec-does": {"patch"},
    # Missing on purpose, and for type checkers.
    "reading-conditional-pytest-raises-nameerror-is-a-guard-that-runs": {"undefined_on_purpose"},
    "reading-conditional-a-name-by-itself-where-everything-is-caught": {"foobarbaz"},
    "reading-places-names-that-every-module-has": {"reveal_type"},
    # TF202 has them: fixtures that nobody requested.
    "reading-places-a-fixture-used-without-being-requested": {"tmp_path"},
    "reading-places-a-fixture-of-the-project-used-without-being-requested": {"client"},
    # No test file.
    "reading-places-a-file-that-is-no-test-file": {"Mock"},
    # Suppressed in words that ruff does not read.
    "reading-suppression-noqa-for-testfix-s-code": {"Mock"},
    "reading-suppression-type-ignore-name-defined": {"Mock"},
    "reading-suppression-testfix-ignore-with-the-rule-s-name": {"Mock"},
    "reading-suppression-per-file-ignores-by-code": {"AsyncMock"},
    "reading-suppression-per-file-ignores-by-name": {"Mock"},
}

# Names that testfix reports and ruff's F821 does not.
TESTFIX_ALONE = {
    # `global` alone binds nothing; ruff takes it for a binding.
    "reading-global-nonlocal-del-a-global-that-is-declared-and-never-bound": {"json"},
    # Ruff does not follow a star (it says F405: may be undefined).
    "reading-star-imports-a-name-that-the-standard-star-does-not-bring": {"json"},
    "reading-star-imports-a-private-name-does-not-come-with-a-star": {"_json"},
    "reading-star-imports-all-limits-the-star": {"patch"},
    "reading-star-imports-a-package-whose-submodule-was-imported-from": {"stock"},
}

# Names whose NameError a running Python raises and testfix must not report.
RAISES_UNREPORTED = {
    # Known limitations: bound for the compiler.
    "reading-conditional-imported-for-the-type-checker-alone": {"Mock"},
    "reading-global-nonlocal-del-a-deleted-module-global-that-functions-use": {"json"},
    # Each file is run alone; in a run of all tests the neighbour's conftest binds the name.
    "reading-injection-a-conftest-beside-the-test-not-above-it": {"json"},
    # Names come in that nobody can read, so the file is left alone.
    "reading-injection-globals-update": {"patch"},
    "reading-injection-a-loop-over-globals": {"Mock"},
    # TF202 has them: fixtures that nobody requested.
    "reading-places-a-fixture-used-without-being-requested": {"tmp_path"},
    "reading-places-a-fixture-of-the-project-used-without-being-requested": {"client"},
    # Suppressed.
    "reading-suppression-noqa-without-codes": {"Mock"},
    "reading-suppression-noqa-for-ruff-s-code": {"Mock"},
    "reading-suppression-noqa-in-other-spellings": {"Mock"},
    "reading-suppression-noqa-for-testfix-s-code": {"Mock"},
    "reading-suppression-type-ignore-name-defined": {"Mock"},
    "reading-suppression-testfix-ignore-with-the-rule-s-name": {"Mock"},
    "reading-suppression-per-file-ignores-by-code": {"AsyncMock"},
    "reading-suppression-per-file-ignores-by-name": {"Mock"},
}

# Cases that report a name although no NameError reaches the top.
NEVER_RAISES = {
    "reading-conditional-a-bare-except-is-no-guard-for-nameerror",
    "reading-conditional-a-name-by-itself-where-everything-is-caught",
    "reading-annotations-a-local-variable",
    "reading-conditional-code-that-never-runs",
}


@dataclass(frozen=True)
class Verdict:
    """What others say of the files of one case, as (path, name) or (path, code)."""

    undefined: frozenset[tuple[str, str]]
    complaints: frozenset[tuple[str, str]]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("before")
    for number, case in enumerate(CASES):
        _write(root / f"{number:03}", case)
    return root


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cases with their expected diffs applied by git."""
    root = tmp_path_factory.mktemp("after")
    for number, case in enumerate(CASES):
        folder = _write(root / f"{number:03}", case)
        if case.expected_diff:
            git_apply(case.expected_diff.encode(), folder)
    return root


@pytest.fixture(scope="module")
def ruff_before(before: Path) -> list[Verdict]:
    return _ruff(before)


@pytest.fixture(scope="module")
def ruff_after(after: Path) -> list[Verdict]:
    return _ruff(after)


def test_ruff_agrees_on_what_is_undefined(ruff_before: list[Verdict]) -> None:
    ruff_alone, testfix_alone = {}, {}
    for case, verdict in zip(CASES, ruff_before, strict=True):
        if case not in READING:
            continue
        ruff = {name for _, name in verdict.undefined}
        if ruff - _reported(case):
            ruff_alone[case.id] = ruff - _reported(case)
        if _reported(case) - ruff:
            testfix_alone[case.id] = _reported(case) - ruff
    assert ruff_alone == RUFF_ALONE
    assert testfix_alone == TESTFIX_ALONE


def test_python_agrees_on_what_is_undefined(before: Path) -> None:
    unreported, silent = {}, set()
    for number, raised in _run(before, READING).items():
        case = CASES[number]
        reported = _reported(case)
        names = {name for _, name in raised}
        if names - reported:
            unreported[case.id] = names - reported
        if reported and not raised:
            silent.add(case.id)
    assert unreported == RAISES_UNREPORTED
    assert silent == NEVER_RAISES


def test_python_finds_every_repaired_name(after: Path) -> None:
    repaired = [case for case in READING if case.expected_diff]
    raised = {CASES[number].id: names for number, names in _run(after, repaired).items() if names}
    assert raised == {
        "reading-suppression-per-file-ignores-by-code": [["tests/legacy/test_old.py", "AsyncMock"]]
    }


def test_repaired_files_compile(after: Path) -> None:
    for path in sorted(after.rglob("*.py")):
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)


def test_ruff_has_nothing_new_against_repaired_files(
    ruff_before: list[Verdict], ruff_after: list[Verdict]
) -> None:
    """No import out of order (I001), too low (E402) or twice (F811), and no name undefined that was not.

    Ruff does not read isort's own configuration, so that is left to its cases.
    """
    for case, old, new in zip(CASES, ruff_before, ruff_after, strict=True):
        if b"[tool.isort]" not in case.files.get("pyproject.toml", b""):
            assert new.complaints <= old.complaints, case.id
        assert new.undefined <= old.undefined, case.id


def test_the_diffs_repair_what_ruff_found(ruff_before: list[Verdict], ruff_after: list[Verdict]) -> None:
    without = {
        case.id
        for case, old, new in zip(CASES, ruff_before, ruff_after, strict=True)
        if case.expected_diff and not old.undefined - new.undefined
    }
    assert without == {
        *(TESTFIX_ALONE.keys() - {"reading-star-imports-a-private-name-does-not-come-with-a-star"}),
        "placing-bytes-latin-1",  # ruff reads UTF-8 only
        "placing-joining-a-star-is-not-joined",  # F405 again
    }


def _reported(case: Case) -> set[str]:
    """The names that the case's page says are reported: those it repairs and those its console shows."""
    added = re.findall(r"^\+.*$", case.expected_diff, re.MULTILINE)
    words = {word for line in added for word in re.findall(r"\w+", line)}
    removed = re.findall(r"^-(?!--).*$", case.expected_diff, re.MULTILINE)
    words -= {word for line in removed for word in re.findall(r"\w+", line)}
    text = b"\n".join(case.files.values()).decode("utf-8", "replace")
    bound_in_diff = {word for line in added for word in _bound(line[1:])}
    names = words & bound_in_diff & set(re.findall(r"\w+", text))
    for console in case.consoles:
        for path, line, column in re.findall(r"^(\S+?):(\d+):(\d+): TF101", console.output, re.MULTILINE):
            source = case.files[path].decode().split("\n")[int(line) - 1]
            names.add(re.findall(r"^\w+", source[int(column) - 1 :])[0])
    return names


def _bound(line: str) -> list[str]:
    """The names that an added line of an import statement binds."""
    if match := re.match(r"(?:from \S+ )?import (.+)", line):
        return [part.split(" as ")[-1].strip() for part in match[1].split(",")]
    return re.findall(r"^    (\w+),?$", line)


def _write(folder: Path, case: Case) -> Path:
    files = {path: content.replace(b"\r\n", b"\n") for path, content in case.files.items()}
    if b"[tool.ruff" not in files.get("pyproject.toml", b""):
        files[".ruff.toml"] = b""  # makes the folder of the case the root of a project
    return write_files(folder, files)


def _ruff(root: Path) -> list[Verdict]:
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "F821,F811,I001,E402"]
    done = subprocess.run(
        [*command, "--output-format", "json", "."], cwd=root, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode in (0, 1), done.stderr
    undefined: list[set[tuple[str, str]]] = [set() for _ in CASES]
    complaints: list[set[tuple[str, str]]] = [set() for _ in CASES]
    for found in json.loads(done.stdout):
        number, *rest = Path(found["filename"]).resolve().relative_to(root.resolve()).parts
        path = "/".join(rest)
        if found["code"] == "F821":
            undefined[int(number)].add((path, found["message"].split("`")[1]))
        else:
            complaints[int(number)].add((path, found["code"]))
    return [Verdict(frozenset(u), frozenset(c)) for u, c in zip(undefined, complaints, strict=True)]


def _run(root: Path, cases: Iterable[Case]) -> dict[int, list[list[str]]]:
    """The NameErrors that reach the top when the cases are run: number of the case -> [path, name]."""
    folders = {str(root / f"{number:03}"): number for number, case in enumerate(CASES) if case in cases}
    done = subprocess.run(
        [sys.executable, str(NAME_ERRORS), *folders],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    answer = json.loads(done.stdout.splitlines()[-1])
    return {folders[folder]: names for folder, names in answer.items()}
