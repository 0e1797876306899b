"""The fixture benchmarks' own arithmetic: what they break, and how they compare both sides."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import break_fixtures
from visibility.damage import (
    DECORATOR,
    IMPORT,
    KINDS,
    MOVE_CONFTEST,
    MOVE_MODULE,
    PARAMETER,
    PLUGIN,
    REMOVE,
    RENAME,
    SLIP,
    Damage,
    Tree,
)
from visibility.parameters import parameters, slip
from visibility.report import is_green, safe_wrong, table
from visibility.score import agreement, broken_by, detection, false_reports, green, made_worse
from visibility.source import Source
from visibility.testfix import Verdict
from visibility.trial import all_damages, breakable, choose, read_tree, rounds
from visibility.truth import Planned, Suite, Truth, ask, read

CONFTEST = '''\
"""Fixtures of all tests."""

import json
import os
from tests.support import borrowed
from tests.stars import *

import pytest

pytest_plugins = ["tests.plugin", "pytester"]
LIMIT = 3


@pytest.fixture
def answer():
    return json.loads("42")


@pytest.fixture(name="named", scope="session")
def _named():
    yield os.sep


@pytest.fixture
def leaning():
    return LIMIT
'''
TEST = """\
import pytest


@pytest.mark.slow
def test_answer(
    answer,
    named,  # the second
):
    assert answer and named


class TestIt:
    @pytest.fixture
    def own(self, answer):
        return answer

    def test_own(self, own: int, leaning):
        own + 1
        return [own for _ in range(leaning)]

    @pytest.mark.parametrize("leaning", [1])
    def test_given(self, leaning): assert leaning
