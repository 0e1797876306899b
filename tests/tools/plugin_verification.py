"""Hold what was read of plugins against a running pytest that has them installed."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import Version
from plugin_data import WORKERS, Row, cut, load, padded, pip, store

HERE = Path(__file__).resolve().parent
VERSIONS = """
import importlib.metadata, json
print(json.dumps([(one.name, one.version) for one in importlib.metadata.distributions()]))
"""


def verify_all(names: list[str], extra: Row) -> None:
    """Several at a time, saved as they come."""
    known = load()["plugins"]
    temporary = tempfile.TemporaryDirectory()
    template = make_template(Path(temporary.name, "template"))

    def work(name: str) -> tuple[Row | None, list[str]]:
        if name not in known:
            return None, [f"{name}: not read yet"]
        entry = copy.deepcopy(known[name])
        try:
            return entry, verify(name, entry, extra.get(name, {}), template)
        except (subprocess.SubprocessError, OSError, LookupError) as error:  # the others go on
            return None, [f"{name}: {type(error).__name__}: {error}"]

    with ThreadPoolExecutor(WORKERS) as pool:
        tasks = {pool.submit(work, name): name for name in names}
        for task in as_completed(tasks):
            entry, problems = task.result()
            print(*(problems or [f"{tasks[task]}: good"]), sep="\n", file=sys.stderr, flush=True)
            if entry:
                store("plugins", {tasks[task]: entry})
    temporary.cleanup()


def ask(python: str, *arguments: str, autoload: bool = True, settings: str = "") -> Row | None:
    """What pytest in that environment has; None where it does not get as far as collecting."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pytest.ini").write_text(f"[pytest]\n{settings}", encoding="utf-8")
        variables = {**os.environ, "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}
        if not autoload:
            variables["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        command = [python, "-m", "pytest", "-p", "plugin_probe", "--collect-only", "-q", *arguments]
        options: Any = {"cwd": folder, "env": variables, "capture_output": True, "text": True}
        done = subprocess.run(command, **options, timeout=120, check=False)
    line = next((line for line in done.stdout.splitlines() if line.startswith("PROBE")), None)
    return json.loads(line.removeprefix("PROBE")) if line else None


def interpreter(environment: Path) -> str:
    return str(next(path for path in environment.glob("*/python*") if path.stem == "python"))


def make_template(folder: Path) -> Path:
    """An environment with nothing but pytest, to be copied for every plugin."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    pip("install", "--quiet", "pytest", python=interpreter(folder))
    return folder


def verify(name: str, entry: Row, extra: Row, template: Path) -> list[str]:
    """Hold the entry against pytest with the plugin installed; sentences about what differs."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = shutil.copytree(template, Path(temporary, "environment"), symlinks=True)
        python = interpreter(folder)
        try:
            needs = extra.get("needs", ())
            pip("install", "--quiet", "--no-compile", name, "pytest", *needs, python=python)
        except subprocess.CalledProcessError as error:
            return [f"{name}: cannot be installed: {error.stderr.strip()[-300:]}"]
        found = subprocess.run([python, "-c", VERSIONS], check=True, capture_output=True, text=True).stdout
        installed = {canonicalize_name(one): version for one, version in json.loads(found)}
        settings = extra.get("settings", "")
        everything = ask(python, settings=settings)
        blocked = [word for plugin in entry["entry_points"] for word in ("-p", f"no:{plugin}")]
        without = ask(python, *blocked) or ask(python, autoload=False)
        if everything is None or without is None:
            return [f"{name}: pytest does not start with it"]
        problems = compare(name, entry, installed[name], without, everything)
        asked = {module: ask(python, "-p", module, settings=settings) for module in entry.get("modules", ())}
        for module, found in asked.items():
            if found is None:
                problems.append(f"{name}: pytest does not start with -p {module}")
            else:
                problems += merge(name, entry["modules"][module], installed[name], everything, found)
                if all("c" in padded(row)[0] for row in entry["modules"][module].values()):
                    del entry["modules"][module]  # no plugin after all
        if None not in asked.values():
            entry["verified"] = installed[name]
    return problems


def compare(name: str, entry: Row, version: str, without: Row, everything: Row) -> list[str]:
    """Take over what the run shows of the plugin itself."""
    rows = entry.setdefault("fixtures", {})
    problems = merge(name, rows, version, without, everything)
    for key in ("ini", "options"):
        entry[key] = sorted({*entry.get(key, ()), *everything[key]} - set(without[key]))
    for key in ("fixtures", "ini", "options"):
        if not entry[key]:
            del entry[key]
    return problems


def merge(name: str, rows: Row, version: str, without: Row, everything: Row) -> list[str]:
    """Into the rows what pytest reports; sentences about the differences."""
    problems = []
    for fixture, facts in sorted(everything["fixtures"].items()):
        if fixture in rows or fixture not in without["fixtures"]:
            flags, _, since, until = padded(rows.get(fixture, ["r"]))
            if fixture not in rows:
                problems.append(f"{name}: only a run shows {fixture} (from {facts['module']})")
            kept = set(flags) - {"a", "c"} | ({"a"} if facts["autouse"] else set())
            rows[fixture] = cut(["".join(sorted(kept)), " ".join(facts["requests"]), since, until])
    for fixture, row in sorted(rows.items()):
        flags, requests, since, until = padded(row)
        older = since and Version(version) < Version(since)
        newer = until and Version(version) > Version(until)
        if fixture not in everything["fixtures"] and not older and not newer:
            problems.append(f"{name}: {fixture} is declared, but a run does not show it")
            rows[fixture] = cut(["".join(sorted({*flags, "c"})), requests, since, until])
    return problems
