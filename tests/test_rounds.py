"""Rounds of judging and repairing, with a rule whose findings and repairs are made up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixer.config import Config
from fixer.culprits import Culprits, apart
from fixer.edits import AddImport, AddParameter, Edit, RenameName
from fixer.facts.read import read_facts
from fixer.files import Files
from fixer.finding import Finding, Fix, Safety
from fixer.fixture_edits import AddFixture
from fixer.import_statement import Import
from fixer.rounds import Rounds
from fixer.rule import Rule
from fixer.rules import LoadedRule
from fixer.span import Span
from tests.cli_runner import write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from fixer.facts.model import Facts, Use
    from fixer.project.project import Project


def rounds_over(
    root: Path,
    sources: dict[str, str],
    fixes: Mapping[str, Callable[[str, Use], Fix]],
    others: Mapping[str, str] | None = None,
) -> Rounds:
    """Rounds over the files with one rule: each undefined name is repaired as `fixes` says.

    `others` are files of the project that nobody asked about.
    """
    write_files(root, {path: source.encode() for path, source in (sources | dict(others or {})).items()})

    def judge(facts: Facts, project: Project) -> Iterable[Finding]:
        for use in facts.undefined:
            yield Finding("XX1", "made-up", facts.path, use.span, use.name, f"`{use.name}` is not defined")
        if "trigger" in facts.imported:  # a repair here harms another file
            yield Finding("XX1", "made-up", "test_z.py", Span(1, 1, 1, 8), "harmed", "is harmed")
        if "spoil" in facts.imported:
            yield Finding("XX1", "made-up", facts.path, Span(1, 1, 1, 2), "spoiled", "is spoiled")
        if facts.path == "test_y.py" and b"def poison" in project.loader.files.read("test_x.py"):  # type: ignore[attr-defined]
            yield Finding("XX1", "made-up", facts.path, Span(1, 1, 1, 2), "poisoned", "is poisoned")

    def plan(findings: Sequence[Finding], project: Project) -> list[Finding]:
        uses = {(path, use.span): use for path, facts in project.facts.items() for use in facts.undefined}
        planned = []
        for finding in findings:
            use = uses.get((finding.path, finding.span))
            make = fixes.get(finding.name)
            fix = make(finding.path, use) if use is not None and make is not None else None
            planned.append(replace(finding, fix=fix, reason_unfixed=None if fix else "nothing is known"))
        return planned

    loaded = LoadedRule("made-up", "made_up", Rule("XX1", "made up", judge, plan))
    facts = {path: read_facts(path, source.encode()) for path, source in sources.items()}
    return Rounds(Config(), [loaded], Files(root), facts, 1)


def imported(path: str, use: Use) -> Fix:
    return Fix(f"import {path} {use.name}", (AddImport(path, Import("helper", use.name)),), Safety.SAFE, "")


def renamed(new: str) -> Callable[[str, Use], Fix]:
    def make(path: str, use: Use) -> Fix:
        edit = RenameName(path, use.span, use.name, new)
        return Fix(f"rename {path} {use.name}", (edit,), Safety.SAFE, "")

    return make


def test_a_fix_that_breaks_the_file_is_refused_and_the_others_are_applied(tmp_path: Path) -> None:
    source = "good()\nbroken()\nlost()\nfine()\n"
    fixes = {
        "good": imported,
        "broken": renamed("class"),  # would not compile
        "lost": renamed("nowhere"),  # would bind less
        "fine": imported,
    }
    rounds = rounds_over(tmp_path, {"test_a.py": source}, fixes)
    outcome = rounds.repair()
    after = rounds.files.read("test_a.py").decode()
    assert after == f"from helper import fine, good\n\n{source}"
    assert outcome.fixed == {"import test_a.py good", "import test_a.py fine"}
    reasons = {finding.name: finding.reason_unfixed for finding in outcome.findings}
    assert reasons["good"] is None
    assert "class" in str(reasons["broken"]) or "compile" in str(reasons["broken"])
    assert reasons["lost"] == "the result would leave `nowhere` unbound"
    assert (tmp_path / "test_a.py").read_text() == source


def test_a_fix_over_several_files_is_applied_everywhere_or_nowhere(tmp_path: Path) -> None:
    def both(path: str, use: Use) -> Fix:
        edits = (
            AddImport("test_a.py", Import("helper", "both")),
            AddImport("test_b.py", Import("helper", "other")),
            RenameName("test_b.py", use.span, use.name, "class"),
        )
        return Fix("both", edits, Safety.SAFE, "")

    sources = {"test_a.py": "both()\ngood()\n", "test_b.py": "both()\ngood()\n"}
    rounds = rounds_over(tmp_path, sources, {"both": both, "good": imported})
    outcome = rounds.repair()
    assert outcome.fixed == {"import test_a.py good", "import test_b.py good"}
    for path, source in sources.items():
        assert rounds.files.read(path).decode() == f"from helper import good\n\n{source}"
    both_findings = [finding for finding in outcome.findings if finding.name == "both"]
    assert all(finding.fix is None and finding.reason_unfixed for finding in both_findings)


def test_a_fix_that_harms_another_file_is_refused(tmp_path: Path) -> None:
    sources = {"test_a.py": "trigger()\n", "test_z.py": "unknown\n"}
    rounds = rounds_over(tmp_path, sources, {"trigger": imported})
    outcome = rounds.repair()
    assert outcome.fixed == frozenset()
    assert {path: rounds.files.read(path).decode() for path in sources} == sources
    [finding] = [finding for finding in outcome.findings if finding.name == "trigger"]
    assert finding.reason_unfixed == "it would bring XX1 in test_z.py: is harmed"


def test_what_one_repair_opens_the_next_round_repairs(tmp_path: Path) -> None:
    """What the first round makes of `one` is repaired by the second, as any other `two` is."""
    chain = {"one": renamed("two"), "two": renamed("three"), "three": imported}
    source = "one()\ntwo()\nthree()\n"
    rounds = rounds_over(tmp_path, {"test_a.py": source}, chain)
    outcome = rounds.repair()
    assert rounds.files.read("test_a.py") == b"from helper import three\n\nthree()\nthree()\nthree()\n"
    assert len(outcome.findings) == 3
    assert all(finding.fix and finding.fix.id in outcome.fixed for finding in outcome.findings)


# -- Which fix does harm.


def test_of_many_fixes_the_one_that_harms_another_file_is_refused(tmp_path: Path) -> None:
    names = [f"name_{number}" for number in range(9)]
    source = "".join(f"{name}()\n" for name in (*names[:5], "trigger", *names[5:]))
    sources = {"test_a.py": source, "test_b.py": "other()\n", "test_z.py": "unknown\n"}
    fixes = dict.fromkeys((*names, "trigger", "other"), imported)
    rounds = rounds_over(tmp_path, sources, fixes)
    outcome = rounds.repair()
    reasons = {f.name: f.reason_unfixed for f in outcome.findings if f.fix is None}
    assert reasons == {
        "trigger": "it would bring XX1 in test_z.py: is harmed",
        "unknown": "nothing is known",
    }
    assert rounds.files.read("test_b.py") == b"from helper import other\n\nother()\n"
    assert b"trigger\n" not in rounds.files.read("test_a.py").partition(b"\n\n")[0]
    assert rounds.files.read("test_z.py") == b"unknown\n"


def test_many_fixes_that_do_harm_cost_nobody_else_a_repair(tmp_path: Path) -> None:
    """More of them than halving all fixes together could tell apart in its trials."""
    sources = {f"test_{number:03}.py": "good()\nspoil()\nfine()\n" for number in range(100)}
    rounds = rounds_over(tmp_path, sources, dict.fromkeys(("good", "spoil", "fine"), imported))
    outcome = rounds.repair()
    assert {f.name for f in outcome.findings if f.fix is None} == {"spoil"}
    assert len(outcome.fixed) == 200
    assert set(rounds.files.after.values()) == {b"from helper import fine, good\n\ngood()\nspoil()\nfine()\n"}
    assert len(rounds.files.after) == 100


@given(st.lists(st.sets(st.integers(0, 30), min_size=1, max_size=3), max_size=25))
def test_groups_have_no_file_in_common(touched: list[set[int]]) -> None:
    fixes = [
        Fix(
            str(n),
            tuple(AddImport(f"{path}.py", Import("helper", "x")) for path in sorted(paths)),
            Safety.SAFE,
            "",
        )
        for n, paths in enumerate(touched)
    ]
    groups = apart(fixes)
    assert sorted(int(fix.id) for group in groups for fix in group) == list(range(len(fixes)))
    paths = [{edit.path for fix in group for edit in fix.edits} for group in groups]
    assert sum(map(len, paths)) == len(set().union(*paths))
    for group, own in zip(groups, paths, strict=True):  # and could not be smaller
        reached = {edit.path for edit in group[0].edits}
        for _ in group:
            for fix in group:
                files = {edit.path for edit in fix.edits}
                reached |= files if reached & files else set()
        assert reached == own


def test_harm_that_no_edit_of_the_harmed_file_explains(tmp_path: Path) -> None:
    """Nothing touches test_y.py; an edit of test_x.py, which is in no batch, breaks it."""

    def poison(path: str, use: Use) -> Fix:
        edit = AddFixture("test_x.py", "def poison(): ...\n", "poison")
        return Fix("poison", (edit, AddImport(path, Import("helper", use.name))), Safety.SAFE, "")

    def harmless(path: str, use: Use) -> Fix:
        edit = AddFixture("test_x.py", "def harmless(): ...\n", "harmless")
        return Fix("harmless", (edit, AddImport(path, Import("helper", use.name))), Safety.SAFE, "")

    sources = {"test_a.py": "one()\ntwo()\n", "test_y.py": "x = 1\n"}
    rounds = rounds_over(
        tmp_path, sources, {"one": poison, "two": harmless}, others={"test_x.py": "old_news\n"}
    )
    outcome = rounds.repair()
    assert outcome.fixed == {"harmless"}
    assert {f.name: f.reason_unfixed for f in outcome.findings} == {
        "one": "it would bring XX1 in test_y.py: is poisoned",
        "two": None,
    }
    assert rounds.files.read("test_x.py") == b"old_news\n\n\ndef harmless(): ...\n"
    assert rounds.files.read("test_a.py") == b"from helper import two\n\none()\ntwo()\n"
    assert not [finding for finding in outcome.findings if finding.path == "test_x.py"]


@given(st.data(), st.integers(1, 30))
def test_halving_refuses_culprits_and_nothing_that_is_innocent(data: st.DataObject, number: int) -> None:
    ids = [f"fix {index}" for index in range(number)]
    guilty = data.draw(st.sets(st.sampled_from(ids)))
    pairs = data.draw(st.sets(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=3))
    pairs = {(a, b) for a, b in pairs if a != b}

    def reason_against(fixes: Sequence[Fix]) -> str | None:
        some = [fix.id for fix in fixes]
        bad = sorted(guilty.intersection(some))
        bad += [f"{a} with {b}" for a, b in sorted(pairs) if {a, b} <= set(some)]
        return f"harm by {bad[0]}" if bad else None

    culprits = Culprits(10 * number)
    fixes = [Fix(each, (), Safety.SAFE, "") for each in ids]
    accepted = [fix.id for fix in culprits.accepted(fixes, reason_against)]
    assert accepted == [each for each in ids if each not in culprits.refused]
    assert not guilty.intersection(accepted)
    assert not any({a, b} <= set(accepted) for a, b in pairs)
    for each, reason in culprits.refused.items():
        assert each in guilty or any(each in pair for pair in pairs)
        assert reason.startswith("harm by ")
        if each in guilty and not pairs and len(guilty) == 1:
            assert reason == f"harm by {each}"


def test_one_culprit_of_many_is_found_in_few_trials() -> None:
    fixes = [Fix(str(number), (), Safety.SAFE, "") for number in range(1000)]
    for bad in (0, 1, 499, 500, 999):
        trials = 0

        def reason_against(some: Sequence[Fix], bad: int = bad) -> str | None:
            nonlocal trials
            trials += 1
            return "bad" if fixes[bad] in some else None

        culprits = Culprits(64)
        assert len(culprits.accepted(fixes, reason_against)) == 999
        assert culprits.refused == {str(bad): "bad"}
        assert trials <= 22


def test_when_trials_run_out_the_rest_is_refused() -> None:
    fixes = [Fix(str(number), (), Safety.SAFE, "") for number in range(64)]
    culprits = Culprits(10)
    accepted = culprits.accepted(fixes, lambda some: "bad" if any(int(fix.id) % 2 for fix in some) else None)
    assert all(int(fix.id) % 2 == 0 for fix in accepted)
    assert {fix.id for fix in accepted}.isdisjoint(culprits.refused)
    assert len(accepted) + len(culprits.refused) == 64


# -- New files, and files that nobody asked about.

FIXTURE = "@pytest.fixture\ndef db():\n    return 1\n"


def created(path: str, use: Use) -> Fix:
    edits: tuple[Edit, ...] = (
        AddImport("tests/conftest.py", Import("pytest")),
        AddFixture("tests/conftest.py", FIXTURE, "db"),
        AddParameter(path, use.span.line - 1, 1, "test_it", use.name),
    )
    return Fix(f"create {path}", edits, Safety.SAFE, "")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_new_file_comes_with_the_edits_that_need_it(tmp_path: Path, newline: str) -> None:
    source = "def test_it():\n    db.use()\n".replace("\n", newline)
    paths = ("tests/a/test_a.py", "tests/test_b.py")
    rounds = rounds_over(tmp_path, dict.fromkeys(paths, source), {"db": created})
    outcome = rounds.repair()
    expected = f"import pytest\n\n\n{FIXTURE}".replace("\n", newline)
    assert outcome.fixed == {f"create {path}" for path in paths}
    assert rounds.files.before["tests/conftest.py"] is None
    assert rounds.files.read("tests/conftest.py").decode() == expected
    for path in paths:
        assert rounds.files.read(path).decode() == source.replace("test_it()", "test_it(db)")
    assert "tests/conftest.py" in rounds.loader.python_files()
    assert not (tmp_path / "tests" / "conftest.py").exists()


def test_no_folder_is_made(tmp_path: Path) -> None:
    source = "def test_it():\n    db.use()\n    good()\n"
    rounds = rounds_over(tmp_path, {"test_a.py": source}, {"db": created, "good": imported})
    outcome = rounds.repair()
    reasons = {finding.name: finding.reason_unfixed for finding in outcome.findings}
    assert reasons == {"db": "the folder for tests/conftest.py does not exist", "good": None}
    assert rounds.files.created() == []


def test_a_new_file_that_would_not_compile_takes_its_fix_with_it(tmp_path: Path) -> None:
    def broken(path: str, use: Use) -> Fix:
        edits = (
            AddFixture("conftest.py", "def db(:\n", "db"),
            AddImport(path, Import("helper", use.name)),
        )
        return Fix("broken", edits, Safety.SAFE, "")

    rounds = rounds_over(tmp_path, {"test_a.py": "db()\ngood()\n"}, {"db": broken, "good": imported})
    outcome = rounds.repair()
    assert outcome.fixed == {"import test_a.py good"}
    assert rounds.files.created() == []
    assert rounds.files.read("test_a.py") == b"from helper import good\n\ndb()\ngood()\n"
    [reason] = [finding.reason_unfixed for finding in outcome.findings if finding.name == "db"]
    assert reason is not None and reason.startswith("the text of fixture `db` is no Python")


def test_a_file_that_cannot_be_read_is_no_place_for_an_edit(tmp_path: Path) -> None:
    def make(path: str, use: Use) -> Fix:
        return Fix("in conftest", (AddFixture("conftest.py", "def db(): ...", "db"),), Safety.SAFE, "")

    rounds = rounds_over(tmp_path, {"test_a.py": "db()\n"}, {"db": make}, {"conftest.py": "def f(:\n"})
    [finding] = rounds.check().findings
    assert finding.reason_unfixed is not None
    assert finding.reason_unfixed.startswith("conftest.py cannot be edited: ")


def test_a_header_is_as_long_as_the_project_has_lines(tmp_path: Path) -> None:
    source = "def test_it():\n    database.use()\n"

    def request(path: str, use: Use) -> Fix:
        edit = AddParameter(path, 1, 1, "test_it", use.name)
        return Fix(f"request {path}", (edit,), Safety.SAFE, "")

    (tmp_path / "ruff.toml").write_text("line-length = 20\n", encoding="utf-8")
    rounds = rounds_over(tmp_path, {"test_a.py": source}, {"database": request})
    rounds.repair()
    expected = "def test_it(\n    database,\n):\n    database.use()\n"
    assert rounds.files.read("test_a.py").decode() == expected
