"""A pytest plugin that writes down which requested fixtures pytest cannot find, as JSON.

    PYTHONPATH=tests/tools python -m pytest -p pytest_truth_plugin --fixture-truth FILE --setup-plan -q \
        --continue-on-collection-errors

`--setup-plan` plans every test without running any; each test then has an outcome under "setup". With
`--collect-only` instead, only the names are looked up. The file holds one object:

    {"pytest": "9.2.0", "rootdir": "/path/to/it", "exit": 1,
     "tests": {"tests/test_a.py::test_b": {"missing": ["x"], "recursive": [], "setup": ["not found: x"]}},
     "collection_errors": {"tests/test_c.py": "In test_d: function uses no argument 'y'"}}

A test is named without its parameters; what holds for one of its parameter sets is in its lists.
"missing" and "recursive" come from a walk from the test through all that it requests, which goes on after
the first name that is missing and takes skipped tests too. "setup" is what pytest said of the setup:
"passed", "skipped", "xfailed", "not found: NAME", "recursive: NAME" or "failed" (by something else).

Works with pytest 7.4 to 9.2, alone in its file, with the standard library.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fixture-truth", metavar="FILE", help="write which fixtures are missing to FILE")


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("--fixture-truth")
    if path:
        config.pluginmanager.register(FixtureTruth(config, Path(path).absolute()), "fixture-truth")


class FixtureTruth:
    """Collects what one session says, and writes it when the session ends."""

    def __init__(self, config: pytest.Config, path: Path) -> None:
        self.path = path
        self.rootdir = str(config.rootpath)
        self.tests: dict[str, dict[str, set[str]]] = {}
        self.names: dict[str, str] = {}
        self.collection_errors: dict[str, str] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.collection_errors[report.nodeid] = str(report.longrepr)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Look all names up, after all collecting and before any setup; the loop itself is left to pytest."""
        for item in session.items:
            self.names[item.nodeid] = without_parameters(item)
            test = self._test(item.nodeid)
            for missing, visible in unavailable(item):
                test["recursive" if visible else "missing"].add(missing)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "setup":
            self._test(report.nodeid)["setup"].add(setup_outcome(report))

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        answer = {
            "pytest": pytest.__version__,
            "rootdir": self.rootdir,
            "exit": int(exitstatus),
            "tests": {
                name: {key: sorted(values) for key, values in test.items()}
                for name, test in self.tests.items()
            },
            "collection_errors": self.collection_errors,
        }
        self.path.write_text(json.dumps(answer, indent=1, sort_keys=True), encoding="utf-8")

    def _test(self, node: str) -> dict[str, set[str]]:
        name = self.names.get(node, node)
        return self.tests.setdefault(name, {"missing": set(), "recursive": set(), "setup": set()})


def without_parameters(item: pytest.Item) -> str:
    """The node id of a test function without the `[parameters]`."""
    parameters = getattr(getattr(item, "callspec", None), "id", None)
    return item.nodeid if parameters is None else item.nodeid.removesuffix(f"[{parameters}]")


def setup_outcome(report: pytest.TestReport) -> str:
    """One of the words in this module's docstring."""
    if report.outcome != "failed":
        return "xfailed" if hasattr(report, "wasxfail") else report.outcome
    name = getattr(report.longrepr, "argname", None)  # FixtureLookupErrorRepr
    if name is None:
        return "failed"
    message = str(getattr(report.longrepr, "errorstring", ""))
    return f"recursive: {name}" if "recursive dependency" in message else f"not found: {name}"


def unavailable(item: pytest.Item) -> list[tuple[str, bool]]:
    """Each name on the way whose look-up fails, and whether the item can see a fixture of that name at all.

    This follows FixtureRequest._get_active_fixturedef: what a fixture requests is looked up from the item,
    each request of a name inside a fixture of that name goes one definition outwards, and a name once
    found is found.
    """
    info = getattr(item, "_fixtureinfo", None)
    if info is None:
        return []
    found: list[tuple[str, bool]] = []
    done: set[str] = set(getattr(item, "funcargs", None) or ())

    def resolve(name: str, stack: tuple[str, ...]) -> None:
        if name == "request" or name in done:
            return
        definitions = visible_definitions(item, info, name)
        level = 1 + stack.count(name)
        if level > len(definitions):
            found.append((name, bool(definitions)))
        else:
            for requested in definitions[-level].argnames:
                resolve(requested, (*stack, name))
        done.add(name)

    for name in getattr(item, "fixturenames", info.initialnames):
        resolve(name, ())
    return list(dict.fromkeys(found))


def visible_definitions(item: pytest.Item, info: Any, name: str) -> Any:
    """The definitions that the item sees, farthest first, with what parametrize put in their place."""
    definitions = info.name2fixturedefs.get(name)
    if definitions:
        return definitions
    manager: Any = item.session._fixturemanager
    try:
        return manager.getfixturedefs(name, item) or ()
    except AttributeError:  # pytest before 8.0 takes the node id
        return manager.getfixturedefs(name, item.nodeid) or ()
