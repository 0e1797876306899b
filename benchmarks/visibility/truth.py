"""What pytest itself says of the fixtures of a suite: `--setup-plan`, and every name looked up."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).resolve().parent
PLUGINS = (HERE.parents[1] / "tests" / "tools", HERE)  # of pytest_truth_plugin and requests_plugin
NOT_FOUND = "not found: "


@dataclass(frozen=True, slots=True)
class Planned:
    """What pytest says of one test function; what holds for one of its parameter sets is in it.

    `missing` and `recursive` are all names whose look-up fails, `setup` what `--setup-plan` reported.
    `requests` are the names of its fixture closure.
    """

    missing: frozenset[str]
    recursive: frozenset[str]
    setup: frozenset[str]
    requests: frozenset[str]

    @property
    def skipped(self) -> bool:
        """Whether pytest never came to look for fixtures."""
        return self.setup == {"skipped"}

    @property
    def not_found(self) -> bool:
        """Whether pytest fails it with "fixture ... not found"."""
        return any(outcome.startswith(NOT_FOUND) for outcome in self.setup)


@dataclass(frozen=True, slots=True)
class Truth:
    """What pytest says of a suite. Test names and the `loaded` files of the tree are relative to the tree."""

    version: str
    exit: int
    tests: dict[str, Planned]
    collection_errors: dict[str, str]
    loaded: frozenset[str]
    seconds: float


class PytestError(Exception):
    """pytest did not come as far as planning; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A tree with the interpreter of its environment. `installed` is the folder that was installed from."""

    tree: Path
    python: Path
    installed: Path
    options: Sequence[str] = ()
    timeout: float = 600


def ask(suite: Suite) -> Truth:
    """Plan the whole suite. Raises PytestError when pytest ends before that, as with a broken conftest."""
    with tempfile.TemporaryDirectory(prefix="fixture-truth-") as place:
        truth, requests = Path(place, "truth.json"), Path(place, "requests.json")
        command = [str(suite.python), "-m", "pytest"]
        command += ["-p", "pytest_truth_plugin", "--fixture-truth", str(truth)]
        command += ["-p", "requests_plugin", "--fixture-requests", str(requests)]
        command += ["--setup-plan", "-q", "--continue-on-collection-errors", *suite.options]
        started = time.perf_counter()
        try:
            done = subprocess.run(
                command,
                cwd=suite.tree,
                env=environment(suite),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=suite.timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PytestError(f"pytest did not end within {suite.timeout:.0f} s") from None
        seconds = time.perf_counter() - started
        if not (truth.exists() and requests.exists()):
            raise PytestError(done.stdout.decode(errors="replace")[-2000:])
        return read(suite.tree, json.loads(truth.read_bytes()), json.loads(requests.read_bytes()), seconds)


def read(tree: Path, truth: dict[str, Any], requests: dict[str, Any], seconds: float = 0) -> Truth:
    """The two plugins' answers as one, with names relative to the tree."""
    prefix = _prefix(tree, Path(truth["rootdir"]))
    names = requests["requests"]
    tests = {
        prefix + node: Planned(
            frozenset(said["missing"]),
            frozenset(said["recursive"]),
            frozenset(said["setup"]),
            frozenset(names.get(node, ())),
        )
        for node, said in truth["tests"].items()
    }
    errors = {prefix + node: said for node, said in truth["collection_errors"].items()}
    loaded = frozenset(
        Path(file).relative_to(tree).as_posix()
        for file in requests["loaded"]
        if Path(file).is_relative_to(tree)
    )
    return Truth(truth["pytest"], truth["exit"], tests, errors, loaded, seconds)


def _prefix(tree: Path, rootdir: Path) -> str:
    """What makes a node id, relative to pytest's rootdir, relative to the tree."""
    if rootdir.is_relative_to(tree) and rootdir != tree:
        return rootdir.relative_to(tree).as_posix() + "/"
    return ""


def environment(suite: Suite) -> dict[str, str]:
    """The plugins on the path, and the copy's own sources before those the environment was installed from."""
    code = "import json, sys; print(json.dumps(sys.path))"
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTEST_ADDOPTS")}
    said = subprocess.run(
        [str(suite.python), "-I", "-c", code], env=clean, capture_output=True, check=True
    ).stdout
    moved = [
        str(suite.tree / Path(entry).relative_to(suite.installed))
        for entry in json.loads(said)
        if entry and suite.tree != suite.installed and Path(entry).is_relative_to(suite.installed)
    ]
    return {**clean, "PYTHONPATH": os.pathsep.join([*moved, *map(str, PLUGINS)])}
