"""The report of a migration, read back by parsers that know nothing of testfix."""

from __future__ import annotations

import json
import re
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from cli_runner import contents, run_testfix, write_files

if TYPE_CHECKING:
    from pathlib import Path

ODD = "tests/a|b/test_`x`.py" if sys.platform == "win32" else "tests/<b>|*/test_\x1b[31m`x`.py"
SUITE = {
    "tests/test_a.py": b"def test_a():\n    assert Mock() is patch\n",
    "tests/unit/test_b.py": b"def test_b():\n    Mock()\n    assert nobody()\n    nobody()\n",
    "tests/unit/test_broken.py": b"def test_(:\n",
    ODD: b"def test_odd():\n    assert nobody()\n",
}


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    return write_files(tmp_path / "suite", SUITE)


class Page(HTMLParser):
    """The tags of a page, each closed as it should be, and the text of each kind."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attributes
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        if self.open and text.strip():
            self.texts.setdefault(self.open[-1], []).append(text)


def report(suite: Path, ending: str, *words: str) -> str:
    path = suite.parent / f"report{ending}"
    done = run_testfix(["--report", str(path), *words], suite)
    assert done.status == 1, done.err
    return path.read_text(encoding="utf-8")


def test_the_counts_are_those_of_the_run(suite: Path) -> None:
    run: dict[str, Any] = json.loads(run_testfix(["--check", "--output-format", "json"], suite).text)
    said: dict[str, Any] = json.loads(report(suite, ".json"))
    assert said["version"] == 1 and said["written"] is True
    assert said["findings"] == len(run["findings"]) == 7
    assert said["fixed"] == 3
    assert said["files_checked"] == 4
    assert said["files_changed"] == ["tests/test_a.py", "tests/unit/test_b.py"]
    for rows in (said["rules"], said["folders"]):
        assert sum(row["found"] for row in rows) == 7
        assert all(row["found"] == row["fixed"] + row["left"] for row in rows)
    folders = {row["name"]: (row["found"], row["fixed"], row["left"]) for row in said["folders"]}
    assert folders["tests"] == (2, 2, 0) and folders["tests/unit"] == (4, 1, 3)
    for key, number in (("changed", 3), ("left", 4)):
        assert sum(group["count"] for group in said[key]) == number
        assert all(group["why"] and group["what"] and group["places"] for group in said[key])
    (mock,) = (group for group in said["changed"] if "Mock" in group["what"])
    assert mock["places"] == ["tests/test_a.py:2", "tests/unit/test_b.py:2"]
    assert mock["why"].startswith("safe: ")


def test_the_page_is_closed_self_contained_and_says_the_same(suite: Path) -> None:
    said = json.loads(report(suite, ".json", "--check"))
    page = Page(report(suite, ".html", "--check"))
    assert page.tags.isdisjoint({"script", "link", "img", "iframe", "a", "b>|*"})
    assert not any(name in ("src", "href", "style") or name.startswith("on") for name, _ in page.attributes)
    assert "Would fix 3 of 7 findings in 2 of 4 files; 4 left." in page.texts["p"]
    assert page.texts["li"] == [
        place for key in ("changed", "left") for g in said[key] for place in g["places"]
    ]
    assert page.texts["code"] == [group["what"] for key in ("changed", "left") for group in said[key]]
    assert page.texts["span"] == [group["why"] for key in ("changed", "left") for group in said[key]]
    assert "\x1b" not in "".join(page.texts["li"])


def test_markdown_has_whole_tables_and_no_markup_of_others(suite: Path) -> None:
    text = report(suite, ".md", "--check")
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 * 2 + 3 - 1 + 3
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)
    assert "\x1b" not in text
    assert re.search(r"(?<!\\)[<`]", text) is None
    assert "from unittest.mock import Mock" in text.replace("\\", "")
    assert "nothing in the project or the standard library has this name" in text.replace("\\", "")


@pytest.mark.parametrize("words", [("--check",), ("--diff",)])
def test_nothing_else_is_written(suite: Path, words: tuple[str, ...]) -> None:
    before = contents(suite)
    run_testfix(["--report", "out.md", *words], suite)
    after = contents(suite)
    assert after.pop("out.md")
    assert after == before


def test_a_report_replaces_the_former_one(suite: Path) -> None:
    first = report(suite, ".json")
    second = report(suite, ".json")
    assert json.loads(first)["fixed"] == 3 and json.loads(second)["fixed"] == 0
    assert sorted(path.name for path in suite.parent.iterdir()) == ["report.json", "suite"]


@pytest.mark.parametrize(
    "path, message", [("report.txt", "ends in .html, .json or .md"), ("nowhere/report.md", "does not exist")]
)
def test_a_place_that_cannot_be_is_refused_before_the_run(suite: Path, path: str, message: str) -> None:
    before = contents(suite)
    done = run_testfix(["--report", path], suite)
    assert done.status == 2
    assert message in done.err
    assert contents(suite) == before


def test_a_report_that_cannot_be_written_is_said(suite: Path) -> None:
    (suite / "report.md").mkdir()
    done = run_testfix(["--check", "--report", str(suite / "report.md" / ".." / "report.md")], suite)
    assert done.status == 2
    assert "report.md" in done.err and "itself failed" not in done.err
