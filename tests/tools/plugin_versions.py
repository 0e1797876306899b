"""Which fixtures the versions of a plugin have, from their wheels."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version
from plugin_data import RARER, WORKERS, Row, cut, pip, store
from plugin_source import Contents, Fixture, Wheel

if TYPE_CHECKING:
    from pathlib import Path

WHEELS_ONLY = ("--no-deps", "--only-binary", ":all:", "--ignore-requires-python")
CONSIDERED = 60  # the newest versions of each plugin; older ones are hardly in use any more
SAMPLES = 3  # versions read of each before looking between those that differ
MOST = 20  # versions read of one plugin
History = dict[int, tuple[Wheel, dict[str, Contents]]]


def survey_all(names: list[str], plugins: set[str], cache: Path) -> None:
    """Read and store; if those are all `plugins`, what the file says of others is dropped."""
    store("plugins", surveyed(names, plugins, cache), others=set(names) != plugins)


def survey_rarer(names: list[str], plugins: set[str], cache: Path) -> None:
    """The same for the rarer ones. What cannot be read to the end stays unknown; settings do not count."""
    found = surveyed(names, plugins, cache)
    rows = {name: row for name, row in found.items() if "computed" not in row}
    for row in rows.values():
        row.pop("ini", None)
        row.pop("options", None)
    store("plugins", rows, target=RARER)


def surveyed(names: list[str], plugins: set[str], cache: Path) -> dict[str, Row]:
    """What the wheels of each plugin say."""
    cache.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(WORKERS) as pool:
        versions = dict(zip(names, pool.map(released, names), strict=True))
    for name in names:
        versions[name] = versions[name] or built(name, cache)
    rows = {}
    for name, history in histories(versions, cache).items():
        if history:
            rows[name] = survey(versions[name], history)
            needed = {one for wheel, _ in history.values() for one in required(wheel)} & plugins - {name}
            if needed:
                rows[name]["brings"] = sorted(needed)
            print(f"{name}: {rows[name].get('computed', 'read')}", file=sys.stderr)
        else:
            print(f"{name}: cannot be had", file=sys.stderr)
    return rows


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


def built(name: str, cache: Path) -> list[str]:
    """The newest version of what is released as source only, once pip has made a wheel of it."""
    try:
        pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(cache), name)
    except subprocess.CalledProcessError:
        return []
    return [str(max(version for one, version in cached(cache) if one == name))]


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


def required(wheel: Wheel) -> set[str]:
    """The distributions that it always requires itself."""
    always = [text for text in wheel.requires if "extra" not in text.partition(";")[2]]
    return {canonicalize_name(re.split(r"[^\w.-]", text.strip(), maxsplit=1)[0]) for text in always}


def names_of(contents: dict[str, Contents]) -> set[str]:
    return {name for one in contents.values() for name in one.fixtures}


def fixture_rows(versions: list[str], having: dict[int, dict[str, Fixture]]) -> dict[str, list[Any]]:
    """Name -> [flags, requests, since, until] from the versions that were read, by their index.

    Of versions between two that differ and were not read it is assumed that they have the fixture.
    """
    rows: dict[str, list[Any]] = {}
    read = sorted(having)
    for name in sorted({name for found in having.values() for name in found}):
        places = [place for place, index in enumerate(read) if name in having[index]]
        first, last = places[0], places[-1]
        one = having[read[last]][name]
        flags = ("a" if one.autouse else "") + ("r" if one.late else "")
        since = versions[read[first - 1] + 1] if first else None
        until = versions[read[last + 1] - 1] if last < len(read) - 1 else None
        rows[name] = cut([flags, " ".join(one.requests), since, until])
    return rows


def survey(versions: list[str], history: History) -> Row:
    """The entry of one plugin."""
    wheels = [history[index] for index in sorted(history)]
    entry: Row = {
        "read": [versions[index] for index in sorted(history)],
        "entry_points": wheels[-1][0].plugins,
    }
    for place in sorted({place for _, contents in wheels for place in contents}):
        having = {index: contents.get(place, Contents()).fixtures for index, (_, contents) in history.items()}
        rows = fixture_rows(versions, having)
        if place and place in wheels[-1][1]:
            entry.setdefault("modules", {})[place] = rows
        elif rows and not place:
            entry["fixtures"] = rows
    for key in ("ini", "options", "hooks", "arguments", "computed"):
        considered = wheels[-1:] if key == "computed" else wheels
        found = {one for _, contents in considered for one in getattr(contents[""], key)}
        if found:
            entry[key] = sorted(found)
    return entry
