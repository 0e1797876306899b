"""Asks the installed pytest, in many folders, which requested fixtures it cannot find.

    python tests/tools/pytest_truth.py

reads folders from standard input, one a line, and prints one JSON object: folder -> the answer of
`pytest_truth_plugin` or, where pytest stopped before it collected anything, {"stopped": what pytest printed}.
Each folder gets a process of its own, in which pytest starts there without arguments; the processes are
forked from one that has imported pytest, where the system can fork. Plugins of the environment stay out,
except in a folder that brings a `.venv`: its packages are on `sys.path` then, and their entry points are
loaded as pytest always does.
"""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import site
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).resolve().parent
OPTIONS = ("--setup-plan", "-q", "--continue-on-collection-errors")
# What would bring more than the folder says.
PLUGIN_VARIABLES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTHONPATH")


def ask_pytest(folders: Sequence[Path], processes: int = 2) -> dict[Path, dict[str, Any]]:
    """The answer for each folder, from this Python's pytest, asked by several processes at once.

    Raises CalledProcessError when such a process itself ends badly.
    """
    with ThreadPoolExecutor(processes) as pool:
        batches = pool.map(_ask_in_one_process, [folders[number::processes] for number in range(processes)])
        return {Path(folder): answer for batch in batches for folder, answer in batch.items()}


def _ask_in_one_process(folders: Sequence[Path]) -> dict[str, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-B", "-X", "utf8", __file__],
        input="\n".join(map(str, folders)),
        env={name: value for name, value in os.environ.items() if name not in PLUGIN_VARIABLES},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=True,
    )
    answers: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return answers


def main(folders: Sequence[str]) -> None:
    _import_pytest()
    start = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(start)
    answers: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary:
        answer, printed = Path(temporary, "answer.json"), Path(temporary, "printed")
        for folder in folders:
            answer.unlink(missing_ok=True)
            process = context.Process(target=_run_pytest, args=(folder, str(answer), str(printed)))
            process.start()
            process.join()
            if answer.exists():
                answers[folder] = json.loads(answer.read_bytes())
            else:
                answers[folder] = {"stopped": printed.read_bytes().decode("utf-8", "replace")}
    json.dump(answers, sys.stdout)


def _import_pytest() -> None:
    """What every session imports, once for all."""
    from importlib import import_module

    from _pytest.config import builtin_plugins

    for name in (*(f"_pytest.{plugin}" for plugin in builtin_plugins), "pdb", "pytest_truth_plugin"):
        import_module(name)
    gc.freeze()  # what is imported so far need not be looked through in each process


def _run_pytest(folder: str, answer: str, printed: str) -> None:
    """One session, in a process of its own."""
    import pytest
    import pytest_truth_plugin

    sys.path[:] = [path for path in sys.path if path and Path(path).resolve() != HERE]
    environment = Path(folder, ".venv")
    if environment.exists():
        for pattern in ("lib/python*/site-packages", "Lib/site-packages"):
            for packages in environment.glob(pattern):
                site.addsitedir(str(packages))
    else:
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    with open(printed, "wb") as file:  # noqa: PTH123
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.chdir(folder)
    pytest.main([*OPTIONS, "--fixture-truth", answer], plugins=[pytest_truth_plugin])
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.stdin.read().splitlines())
