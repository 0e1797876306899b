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
    """`whole`: one call takes many files and reads the project around them; else one call per file.

    `accepted` are the exit codes that do not mean that the tool itself failed. When it does fail, that ends
    the benchmark if it `must_work`, and is counted otherwise.
    """

    name: str
    command: tuple[str, ...]
    whole: bool
    accepted: tuple[int, ...]
    must_work: bool


def tool(name: str, testfix: str | None, options: Sequence[str]) -> Tool:
    """The tool of that name. Raises SystemExit with a sentence when it is not installed."""
    if name in ("testfix", "testfix-unsafe"):
        unsafe = ("--unsafe-fixes",) if name == "testfix-unsafe" else ()
        return Tool(name, (*testfix_command(testfix), "--quiet", *unsafe, *options), True, (0, 1), True)
    if name == "pyflyby":
        # Without the first three options it also removes, rewrites and adds imports nobody asked for; the
        # last keeps it from lining up the word "import" in column 32.
        careful = ("--no-remove-unused", "--no-canonicalize", "--no-add-mandatory", "--unaligned")
        return Tool(name, (find("tidy-imports"), "--quiet", "--replace", *careful), False, (0,), False)
    if name == "autoimport":
        return Tool(name, (find("autoimport"), "--keep-unused-imports"), False, (0,), False)
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

    Raises SystemExit when a tool that must not fail does.
    """
    environment = testfix_environment(tool.command)
    calls = [list(paths)] if tool.whole else [[path] for path in paths]
    failed: list[str] = []
    for call in calls:
        try:
            done = subprocess.run(
                [*tool.command, *call],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            failed.append(f"no end after {timeout:.0f} s on {' '.join(call[:3])}")
            continue
        if done.returncode not in tool.accepted:
            message = done.stderr.decode(errors="replace").strip()[-2000:]
            if tool.must_work:
                raise SystemExit(f"{tool.name} failed with exit status {done.returncode}:\n{message}")
            failed.append(f"{' '.join(call[:3])}: {message[-200:]}")
    return failed
