"""The functions of the library. Import them from `fixer`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fixer.collection import seldom_collecting
from fixer.config import Config, load
from fixer.frozen import dataclass
from fixer.root import start_folder
from fixer.run import Mode, run

if TYPE_CHECKING:
    from fixer.report import Report


def check(*paths: str | Path, config: Config | None = None, cwd: Path | None = None) -> Report:
    """What testfix finds below the paths (all of `cwd` without any) and would repair; writes nothing.

    Without `config` the configuration is looked up as on the command line. Raises ConfigError.
    """
    return _run(paths, config, cwd, Mode.CHECK)


def repair(*paths: str | Path, config: Config | None = None, cwd: Path | None = None) -> Report:
    """The same as `check`, with the repairs written. Raises ConfigError and OSError."""
    return _run(paths, config, cwd, Mode.REPAIR)


def _run(paths: tuple[str | Path, ...], config: Config | None, cwd: Path | None, mode: Mode) -> Report:
    where = (cwd or Path.cwd()).resolve()
    words = [str(path) for path in paths] or ["."]
    with seldom_collecting():
        return run(config or load(start_folder(words, where)), words, mode, where, None)


@dataclass(frozen=True, slots=True)
class TestVerdict:
    """What testfix says of one test. `node` is pytest's node id without the parameters.

    `missing` are the names of which pytest says "fixture not found". `withheld` pairs names of which it might
    say so with the cause that makes testfix stay silent.
    """

    node: str
    missing: tuple[str, ...]
    withheld: tuple[tuple[str, str], ...]


def fixture_verdicts(root: Path, config: Config | None = None) -> tuple[TestVerdict, ...]:
    """The verdict on each test that pytest would collect from the project at `root`, running nothing."""
    from fixer.files import Files
    from fixer.loader import DiskLoader
    from fixer.project.project import Project, Settings

    loader = DiskLoader(Files(root), config or load(root))
    model = Project({}, loader, Settings()).fixtures
    paths = sorted(frozenset().union(*(suite.modules for suite in model.suites)))
    return tuple(
        TestVerdict(
            result.test.node,
            tuple(sorted({each.request.name for each in result.missing})),
            tuple(sorted({(each.request.name, each.doubt or "") for each in result.withheld})),
        )
        for path in paths
        for result in model.results(path)
    )
