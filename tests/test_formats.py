"""Formats for programs, held against their schemas and against what a repair writes."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema
import pytest
import xmlschema
from cli_runner import contents, run_testfix, write_files

from fixer.cli import FORMATS
from fixer.output import deliver

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMAS = Path(__file__).parent / "schemas"
ODD = "tests/test_%41, ü.py" if sys.platform == "win32" else "tests/test_%41, ü\x1b[31m\n:.py"
SUITE = {
    "tests/test_a.py": "import os\r\n\r\n\r\ndef test_a():\r\n    x = ('𐀀ü', patch, os)\r\n".encode(),
    "tests/test_bom.py": "\ufeffdef test_b():\n    assert 'ü', datetime.now()".encode(),
    "tests/test_broken.py": b"def test_(:\n",
    "tests/test_lender.py": b"import pytest\n\n\n@pytest.fixture\ndef lent():\n    return 1\n",
    "tests/test_borrower.py": b"def test_borrowed(lent):\n    assert lent == 1, nobody\n",
    ODD: b"def test_odd():\n    assert nobody()\n",
}
Place = tuple[int, int, int, int]


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    return write_files(tmp_path / "suite", SUITE)


def output(suite: Path, form: str, *words: str) -> str:
    done = run_testfix(["--check", "--output-format", form, *words], suite)
    assert done.status == 1
    return done.text


def test_every_format_has_a_module() -> None:
    assert set(deliver.FORMATS) == set(FORMATS) - {"text", "concise", "json"}


def applied(content: bytes, edits: Iterable[tuple[Place, str]]) -> bytes:
    """The file with the edits made by lines and characters alone."""
    bom = "\ufeff" if content.startswith("\ufeff".encode()) else ""
    text = content.decode("utf-8-sig")
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    for (line, column, end_line, end_column), new in sorted(edits, reverse=True):
        start, stop = starts[line - 1] + column - 1, starts[end_line - 1] + end_column - 1
        text = text[:start] + new + text[stop:]
    return (bom + text).encode()


def test_sarif_is_valid_and_its_fixes_are_what_gets_written(suite: Path) -> None:
    log: dict[str, Any] = json.loads(output(suite, "sarif"))
    schema = json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text())
    jsonschema.Draft4Validator(schema).validate(log)
    (run,) = log["runs"]
    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    assert {unquote(place["artifactLocation"]["uri"]) for place in places} >= {ODD, "tests/test_a.py"}
    region = next(p["region"] for p in places if p["artifactLocation"]["uri"] == "tests/test_a.py")
    assert region == {"startLine": 5, "startColumn": 16, "endLine": 5, "endColumn": 21}
    assert all(
        each["ruleId"] in {rule["id"] for rule in run["tool"]["driver"]["rules"]} for each in run["results"]
    )
    written: dict[str, bytes] = {}
    for result in run["results"]:
        for fix in result.get("fixes", ()):
            for change in fix["artifactChanges"]:
                path = unquote(change["artifactLocation"]["uri"])
                edits = [
                    (tuple(each["deletedRegion"].values()), each["insertedContent"]["text"])
                    for each in change["replacements"]
                ]
                written[path] = applied(SUITE.get(path, b""), edits)
    run_testfix(["--unsafe-fixes"], suite)
    changed = {path: content for path, content in contents(suite).items() if content != SUITE.get(path)}
    assert written == changed
    assert "tests/conftest.py" in written


@pytest.mark.parametrize("form", deliver.FORMATS)
def test_an_error_is_told(suite: Path, form: str) -> None:
    """A file that was read only and could not be written."""
    path = suite / "tests/test_a.py"
    path.chmod(0o444)
    done = run_testfix(["--output-format", form], suite)
    path.chmod(0o644)
    assert done.status == 2
    if form == "sarif":
        log = json.loads(done.text)
        jsonschema.Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0-rtm.5.json").read_text())).validate(log)
    if form == "junit":
        xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(done.text)
    told = done.err if form in ("gitlab", "rdjson") else done.text  # these have no place for it
    assert "could not be written: is read-only" in told


def test_rdjson_counts_bytes_and_its_suggestions_are_what_gets_written(suite: Path) -> None:
    document: dict[str, Any] = json.loads(output(suite, "rdjson"))
    (found,) = (d for d in document["diagnostics"] if d["location"]["path"] == "tests/test_a.py")
    line = SUITE["tests/test_a.py"].split(b"\r\n")[4]
    start, end = (found["location"]["range"][side]["column"] for side in ("start", "end"))
    assert line[start - 1 : end - 1] == b"patch"
    edits = [
        ((*each["range"]["start"].values(), *each["range"]["end"].values()), each["text"])
        for each in found["suggestions"]
    ]
    run_testfix([], suite)
    assert applied(SUITE["tests/test_a.py"], edits) == (suite / "tests/test_a.py").read_bytes()


@pytest.mark.parametrize("clean", [False, True], ids=["findings", "none"])
def test_junit_is_valid(suite: Path, clean: bool) -> None:
    if clean:
        write_files(suite, dict.fromkeys(SUITE, b""))
        text = run_testfix(["--check", "--output-format", "junit"], suite).text
    else:
        text = output(suite, "junit")
    xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(text)
    root = ElementTree.fromstring(text)
    cases = root.findall(".//testcase")
    assert len(cases) == int(root.attrib["tests"]) == (1 if clean else 6)
    assert len(root.findall(".//failure")) == int(root.attrib["failures"]) == (0 if clean else 6)


def test_github_escapes_what_would_end_a_command(suite: Path) -> None:
    lines = output(suite, "github").splitlines()
    assert len(lines) == 6
    assert all(line.startswith("::error file=tests/") for line in lines)
    assert "\x1b" not in "".join(lines)
    if sys.platform != "win32":
        (odd,) = (line for line in lines if "test_%2541%2C ü" in line)
        assert "%0A%3A.py,line=2,col=12,endLine=2,endColumn=18,title=testfix (TF101)::TF101 `nobody`" in odd


def test_gitlab_fingerprints_outlive_a_move(suite: Path) -> None:
    before = json.loads(output(suite, "gitlab"))
    path = suite / "tests/test_a.py"
    path.write_bytes(b"# moved\r\n" + path.read_bytes())
    after = json.loads(output(suite, "gitlab"))
    assert [each["fingerprint"] for each in before] == [each["fingerprint"] for each in after]
    assert len({each["fingerprint"] for each in after}) == len(after) == 6
    assert before != after


def test_json_lines_are_the_findings_of_json(suite: Path) -> None:
    lines = [json.loads(line) for line in output(suite, "json-lines").splitlines()]
    assert lines == json.loads(output(suite, "json"))["findings"]


@pytest.mark.parametrize("form", deliver.FORMATS)
def test_after_a_repair_only_what_is_left_is_named(suite: Path, form: str) -> None:
    done = run_testfix(["--unsafe-fixes", "--output-format", form], suite)
    assert done.status == 1
    assert "nobody" in done.text
    if form != "json-lines":
        assert "`patch`" not in done.text
