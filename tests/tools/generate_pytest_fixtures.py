"""Write fixer/known/pytest_fixtures.txt: the fixtures that pytest itself has, by version.

    python tests/tools/generate_pytest_fixtures.py

Installs each version below into a folder of its own, and asks it (plugin_probe.py): as it is, with
`-p pytester`, and with `-p no:NAME` for every plugin that comes with pytest.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "fixer" / "known" / "pytest_fixtures.txt"
VERSIONS = ("7.4", "8.0", "8.1", "8.2", "8.3", "8.4", "9.0", "9.1", "9.2")
HEAD = """\
# Written by tests/tools/generate_pytest_fixtures.py, from running pytest.
# fixture, removed by `-p no:` one of, first version, last version (-: no bound within those asked),
# needs `-p`, what it requests itself
"""
Fixtures = dict[str, Any]


def ask(folder: str, *arguments: str) -> Fixtures:
    """The fixtures of the pytest in that folder; empty where it does not start so."""
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join([folder, str(HERE)])}
    variables["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    command = [sys.executable, "-S", "-m", "pytest", "-p", "plugin_probe", "--collect-only", *arguments]
    with tempfile.TemporaryDirectory() as empty:
        options: Any = {"cwd": empty, "env": variables, "capture_output": True, "text": True}
        done = subprocess.run(command, **options, check=False)
    line = next((line for line in done.stdout.splitlines() if line.startswith("PROBE")), None)
    return json.loads(line.removeprefix("PROBE"))["fixtures"] if line else {}


def python(folder: str, script: str) -> str:
    variables = {**os.environ, "PYTHONPATH": folder}
    command = [sys.executable, "-S", "-c", script]
    return subprocess.run(command, env=variables, check=True, capture_output=True, text=True).stdout.strip()


def describe(version: str) -> tuple[str, set[str], dict[str, tuple[str, str, str]]]:
    """The exact version, the plugins that come with it, and fixture -> (removed by, needs, requests)."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, f"pytest=={version}.*"]
        subprocess.run(pip, check=True)
        exact = python(folder, "import pytest; print(pytest.__version__)")
        plugins = set(python(folder, "from _pytest.config import *; print(*builtin_plugins)").split())
        plain, more = ask(folder), ask(folder, "-p", "pytester")
        removed: dict[str, list[str]] = {name: [] for name in more}
        for plugin in sorted(plugins):
            if plugin == "pytester":  # blocking it contradicts `-p pytester`
                continue
            left = ask(folder, "-p", "pytester", "-p", f"no:{plugin}")
            for name in set(more) - set(left) if left else ():
                removed[name].append(plugin)
    assert not any(facts["autouse"] for facts in more.values())
    rows = {
        name: (
            ",".join(removed[name]) or "-",
            "-" if name in plain else "pytester",
            ",".join(facts["requests"]) or "-",
        )
        for name, facts in more.items()
    }
    rows["request"] = ("-", "-", "-")  # made for every test (FixtureRequest), never registered
    return exact, plugins, rows


def main() -> None:
    described = [describe(version) for version in VERSIONS]
    lines = [
        f"versions: {' '.join(exact for exact, _, _ in described)}",
        f"plugins: {' '.join(sorted(set().union(*(plugins for _, plugins, _ in described))))}",
    ]
    for name in sorted({name for _, _, rows in described for name in rows}):
        having = [index for index, (_, _, rows) in enumerate(described) if name in rows]
        removed, needs, requests = described[having[-1]][2][name]
        since = VERSIONS[having[0]] if having[0] else "-"
        until = VERSIONS[having[-1]] if having[-1] < len(VERSIONS) - 1 else "-"
        lines.append(f"{name} {removed} {since} {until} {needs} {requests}")
    TARGET.write_text(HEAD + "\n".join(lines) + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    main()
