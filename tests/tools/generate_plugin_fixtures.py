"""Write fixer/known/plugin_fixtures.json: what pytest plugins provide, from their own wheels.

    python tests/tools/generate_plugin_fixtures.py [--cache FOLDER] [NAME ...]
    python tests/tools/generate_plugin_fixtures.py --verify [NAME ...]
    python tests/tools/generate_plugin_fixtures.py --brings

The first downloads wheels of the plugins that plugins.toml lists (several versions of each, and those between
two that differ) and reads their source (plugin_source.py). The second installs the newest of each into a
throw-away environment, asks pytest there (plugin_probe.py), takes over what a run shows, and records the
version. Flags of a fixture: a autouse, r registered by code that runs, c declared by its module, but with the
plugin alone pytest does not have it. The third asks pip what the distributions under `[brings]` install
without extras. With names, only those are done again. Needs pip; the packaging library comes with pytest.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version
from plugin_source import Contents, Fixture, Wheel

try:
    import tomllib
except ModuleNotFoundError:
    import tomli as tomllib

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "fixer" / "known" / "plugin_fixtures.json"
WHEELS_ONLY = ("--no-deps", "--only-binary", ":all:", "--ignore-requires-python")
CONSIDERED = 60  # the newest versions of each plugin; older ones are hardly in use any more
SAMPLES = 3  # versions read of each before looking between those that differ
MOST = 20  # versions read of one plugin
WORKERS = 3
TOGETHER = 16  # distributions that pip resolves in one call
Row = dict[str, Any]


def pip(*arguments: str, python: str | None = None) -> str:
    """What pip prints; raises CalledProcessError."""
    chosen = ["--python", python] if python else []
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *chosen, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600)
    return done.stdout


def released(name: str) -> list[str]:
    """The newest versions that have a wheel, oldest first, without pre-releases unless there is nothing else.

    `pip index versions` lists source distributions too; so this reads what pip answers to one there is not.
    """
    try:
        pip("download", *WHEELS_ONLY, f"{name}==0.dev0+none")
    except subprocess.CalledProcessError as error:
        listed = re.search(r"\(from versions: (.*?)\)", error.stderr)
        texts = listed[1].split(", ") if listed and listed[1] != "none" else []
    found = sorted(map(Version, texts))
    final = [one for one in found if not one.is_prerelease]
    return [str(one) for one in (final or found)[-CONSIDERED:]]


def cached(cache: Path) -> dict[tuple[str, Version], Path]:
    """(name, version) -> wheel."""
    found = {}
    for path in cache.glob("*.whl"):
        name, version, _, _ = parse_wheel_filename(path.name)
        found[str(name), version] = path
    return found


def download(wanted: dict[str, str], cache: Path) -> None:
    """One version of each distribution, by one call of pip: it takes longer to start than to download."""
    there = cached(cache)
    missing = [
        f"{name}=={version}" for name, version in wanted.items() if (name, Version(version)) not in there
    ]
    if missing:
        try:
            pip("download", "--quiet", *WHEELS_ONLY, "--dest", str(cache), *missing)
        except subprocess.CalledProcessError:
            if len(missing) == 1:
                print(f"{missing[0]} cannot be downloaded", file=sys.stderr)
                return
            for one in missing:
                download(dict([one.split("==")]), cache)


def snapshot(wheel: Wheel) -> dict[str, Contents]:
    """What its entry points bring (under ""), and what each module brings that has to be named."""
    automatic, loaded = Contents(), set[str]()
    for target in wheel.plugins.values():
        module = wheel.module(target)
        if module:
            automatic.add(module.contents(loaded))
        else:
            automatic.computed.add(f"{target} is not Python source")
    result = {"": automatic}
    for name in wheel.other_modules(loaded):
        contents = wheel.module(name).contents()
        if set(contents.fixtures) - set(automatic.fixtures):
            result[name] = contents
    return result


History = dict[int, tuple[Wheel, dict[str, Contents]]]


def histories(versions: dict[str, list[str]], cache: Path) -> dict[str, History]:
    """What enough versions of each contain to know in which one each fixture came or went."""
    read: dict[str, History] = {name: {} for name in versions}
    wanted = {
        name: {round((len(listed) - 1) * step / (SAMPLES - 1)) for step in range(SAMPLES)}
        for name, listed in versions.items()
        if listed
    }
    while wanted:
        turns = {name: max(indexes) for name, indexes in wanted.items()}
        download({name: versions[name][index] for name, index in turns.items()}, cache)
        there = cached(cache)
        for name, index in turns.items():
            path = there.get((name, Version(versions[name][index])))
            wanted[name].discard(index)
            if path:
                wheel = Wheel(path)
                read[name][index] = wheel, snapshot(wheel)
            if not wanted[name]:
                wanted[name] = between(read[name])
        wanted = {name: indexes for name, indexes in wanted.items() if indexes and len(read[name]) < MOST}
    return read


def between(read: History) -> set[int]:
    """The versions in the middle of two that differ."""
    known = sorted(read)
    return {
        (low + high) // 2
        for low, high in itertools.pairwise(known)
        if high - low > 1 and names_of(read[low][1]) != names_of(read[high][1])
    }


def names_of(contents: dict[str, Contents]) -> set[str]:
    return {name for one in contents.values() for name in one.fixtures}


def fixture_rows(versions: list[str], per_version: list[dict[str, Fixture]]) -> dict[str, list[Any]]:
    """Name -> [flags, requests, since, until], trailing nulls cut off."""
    rows: dict[str, list[Any]] = {}
    for name in sorted({name for found in per_version for name in found}):
        having = [index for index, found in enumerate(per_version) if name in found]
        one = per_version[having[-1]][name]
        flags = ("a" if one.autouse else "") + ("r" if one.late else "")
        since = versions[having[0]] if having[0] else None
        until = versions[having[-1]] if having[-1] < len(versions) - 1 else None
        row = [flags, " ".join(one.requests), since, until]
        while row and not row[-1]:
            row.pop()
        rows[name] = row
    return rows


def survey(versions: list[str], history: History) -> Row:
    """The entry of one plugin."""
    indexes = sorted(history)
    read, wheels = [versions[index] for index in indexes], [history[index] for index in indexes]
    entry: Row = {"read": read, "entry_points": wheels[-1][0].plugins}
    for place in sorted({place for _, contents in wheels for place in contents}):
        having = [contents.get(place, Contents()).fixtures for _, contents in wheels]
        rows = fixture_rows(read, having)
        if place and set(rows) - set(entry.get("fixtures", ())):
            entry.setdefault("modules", {})[place] = rows
        elif rows and not place:
            entry["fixtures"] = rows
    for key in ("ini", "options", "hooks", "arguments", "computed"):
        considered = wheels[-1:] if key == "computed" else wheels
        found = {one for _, contents in considered for one in getattr(contents[""], key)}
        if found:
            entry[key] = sorted(found)
    return entry


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


def verify(name: str, entry: Row, extra: Row) -> list[str]:
    """Hold the entry against pytest with the plugin installed; sentences about what differs."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        python = str(next(path for path in Path(folder).glob("*/python*") if path.stem == "python"))
        try:
            pip("install", "--quiet", name, "pytest", *extra.get("needs", ()), python=python)
            version = json.loads(pip("list", "--format", "json", python=python))
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            return [f"{name}: cannot be installed: {str(error.stderr).strip().splitlines()[-1:]}"]
        installed = {canonicalize_name(one["name"]): one["version"] for one in version}
        settings = extra.get("settings", "")
        everything = ask(python, settings=settings)
        blocked = [word for plugin in entry["entry_points"] for word in ("-p", f"no:{plugin}")]
        without = ask(python, *blocked) or ask(python, autoload=False)
        if everything is None or without is None:
            return [f"{name}: pytest does not start with it"]
        problems = compare(name, entry, installed[name], without, everything)
        for module in entry.get("modules", {}):
            found = ask(python, "-p", module, settings=settings)
            if found is None:
                problems.append(f"{name}: pytest does not start with -p {module}")
            else:
                problems += merge(name, entry["modules"][module], installed[name], everything, found)
        entry["verified"] = installed[name]
        entry["pytest"] = installed["pytest"]
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
    found = {one: row for one, row in everything["fixtures"].items() if one not in without["fixtures"]}
    for fixture, row in sorted(found.items()):
        old = [*rows.get(fixture, ["r"]), "", None, None][:4] if fixture in rows else ["r", "", None, None]
        if fixture not in rows:
            problems.append(f"{name}: only a run shows {fixture} (from {row['module']})")
        flags = "".join(sorted({*old[0]} - {"a", "c"} | ({"a"} if row["autouse"] else set())))
        new = [flags, " ".join(row["requests"]), old[2], old[3]]
        while new and not new[-1]:
            new.pop()
        rows[fixture] = new
    for fixture, row in sorted(rows.items()):
        padded = [*row, "", "", None, None][: max(4, len(row))]
        since, until = (row[2] if len(row) > 2 else None), (row[3] if len(row) > 3 else None)
        now = not (since and Version(version) < Version(since)) and not (
            until and Version(version) > Version(until)
        )
        overrides = fixture in without["fixtures"] and fixture in everything["fixtures"]
        if now and fixture not in found and not overrides:
            problems.append(f"{name}: {fixture} is declared, but a run does not show it")
            padded[0] = "".join(sorted({*padded[0], "c"}))
            while padded and not padded[-1]:
                padded.pop()
            rows[fixture] = padded
    return problems


