"""Runs the command line in this process, and git beside it."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from fixer.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True)
class Outcome:
    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")


def run_testfix(arguments: Sequence[str], cwd: Path) -> Outcome:
    """`testfix <arguments>` in the folder `cwd`."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
    with _folder(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(list(arguments))
    out.flush()
    err.flush()
    return Outcome(status, out.detach().getvalue(), err.detach().getvalue().decode("utf-8"))  # type: ignore[attr-defined]


def git_apply(diff: bytes, cwd: Path) -> None:
    """Apply a diff with the real git, which must take it without a word."""
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(cwd.parent), "GIT_CONFIG_GLOBAL": os.devnull}
    command = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "-"]
    done = subprocess.run(command, input=diff, cwd=cwd, env=environment, capture_output=True, check=False)
    assert done.returncode == 0 and not done.stderr, (
        f"{done.stderr.decode()}\n{diff.decode(errors='replace')}"
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below the folder, without what the tools keep for themselves."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {".git", ".testfix"} & set(path.relative_to(folder).parts)
    }


def write_files(folder: Path, files: dict[str, bytes]) -> Path:
    """Create the folder with the files in it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@contextlib.contextmanager
def _folder(path: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(path)
    try:
        yield
    finally:
        os.chdir(before)
