"""Runs the installed pytest in many folders, each time in a process of its own.

    python tests/tools/pytest_runs.py < folders

reads folders line by line and prints one JSON object: folder -> [exit status, what pytest printed]. The
processes are forked from one that has imported pytest, where the system can fork. Plugins of the environment
stay out. A folder whose `pyproject.toml` declares a project is importable, as if it were installed in place.
"""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).resolve().parent
OPTIONS = ["-q", "--continue-on-collection-errors", "-p", "no:cacheprovider"]
VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONPATH")


def run_pytest(folders: Sequence[Path], processes: int = 2) -> dict[Path, tuple[int, str]]:
    """Exit status and output of `pytest -q` in each folder, by this Python, several at once.

    Raises RuntimeError with what was printed when such a process itself ends badly.
    """
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    asked = []
    for number in range(processes):
        process = subprocess.Popen(
            [sys.executable, str(HERE / "pytest_runs.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            text=True,
            encoding="utf-8",
        )
        asked.append((process, "\n".join(map(str, folders[number::processes]))))
    answers: dict[Path, tuple[int, str]] = {}
    for process, batch in asked:
        out, err = process.communicate(batch)
        if process.returncode:
            raise RuntimeError(f"pytest_runs.py ended with {process.returncode}: {err}")
        answers.update((Path(folder), (status, text)) for folder, (status, text) in json.loads(out).items())
    return answers


def main(folders: Sequence[str]) -> None:
    import pytest  # noqa: F401  # once for all

    start = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(start)
    answers: dict[str, tuple[int, str]] = {}
    with tempfile.TemporaryDirectory() as temporary:
        printed = Path(temporary, "printed")
        for folder in folders:
            process = context.Process(target=_run, args=(folder, str(printed)))
            process.start()
            process.join()
            status = -1 if process.exitcode is None else process.exitcode
            answers[folder] = (status, printed.read_bytes().decode("utf-8", "replace"))
    json.dump(answers, sys.stdout)


def _run(folder: str, printed: str) -> None:
    import pytest

    sys.path[:] = [path for path in sys.path if path and Path(path).resolve() != HERE]
    declared = Path(folder, "pyproject.toml")
    if declared.exists() and "[project]" in declared.read_text(encoding="utf-8"):
        sys.path.append(folder)  # as if it were installed in place
    with open(printed, "wb") as file:  # noqa: PTH123
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.chdir(folder)
    status = pytest.main(OPTIONS)
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    sys.exit(int(status))


if __name__ == "__main__":
    main([line for line in sys.stdin.read().splitlines() if line])