def resolved(roots: list[str]) -> dict[str, list[str]]:
    """Name -> its requirements, for all that pip would install for the roots together; {} where it cannot."""
    options = ["--dry-run", "--ignore-installed", "--quiet", "--only-binary", ":all:", "--report", "-"]
    try:
        report = json.loads(pip("install", *options, *roots))
    except (subprocess.SubprocessError, ValueError):
        return {}
    metadata = [one["metadata"] for one in report["install"]]
    return {canonicalize_name(one["name"]): one.get("requires_dist", []) for one in metadata}


def closure(root: Requirement, requires: dict[str, list[str]]) -> set[str]:
    """The distributions that come with the root, without extras but those that are asked for on the way."""
    seen: set[tuple[str, str]] = set()
    todo = [(canonicalize_name(root.name), extra) for extra in ("", *root.extras)]
    while todo:
        name, extra = todo.pop()
        if (name, extra) not in seen:
            seen.add((name, extra))
            for one in map(Requirement, requires.get(name, ())):
                if one.marker is None or one.marker.evaluate({"extra": extra}):
                    todo += [(canonicalize_name(one.name), more) for more in ("", *one.extras)]
    return {name for name, _ in seen}


def brought(roots: list[str], plugins: set[str]) -> dict[str, set[str]]:
    """Root -> the plugins that come with it. Roots that do not go together are asked about apart."""
    requires = resolved(roots)
    if not requires and len(roots) > 1:
        middle = len(roots) // 2
        return {**brought(roots[:middle], plugins), **brought(roots[middle:], plugins)}
    if not requires:
        print(f"{roots[0]}: pip cannot resolve it", file=sys.stderr)
    return {root: closure(Requirement(root), requires) & plugins for root in roots}


