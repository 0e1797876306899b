"""How each tool is called, with the options that suit it best for adding imports and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = ("testfix", "testfix-unsafe", "pyflyby", "autoimport")


@dataclass(frozen=True, slots=True)
class Tool:
    """`accepted` are the exit codes that do not mean that the tool itself failed.

    When it does fail, that ends the benchmark if it `must_work`, and is counted otherwise.
    """

    name: str
    command: tuple[str, ...]
    accepted: tuple[int, ...]
    must_work: bool


def tool(name: str, testfix: str | None, options: Sequence[str]) -> Tool:
    """The tool of that name. Raises SystemExit with a sentence when it is not installed."""
    if name in ("testfix", "testfix-unsafe"):
        unsafe = ("--unsafe-fixes",) if name == "testfix-unsafe" else ()
        return Tool(name, (*testfix_command(testfix), "--quiet", *unsafe, *options), (0, 1), True)
    if name == "pyflyby":
        # Without the first three options it also removes, rewrites and adds imports nobody asked for; the
        # last keeps it from lining up the word "import" in column 32.
        careful = ("--no-remove-unused", "--no-canonicalize", "--no-add-mandatory", "--unaligned")
        return Tool(name, (find("tidy-imports"), "--quiet", "--replace", *careful), (0,), False)
    if name == "autoimport":
        return Tool(name, (find("autoimport"), "--keep-unused-imports"), (0,), False)
    raise SystemExit(f"There is no tool {name!r}; choose from {', '.join(NAMES)}.")


def testfix_command(path: str | None) -> tuple[str, ...]:
    """How testfix is called: the program at `path`, or this interpreter on the package beside this folder."""
    return (str(Path(path).resolve()),) if path else (sys.executable, "-m", "fixer")


def testfix_environment(command: Sequence[str]) -> dict[str, str]:
    """The environment in which `python -m fixer` is found although it runs in another folder."""
    if "fixer" not in command:
        return dict(os.environ)
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def run_testfix(command: Sequence[str], folder: Path, *options: str) -> str:
    """Run testfix from inside `folder` and return its standard output.

    Raises SystemExit with what it said when it did not end with 0 or 1.
    """
    done = subprocess.run(
        [*command, *options],
        cwd=folder,
        env=testfix_environment(command),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        message = done.stderr.decode(errors="replace").strip()[-2000:]
        raise SystemExit(f"testfix failed with exit status {done.returncode}:\n{message}")
    return done.stdout.decode()


def find(program: str) -> str:
    """The program beside this interpreter or on PATH. Raises SystemExit with a sentence."""
    beside = shutil.which(program, path=str(Path(sys.executable).parent))
    found = beside or shutil.which(program)
    if found is None:
        raise SystemExit(f"{program} is not installed: put it on PATH or beside this interpreter.")
    return found


def run(tool: Tool, folder: Path, paths: Sequence[str], timeout: float) -> list[str]:
    """Run the tool on the files, in place, from inside `folder`. Returns what each call that failed said.

    Where a call with many files fails, those it left alone get a call each: a crash costs one file only.
    Raises SystemExit when a tool that must not fail does.
    """
    before = {path: (folder / path).read_bytes() for path in paths}
    said = _call(tool, folder, paths, timeout)
    if said is None:
        return []
    if tool.must_work:
        raise SystemExit(f"{tool.name} failed: {said}")
    if len(paths) == 1:
        return [f"{paths[0]}: {said[-200:]}"]
    untouched = [path for path in paths if (folder / path).read_bytes() == before[path]]
    return [failure for path in untouched for failure in run(tool, folder, [path], timeout)]


def _call(tool: Tool, folder: Path, paths: Sequence[str], timeout: float) -> str | None:
    """None when the tool ended as it should."""
    try:
        done = subprocess.run(
            [*tool.command, *paths],
            cwd=folder,
            env=testfix_environment(tool.command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no end after {timeout:.0f} s"
    if done.returncode in tool.accepted:
        return None
    return f"exit status {done.returncode}: {done.stderr.decode(errors='replace').strip()[-2000:]}"
