"""Cases of unexpected-keyword, run before and after the repair in a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cli_runner import contents, run_testfix, write_files
from pages import parse_page

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = Path(__file__).parent.parent / "fixtures_corpus" / "rules" / "unexpected-keyword"
RUNNER = Path(__file__).parent / "tools" / "run_case.py"
FILE = "tests/test_dial.py"
# Cases of shapes.md that call websockets: those that break with 14, and those that no version breaks.
BROKEN = ("1", "2", "3", "4", "5", "6", "11", "12", "14", "19", "20", "a")
NEVER_BROKEN = ("7", "8", "9")


@dataclass(frozen=True)
class Observed:
    """What the functions of a case said, by name. `edited`: testfix changed the file."""

    before: dict[str, str]
    after: dict[str, str]
    edited: bool


def observe(
    cases: dict[str, bytes], folder: Path, python: str, release: str | None = None, place: Path | None = None
) -> dict[str, Observed]:
    """Run the test files (by title), repair them with `websockets==release` declared, run them again.

    `place` is a folder with that release; without it the one that `python` has counts.
    """
    names = {title: f"tests/test_{number}.py" for number, title in enumerate(cases)}
    files = {names[title]: content for title, content in cases.items()}
    declared = {"requirements.txt": f"websockets=={release}\n".encode()} if release is not None else {}
    write_files(folder, {**files, **declared})
    before = _run(folder, list(files), python, place)
    run_testfix([], folder)
    after = _run(folder, list(files), python, place)
    now = contents(folder)
    return {
        title: Observed(before[file], after[file], now[file] != files[file]) for title, file in names.items()
    }


def faults_of_websockets(folder: Path, python: str, release: str, place: Path | None = None) -> Iterator[str]:
    """Everything in which the cases do not behave as they should under that release, as sentences.

    Before 14 nothing is edited, and everything connects; from 14 on the calls are refused first, and connect
    or time out as asked once they are repaired. What imports the legacy implementation always works.
    """
    new = int(release.partition(".")[0]) >= 14
    cases = {**_shapes(BROKEN), "connects": _behaviour("Headers and answers")}
    if new:  # up to 13.1 the keyword bounds the closing of a connection, and nothing ends this handshake
        cases["times out"] = _behaviour("A handshake that never comes")
    never = _shapes(NEVER_BROKEN)
    for title, seen in observe({**cases, **never}, folder, python, release, place).items():
        breaks = new and title not in never
        if breaks and not all("unexpected keyword" in said for said in seen.before.values()):
            yield f"{title}: works before the repair: {seen.before}"
        if seen.edited != breaks:
            yield f"{title}: {'not ' if breaks else ''}edited"
        if any("Error" in said for said in seen.after.values()):
            yield f"{title}: fails after the repair: {seen.after}"
        expected = {"connects": {"here", "timed out"}, "times out": {"timed out"}}.get(title)
        if expected is not None and set(seen.after.values()) != expected:
            yield f"{title}: {seen.after}"


def faults_of_asyncio(folder: Path, python: str) -> Iterator[str]:
    """The same for asyncio, under one Python."""
    case = _behaviour("asyncio, waiting for what never comes")
    seen = observe({"asyncio": case}, folder, python)["asyncio"]
    if not all("unexpected keyword" in said for said in seen.before.values()):
        yield f"works before the repair: {seen.before}"
    if set(seen.after.values()) != {"connected", "timed out"}:
        yield f"after the repair: {seen.after}"


def _shapes(numbers: tuple[str, ...]) -> dict[str, bytes]:
    """The test files of those cases of shapes.md, by title."""
    cases = parse_page(PAGES / "shapes.md")
    return {case.title: case.files[FILE] for case in cases if case.title.split()[0].lower() in numbers}


def _behaviour(title: str) -> bytes:
    """The test file of one case of behaviour.md."""
    return next(case.files[FILE] for case in parse_page(PAGES / "behaviour.md") if case.title == title)


def _run(folder: Path, files: list[str], python: str, place: Path | None) -> dict[str, dict[str, str]]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    if place is not None:
        environment["PYTHONPATH"] = str(place)
    command = [python, str(RUNNER), *files]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    return found