"""
FILES = {
    "tests/conftest.py": CONFTEST,
    "tests/test_it.py": TEST,
    "tests/support.py": "import pytest\n\n\n@pytest.fixture\ndef borrowed():\n    return 1\n",
    "tests/stars.py": "",
    "tests/plugin.py": "",
    "tests/sub/conftest.py": "import pytest\n",
}
REQUESTED = frozenset({"answer", "named", "leaning", "own", "borrowed"})


def damages(kind: str, files: dict[str, str] = FILES, seed: int = 1) -> list[Damage]:
    sources = {path: Source.read(path, text.encode()) for path, text in files.items()}
    tree = Tree.of({path: source for path, source in sources.items() if source}, REQUESTED)
    return all_damages(tree, list(tree.sources), random.Random(seed), 10)[kind]


def difference(old: str, new: bytes) -> tuple[list[str], list[str]]:
    """The lines that are gone and the lines that came."""
    before, after = old.splitlines(), new.decode().splitlines()
    return [line for line in before if line not in after], [line for line in after if line not in before]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_finds_something_to_break_and_what_it_leaves_compiles(kind: str) -> None:
    found = damages(kind)
    assert found
    for damage in found:
        for path, text in damage.files:
            compile(text, path, "exec")
            assert text.decode() != FILES.get(path)


def test_a_declaration_is_renamed_by_its_function_or_its_name_argument() -> None:
    found = {damage.name: damage for damage in damages(RENAME)}
    gone, came = difference(CONFTEST, found["answer"].files[0][1])
    assert gone == ["def answer():"]
    assert len(came) == 1 and came[0].startswith("def ") and "answer" in came[0]
    gone, came = difference(CONFTEST, found["named"].files[0][1])
    assert gone == ['@pytest.fixture(name="named", scope="session")']
    assert "def _named():" in found["named"].files[0][1].decode()
    assert not found["answer"].elsewhere


def test_what_another_module_imports_is_neither_renamed_nor_removed() -> None:
    assert "borrowed" not in {damage.name for kind in (RENAME, REMOVE) for damage in damages(kind)}
    assert "borrowed" in {damage.name for damage in damages(DECORATOR)}


def test_a_removed_declaration_goes_with_its_decorator() -> None:
    damage = next(each for each in damages(REMOVE) if each.name == "answer")
    gone, came = difference(CONFTEST, damage.files[0][1])
    assert gone == ["def answer():", '    return json.loads("42")']
    assert came == []
    assert damage.files[0][1].count(b"@pytest.fixture") == CONFTEST.count("@pytest.fixture") - 1


def test_only_a_decorator_without_a_name_is_taken_away() -> None:
    assert {damage.name for damage in damages(DECORATOR)} == {"answer", "leaning", "own", "borrowed"}


def test_imports_that_only_make_visible() -> None:
    found = {damage.name: damage for damage in damages(IMPORT)}
    assert set(found) == {"borrowed", ""}
    assert difference(CONFTEST, found["borrowed"].files[0][1]) == (
        ["from tests.support import borrowed"],
        [],
    )
    assert difference(CONFTEST, found[""].files[0][1]) == (["from tests.stars import *"], [])
    assert all(damage.elsewhere for damage in found.values())


def test_each_plugin_entry_is_one_trial() -> None:
    entries = {
        damage.files[0][1].decode().partition("pytest_plugins = ")[2].partition("\n")[0]: damage.elsewhere
        for damage in damages(PLUGIN)
    }
    assert entries == {"['pytester']": True, "['tests.plugin']": False}


def test_a_fixture_moves_with_its_imports_and_stays_when_it_leans_on_the_module() -> None:
    found = damages(MOVE_MODULE)
    assert {damage.name for damage in found} == {"answer", "named"}
    damage = next(each for each in found if each.name == "answer")
    (path, left), (other, new) = damage.files
    assert (path, other) == ("tests/conftest.py", "tests/fixtures.py")
    assert b"def answer" not in left
    assert new.decode() == (
        'import json\nimport pytest\n\n\n@pytest.fixture\ndef answer():\n    return json.loads("42")\n'
    )
    assert {damage.files[1][0] for damage in damages(MOVE_CONFTEST)} == {"tests/sub/conftest.py"}


def test_a_slip_takes_every_use_along() -> None:
    damage = next(each for each in damages(SLIP) if each.wanted == "leaning" or each.wanted == "own")
    assert damage.test == "tests/test_it.py::TestIt::test_own"
    text = damage.files[0][1].decode()
    assert damage.name in parameters(text.encode(), damage.test)
    body = text.partition("def test_own")[2].partition("@pytest.mark.parametrize")[0]
    assert damage.wanted not in body.replace("\n", " ").replace("(", " ").replace(")", " ").split(" ")
    assert all(damage.name != word for word in TEST.split())


@pytest.mark.parametrize("seed", range(5))
def test_a_slip_is_one_letter_away(seed: int) -> None:
    name = slip("connection", random.Random(seed))
    assert name != "connection" and name[0] == "c"
    assert len(name) in (9, 10, 11)
    assert len(name) != 10 or sorted(name) == sorted("connection")


@pytest.mark.parametrize("seed", range(4))
def test_a_lost_parameter_is_the_one_name_that_nothing_binds(seed: int) -> None:
    for damage in damages(PARAMETER, seed=seed):
        before = parameters(TEST.encode(), damage.test)
        assert parameters(damage.files[0][1], damage.test) == [each for each in before if each != damage.name]
        assert "# the second" in damage.files[0][1].decode()
    assert "leaning" not in {each.name for each in damages(PARAMETER, seed=seed) if "given" in each.test}


def test_rounds_keep_names_and_files_apart() -> None:
    def damage(name: str, path: str) -> Damage:
        return Damage(RENAME, name, ((path, b""),), 1, False)

    one, same_file, same_name = damage("a", "x.py"), damage("b", "x.py"), damage("a", "y.py")
    other, beside, unknown = damage("c", "z.py"), damage("d", "v.py"), damage("", "w.py")
    suite = truth(t=told(requests="a c"), u=told(requests="d"))
    assert rounds([one, same_file, same_name, other, beside, unknown], suite, 3) == [
        [one, beside],
        [same_file, same_name],
        [other],
        [unknown],
    ]


def told(missing: str = "", setup: str = "passed", requests: str = "") -> Planned:
    said = f"not found: {missing.split()[0]}" if missing and setup == "passed" else setup
    return Planned(frozenset(missing.split()), frozenset(), frozenset({said}), frozenset(requests.split()))


def truth(**tests: Planned) -> Truth:
    return Truth("9.2.0", 0, tests, {}, frozenset(), 0)


def verdict(missing: str = "", **withheld: str) -> Verdict:
    return Verdict(frozenset(missing.split()), withheld)


def test_agreement_counts_requests_of_tests_that_both_sides_see() -> None:
    compared = agreement(
        truth(
            good=told(requests="db client"),
            found=told("db", requests="db"),
            missed=told("db x", requests="db x"),
            false=told(requests="db"),
            doubtful=told("db", requests="db"),
            skipped=told("db", setup="skipped", requests="db"),
            generated=told(),
        ),
        {
            "good": verdict(),
            "found": verdict("db"),
            "missed": verdict("db"),
            "false": verdict("db"),
            "doubtful": verdict(db="a plugin"),
            "skipped": verdict("db"),
            "stale": verdict("db"),
        },
    )
    assert (compared.both, compared.agreeing, compared.requests) == (6, 4, 8)
    assert compared.found == {("found", "db"), ("missed", "db")}
    assert compared.missed == {("missed", "x")}
    assert compared.false == {("false", "db")}
    assert compared.skipped == {("skipped", "db")}
    assert compared.withheld == {("doubtful", "db"): "a plugin"}
    assert compared.withheld_missing == {("doubtful", "db")}
    assert (compared.only_pytest, compared.only_testfix) == (["generated"], ["stale"])


def test_what_a_damage_broke_and_what_testfix_says_of_it() -> None:
    before = truth(a=told(), b=told("old"), c=told(), d=told(), e=told(setup="skipped"), f=told())
    after = truth(
        a=told("x"), b=told("old x"), c=told("y"), d=told("x"), e=told("x", setup="skipped"), f=told("x")
    )
    requests = broken_by(Damage(RENAME, "x", (("t.py", b""),), 1, False), before, after)
    assert requests == {("a", "x"), ("b", "x"), ("d", "x"), ("f", "x")}
    nameless = Damage(PLUGIN, "", (("t.py", b""),), 1, False)
    assert broken_by(nameless, before, after) == {*requests, ("c", "y")}
    seen = detection(requests, {"a": verdict("x"), "b": verdict(x="a star"), "d": verdict()})
    assert (seen.found, seen.withheld, seen.missed, seen.unseen) == ({"a"}, {"b": "a star"}, {"d"}, {"f"})
    assert false_reports(after, {"a": verdict("x z"), "gone": verdict("x")}) == {("a", "z")}
    assert not green("a", before, after)
    assert green("a", before, before)
    assert made_worse(before, after) == {"a", "c", "d", "e", "f"}
    assert made_worse(after, truth(a=told(), b=told("old"), c=told("y"), d=told(setup="failed"))) == {
        "e",
        "f",
    }


def trial(**more: Any) -> dict[str, Any]:
    same = {"kind": RENAME, "elsewhere": True, "test": "", "requests": [["a", "x"], ["b", "x"]]}
    after = {"green": ["a", "b"], "claimed": [], "signature": None}
    return {**same, "found": ["a"], "safe": {**after, "green": []}, "unsafe": after, **more}


def test_the_table() -> None:
    lost = trial(
        kind=PARAMETER,
        test="t",
        requests=[],
        found=[],
        unsafe={"green": [], "claimed": [], "signature": True},
        safe={"green": [], "claimed": [], "signature": False},
    )
    assert is_green(trial()) and not safe_wrong(trial())
    assert is_green(lost) and safe_wrong(lost)
    rows = table([{"trials": [trial(), lost], "false": [["a", "z"]]}, {"error": "", "trials": []}])
    assert "| rename | 1 | 1 | 2 | 1 (50.0 %) |" in rows
    assert rows.splitlines()[-3].endswith("| 2 (100.0 %) | 1 |")
    assert "2 rounds, 1 of them without a plan. Reported but fine: 1 requests." in rows


def test_rounds_are_taken_up_again_only_by_the_same_run(tmp_path: Path) -> None:
    def settings(*words: str) -> dict[str, Any]:
        options = break_fixtures._options([str(tmp_path), "--python", sys.executable, *words])
        return break_fixtures._settings(options, tmp_path)

    file = tmp_path / "results.json"
    options = break_fixtures._options([str(tmp_path), "--python", sys.executable, "--output", str(file)])
    assert break_fixtures._earlier(options, tmp_path) == []
    file.write_text(json.dumps({**settings(), "rounds": [{"trials": []}]}))
    assert break_fixtures._earlier(options, tmp_path) == [{"trials": []}]
    file.write_text(json.dumps({**settings("--seed", "2", "--damage-only"), "rounds": []}))
    with pytest.raises(SystemExit, match="another file") as error:
        break_fixtures._earlier(options, tmp_path)
    assert "other seed, damage_only:" in str(error.value)


def test_node_ids_count_from_the_tree() -> None:
    said = {"missing": ["x"], "recursive": [], "setup": ["not found: x"]}
    answer = {
        "pytest": "9",
        "exit": 1,
        "rootdir": "/tree/sub",
        "tests": {"t.py::t": said},
        "collection_errors": {},
    }
    asked = {"requests": {"t.py::t": ["x", "y"]}, "loaded": ["/tree/sub/t.py", "/elsewhere/u.py"]}
    result = read(Path("/tree"), answer, asked)
    assert result.tests["sub/t.py::t"].requests == {"x", "y"}
    assert result.tests["sub/t.py::t"].not_found
    assert result.loaded == {"sub/t.py"}


def test_pytest_is_asked_and_a_suite_is_broken(tmp_path: Path) -> None:
    files = {
        "pytest.ini": "[pytest]\n",
        "tests/conftest.py": "import pytest\n\n\n@pytest.fixture\ndef answer():\n    return 42\n",
        "tests/test_a.py": "def test_a(answer):\n    assert answer\n\n\ndef test_b():\n    pass\n",
        "tests/test_c.py": "import pytest\n\n\n@pytest.mark.skip\ndef test_c(nothing): ...\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    suite = Suite(tmp_path, Path(sys.executable), tmp_path)
    before = ask(suite)
    assert set(before.tests) == {
        "tests/test_a.py::test_a",
        "tests/test_a.py::test_b",
        "tests/test_c.py::test_c",
    }
    assert before.tests["tests/test_c.py::test_c"].skipped
    assert before.tests["tests/test_c.py::test_c"].missing == {"nothing"}
    assert {"tests/conftest.py", "tests/test_a.py", "tests/test_c.py"} <= before.loaded
    tree = read_tree(tmp_path, before)
    chosen = choose(tree, breakable(tree, before), 20, random.Random(1))
    assert {damage.kind for damage in chosen} == {RENAME, REMOVE, DECORATOR, MOVE_MODULE, SLIP, PARAMETER}
    moved = next(damage for damage in chosen if damage.kind == MOVE_MODULE)
    for path, text in moved.files:
        (tmp_path / path).write_bytes(text)
    assert broken_by(moved, before, ask(suite)) == {("tests/test_a.py::test_a", "answer")}