def brought_all(roots: list[str], plugins: set[str]) -> None:
    groups = [roots[start : start + TOGETHER] for start in range(0, len(roots), TOGETHER)]
    rows: dict[str, set[str]] = {}
    for group in groups:
        for root, found in brought(group, plugins).items():
            name = canonicalize_name(Requirement(root).name)
            rows.setdefault(name, set()).update(found - {name})
            print(f"{root}: {' '.join(sorted(found - {name}))}", file=sys.stderr, flush=True)
    store("brings", {name: sorted(found) for name, found in rows.items() if found})


def load() -> Row:
    return json.loads(TARGET.read_text("utf-8")) if TARGET.exists() else {"brings": {}, "plugins": {}}


def store(part: str, rows: Row) -> None:
    """Put new rows into the file: one distribution to a line, so that a change shows as a small diff."""
    data = load()
    data[part].update(rows)
    parts = []
    for key, found in sorted(data.items()):
        lines = [
            f"{json.dumps(name)}: {json.dumps(found[name], separators=(',', ':'), sort_keys=True)}"
            for name in sorted(found)
        ]
        parts.append(f"{json.dumps(key)}: {{\n" + ",\n".join(lines) + "\n}")
    TARGET.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "plugin-wheels")
    parser.add_argument("--verify", action="store_true")
    parser.add_argument("--brings", action="store_true")
    given = parser.parse_args()
    curated = tomllib.loads((HERE / "plugins.toml").read_text("utf-8"))
    plugins = curated["plugins"]["names"].split()
    if given.brings:
        brought_all(given.names or curated["brings"]["distributions"].split(), set(plugins))
    elif given.verify:
        verify_all(given.names or plugins, curated["verify"])
    else:
        survey_all(given.names or plugins, given.cache)


def survey_all(names: list[str], cache: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(WORKERS) as pool:
        versions = dict(zip(names, pool.map(released, names), strict=True))
    rows = {}
    for name, history in histories(versions, cache).items():
        if history:
            rows[name] = survey(versions[name], history)
            print(f"{name}: {rows[name].get('computed', 'read')}", file=sys.stderr)
        else:
            print(f"{name}: has no wheel", file=sys.stderr)
    store("plugins", rows)


def verify_all(names: list[str], extra: Row) -> None:
    """Several at a time, saved as they come."""
    known = load()["plugins"]

    def work(name: str) -> tuple[Row | None, list[str]]:
        if name not in known:
            return None, [f"{name}: not read yet"]
        entry = copy.deepcopy(known[name])
        try:
            return entry, verify(name, entry, extra.get(name, {}))
        except (subprocess.SubprocessError, OSError, KeyError) as error:  # the others go on
            return None, [f"{name}: {type(error).__name__}: {error}"]

    with ThreadPoolExecutor(WORKERS) as pool:
        tasks = {pool.submit(work, name): name for name in names}
        for task in as_completed(tasks):
            entry, problems = task.result()
            print(*(problems or [f"{tasks[task]}: good"]), sep="\n", file=sys.stderr, flush=True)
            if entry:
                store("plugins", {tasks[task]: entry})


if __name__ == "__main__":
    main()
