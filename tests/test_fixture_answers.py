"""`testfix fixtures`: what it prints is held against pytest; what it will not say has its reason."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
from cli_runner import run_testfix, write_files
from pages import Case, parse_page

CORPUS = Path(__file__).parent.parent / "fixtures_corpus"
SUITE = CORPUS / "suites" / "fixture_places"
UNUSED = CORPUS / "unused_fixtures.md"
DECLARED = re.compile(r"^(\w+)(?: \[(\w+) scope\])? -- ([\w/]+\.py):(\d+)", re.MULTILINE)
TEST = re.compile(r"^-+ fixtures used by (\S+) -+$", re.MULTILINE)


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the suite outside of this repository."""
    return Path(shutil.copytree(SUITE, tmp_path_factory.mktemp("suite") / "places"))


def ask(folder: Path, *arguments: str) -> dict[str, Any]:
    """The JSON answer; no error is expected."""
    done = run_testfix(["fixtures", "--output-format", "json", *arguments], folder)
    assert done.status in (0, 1) and not done.err, done.err
    answer: dict[str, Any] = json.loads(done.text)
    return answer


def ask_pytest(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "200"}
    command = [sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider", "-v", *arguments]
    options: Any = {"capture_output": True, "text": True, "encoding": "utf-8", "check": False}
    done = subprocess.run(command, cwd=folder, env=environment, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return str(done.stdout)


def declared(text: str) -> set[tuple[str, str, str, int]]:
    """(name, scope, path, line of `def`) of each fixture that pytest lists from a file of the suite.

    Some versions name the line of the decorator, which in this suite is the one above `def`; `quiet`, which
    all tests use, has its `def` on line 7.
    """
    rows = DECLARED.findall(text)
    (off,) = {7 - int(line) for name, _, _, line in rows if name == "quiet"}
    return {(name, scope or "function", path, int(line) + off) for name, scope, path, line in rows}


def row(fixture: dict[str, Any]) -> tuple[str, str, str, int]:
    return fixture["name"], fixture["scope"], fixture["path"], fixture["line"]


@pytest.mark.parametrize("path", ["tests/unit/test_orders.py", "tests/test_names.py"])
def test_a_module_sees_what_pytest_lists(suite: Path, path: str) -> None:
    answer = ask(suite, path)
    listed = [each for one in answer["fixtures"] for each in (one, *one["overrides"])]
    assert {row(each) for each in listed if each["path"]} == declared(ask_pytest(suite, "--fixtures", path))


def test_pytest_s_own_fixtures_are_those_that_it_lists(suite: Path) -> None:
    listed = re.findall(r"^(\w+)(?: \[\w+ scope\])? -- \.\.\.", ask_pytest(suite, "--fixtures"), re.MULTILINE)
    own = [each for each in ask(suite, "tests")["fixtures"] if each["visible"]["through"] == "builtin"]
    names = {each["name"] for each in own} - {"request", "cache"}  # `cache` is switched off for pytest here
    major, minor = (int(part) for part in pytest.__version__.split(".")[:2])
    assert names - set(listed) <= ({"subtests"} if (major, minor) < (9, 0) else set())
    assert set(listed) <= names


@pytest.mark.parametrize(
    "node",
    [
        "tests/unit/test_orders.py::test_limit",
        "tests/unit/test_orders.py::test_price",
        "tests/unit/test_orders.py::TestBasket::test_filled",
        "tests/unit/test_orders.py::TestBasket::TestInner::test_twice",
        "tests/test_names.py::test_greeting",
    ],
)
def test_a_test_uses_what_pytest_says(suite: Path, node: str) -> None:
    printed = TEST.split(ask_pytest(suite, "--fixtures-per-test", node))
    places = {(name, path, line) for name, _, path, line in declared(printed[2])}  # it shows no scopes
    used = [each for each in ask(suite, node)["fixtures"] if each["used"]]
    # Before pytest 9, the list above leaves out what an overridden fixture requests; the plan does not.
    planned = set(re.findall(r"SETUP +\w (\w+)", ask_pytest(suite, "--setup-plan", node)))
    assert {each["name"] for each in used} - {"request"} == planned - {"limit"}  # `limit` is parametrized
    found = {(each["name"], each["path"], each["line"]) for each in used}
    assert places and places <= found

    def flat(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [each for one in requests for each in (one, *flat(one["requests"]))]

    (tree,) = ask(suite, "--tree", node)["tests"]
    resolved = [each["fixture"] for each in flat(tree["requests"]) if each["fixture"]]
    assert found <= {(each["name"], each["path"], each["line"]) for each in resolved}  # and overridden ones
    assert {each["name"] for each in resolved} - {"request"} == planned - {"limit"}


def test_what_pytest_does_not_find_is_not_found(suite: Path) -> None:
    command = [
        sys.executable,
        "-B",
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "--setup-plan",
        "tests/test_names.py",
    ]
    done = subprocess.run(command, cwd=suite, capture_output=True, text=True, check=False)
    truth = set(re.findall(r"fixture '(\w+)' not found", done.stdout))
    missing = ask(suite, "tests/test_names.py")["missing"]
    assert {each["name"] for each in missing if each["cause"] is None} == truth == {"nowhere", "needs_limit"}
    (far,) = [each for each in missing if each["name"] == "needs_limit"]
    assert far["declared"] == [{"path": "tests/unit/conftest.py", "line": 12}]
    assert far["tests"] == ["tests/test_names.py::test_too_far"]


def test_each_place_is_visible_for_its_reason(suite: Path) -> None:
    answer = ask(suite, "tests/unit/test_orders.py::TestBasket::TestInner")
    visible = {(each["name"], each["line"]): each["visible"] for each in answer["fixtures"]}
    why = {name: (each["through"], each["path"], each["named_in"]) for (name, _), each in visible.items()}
    assert why["clock"] == ("plugin", "support/clock.py", "pytest.ini")
    assert why["zone"] == ("plugin", "support/zones.py", "support/clock.py")
    assert why["order"] == ("plugin", "support/orders.py", "tests/conftest.py")
    assert why["user"] == ("conftest", "tests/unit/conftest.py", None)
    assert why["cost"] == ("conftest", "tests/unit/conftest.py", None)
    assert why["basket"] == ("module", "tests/unit/test_orders.py", None)
    assert why["tmp_path"] == ("builtin", None, None)
    assert visible["filled", 38]["name"] == "TestBasket.TestInner"


def test_a_tree_marks_what_is_parametrized_and_what_is_repeated(suite: Path) -> None:
    done = run_testfix(["fixtures", "--tree", "tests/unit/test_orders.py::test_limit[1]"], suite)
    assert done.text.splitlines() == [
        "tests/unit/test_orders.py::test_limit",
        "\u251c\u2500 workspace  package  tests/conftest.py:12  autouse",
        "\u2502  \u2514\u2500 tmp_path_factory  pytest",
        "\u251c\u2500 quiet  function  tests/conftest.py:7  usefixtures",
        "\u251c\u2500 needs_limit  function  tests/unit/conftest.py:12",
        "\u2502  \u2514\u2500 limit  parametrized",
        "\u2514\u2500 limit  parametrized",
    ]


def test_the_text_has_a_section_for_each_place(suite: Path) -> None:
    done = run_testfix(["fixtures", "../test_names.py::test_lost"], suite / "tests" / "unit")
    text = done.text
    assert text.startswith("../test_names.py::test_lost sees ")
    assert "  not found  nowhere  requested at ../test_names.py:14\n" in text
    assert "this module, ../test_names.py\n  sample  function  line 5\n" in text
    assert "  workspace           package   line 12  autouse  used\n" in text
    assert "plugin support.clock, ../../support/clock.py, named in ../../pytest.ini\n" in text
    assert "built into pytest" in text and "\x1b[" not in text
    colored = run_testfix(["fixtures", "--color", "always", "tests/test_names.py"], suite)
    assert "\x1b[1;31mnot found\x1b[0m" in colored.text


def test_unused_and_duplicates_of_the_suite(suite: Path) -> None:
    answer = ask(suite, "--unused")
    assert [each["name"] for each in answer["unused"]] == ["never_requested", "only_by_the_unused"]
    assert answer["unused"][1]["requested_by"] == ["never_requested"]
    assert {each["name"]: each["cause"] for each in answer["withheld"]} == {
        "for_others": "it is part of the package, for others to use",
        "asked_by_name": "tests/test_names.py asks for it by name",
        "make_red": "tests/unit/test_orders.py puts names of fixtures together",
    }
    assert ask(suite, "--duplicates")["duplicates"] == [
        {
            "name": "sample",
            "declarations": [
                {"path": "tests/test_names.py", "line": 5, "class": None},
                {"path": "tests/unit/test_orders.py", "line": 10, "class": None},
            ],
        }
    ]
    assert ask(suite, "--duplicates", "support")["duplicates"] == []
    assert run_testfix(["fixtures", "--unused", "support"], suite).status == 0
    assert run_testfix(["fixtures", "--unused"], suite).status == 1


A_TEST = "def test_a():\n    pass\n"
PLAIN = "import pytest\n\n\n@pytest.fixture\ndef thing():\n    return 1\n"


@pytest.mark.parametrize("case", parse_page(UNUSED), ids=lambda case: case.id)
def test_unused_only_where_nothing_speaks_against_it(tmp_path: Path, case: Case) -> None:
    write_files(tmp_path, case.files)
    answer = ask(tmp_path, "--unused")
    (sentence,) = [line for line in case.prose if line]
    if sentence == "Unused.":
        assert [each["name"] for each in answer["unused"]] == ["thing"]
    else:
        assert answer["unused"] == []
        (thing,) = [each for each in answer["withheld"] if each["name"] == "thing"]
        assert sentence.removeprefix("Perhaps used: ") in thing["cause"]


@pytest.mark.parametrize(
    "conftest",
    [
        PLAIN.replace("fixture", "fixture(autouse=True)"),
        "AUTO = len('x') > 0\n" + PLAIN.replace("fixture", "fixture(autouse=AUTO)"),
        PLAIN.replace("thing", "tmp_path"),
        PLAIN.replace("@pytest.fixture", "@register\n@pytest.fixture"),
    ],
    ids=["autouse", "perhaps autouse", "a plugin's name", "another decorator"],
)
def test_a_fixture_that_acts_by_itself_is_not_unused(tmp_path: Path, conftest: str) -> None:
    write_files(tmp_path, {"conftest.py": conftest.encode(), "test_a.py": A_TEST.encode()})
    assert ask(tmp_path, "--unused")["unused"] == []


def test_what_is_overridden_for_all_is_not_unused(tmp_path: Path) -> None:
    test = PLAIN + "\n\ndef test_a(thing):\n    pass\n"
    write_files(tmp_path, {"conftest.py": PLAIN.encode(), "test_a.py": test.encode()})
    answer = ask(tmp_path, "--unused")
    assert answer["unused"] == answer["withheld"] == []


def test_layout_and_comments_make_no_other_fixture(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "test_a.py": PLAIN.encode(),
            "test_b.py": PLAIN.replace("return 1", "return (1)  # one").encode(),
            "test_c.py": PLAIN.replace("return 1", "return 2").encode(),
            "test_d.py": f"import pytest\n\n\nclass TestD:\n{indent(PLAIN[15:], '    ')}".encode(),
        },
    )
    (found,) = ask(tmp_path, "--duplicates")["duplicates"]
    assert [(each["path"], each["class"]) for each in found["declarations"]] == [
        ("test_a.py", None), ("test_b.py", None), ("test_d.py", "TestD"),
    ]  # fmt: skip


INI = b"[pytest]\ntestpaths = tests\nnorecursedirs = data\naddopts = --ignore=tests/slow\n"


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("missing.py", "The path 'missing.py' does not exist."),
        ("notes.txt", "notes.txt is no Python file."),
        (
            "tests/helper.py",
            "its name matches none of `python_files` (pytest's default): test_*.py *_test.py.",
        ),
        ("other/test_a.py", "it is not below `testpaths` in pytest.ini: tests."),
        ("tests/data/test_a.py", "`norecursedirs` in pytest.ini keeps pytest out of its folder."),
        ("tests/slow/test_a.py", "`addopts` in pytest.ini ignores it."),
        ("tests/old/test_a.py", "a `collect_ignore` in a conftest keeps pytest away from it."),
        ("tests/test_broken.py", "it cannot be parsed."),
        ("tests/hidden/test_a.py", "testfix leaves it out (`exclude` or .gitignore)."),
        ("tests/test_a.py::test_reed", "has no test or class `test_reed`. Nearest: test_read."),
        (
            "tests/test_a.py::test_write",
            "has no test or class `test_write`. Nearest: TestIt::test_write, test_read.",
        ),
        ("tests::test_read", "tests has no tests: name a test module before `::`."),
    ],
)
def test_a_question_without_an_answer_gets_a_sentence(tmp_path: Path, path: str, sentence: str) -> None:
    test = b"def test_read():\n    pass\n\n\nclass TestIt:\n    def test_write(self):\n        pass\n"
    files = dict.fromkeys(
        ("other/test_a.py", "tests/data/test_a.py", "tests/slow/test_a.py", "tests/old/test_a.py",
         "tests/hidden/test_a.py", "tests/test_a.py", "tests/helper.py", "notes.txt"), test,
    )  # fmt: skip
    files |= {
        "pytest.ini": INI,
        "tests/conftest.py": b"collect_ignore = ['old']\n",
        ".gitignore": b"hidden\n",
    }
    write_files(tmp_path, {**files, "tests/test_broken.py": b"def test(:\n"})
    done = run_testfix(["fixtures", path], tmp_path)
    assert (done.status, done.text) == (2, "")
    assert done.err.startswith("testfix: ") and done.err.rstrip().endswith(sentence)


@pytest.mark.parametrize(
    "arguments", [["--tree", "--unused", "."], ["--tree", "."], ["--isolated", "--config", "c", "."]]
)
def test_a_contradiction_gets_a_sentence(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "c").touch()
    done = run_testfix(["fixtures", *arguments], tmp_path)
    assert done.status == 2 and done.err.startswith("testfix: ") and len(done.err.splitlines()) == 1


def test_options_stand_on_both_sides_and_a_folder_may_be_called_so(suite: Path, tmp_path: Path) -> None:
    before = run_testfix(["fixtures", "--tree", "tests/test_names.py"], suite)
    after = run_testfix(["fixtures", "tests/test_names.py", "--tree"], suite)
    assert before == after and before.status == 0
    write_files(tmp_path, {"fixtures/test_a.py": b"def test_a():\n    nobody_knows\n"})
    assert "test_a.py:2" in run_testfix(["./fixtures", "--check"], tmp_path).text
