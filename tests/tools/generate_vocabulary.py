"""Write fixer/known/vocabulary.json from vocabulary.toml and the standard libraries of several Pythons.

    python tests/tools/generate_vocabulary.py PYTHON...

Give one interpreter for each version from 3.10 on, in any order. The one that runs this must have pytest and
typing-extensions.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    import tomllib
except ModuleNotFoundError:
    import tomli as tomllib

KNOWN = Path(__file__).resolve().parents[2] / "fixer" / "known"
PROBE = Path(__file__).with_name("probe_python.py")
OLDEST = [3, 10]


def words(text: object) -> list[str]:
    return str(text or "").split()


def listed(table: dict[str, Any], key: str, name: str) -> bool:
    """Whether the word list `key` of a TOML table names `name`, or everything."""
    found = words(table.get(key))
    return name in found or "*" in found


def request(curated: dict[str, Any]) -> dict[str, Any]:
    """What to ask a Python about (see probe_python.py)."""
    modules = curated["modules"]
    members = {
        name: {"all": table.get("all", False), "names": words(table.get("names"))}
        for name, table in curated["from"].items()
        if "distribution" not in table and name != "pytest"
    }
    return {"omit": words(modules["omit"]), "submodules": words(modules["submodules"]), "from": members}


def probe(python: str, curated: dict[str, Any]) -> dict[str, Any]:
    """What that Python says of its standard library."""
    command = [python, "-I", "-S", "-W", "ignore", str(PROBE)]
    text = json.dumps(request(curated))
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def described_here(module_name: str, names: list[str]) -> dict[str, Any]:
    """The description of a third-party module's members, by the Python that runs this."""
    sys.path.insert(0, str(PROBE.parent))
    from probe_python import describe

    module = importlib.import_module(module_name)
    return {name: describe(getattr(module, name)) for name in names if hasattr(module, name)}


def span_of_versions(having: list[list[int]], all_versions: list[list[int]]) -> tuple[Any, Any]:
    """(since, until): the first version with the name and the last, None where it is not bounded."""
    since = None if min(having) == all_versions[0] else min(having)
    until = None if max(having) == all_versions[-1] else max(having)
    return since, until


def entry(
    what: tuple[str, str | None, str | None],
    kind: str,
    flags: str,
    attributes: list[str] | None,
    distribution: str | None = None,
    versions: tuple[Any, Any] = (None, None),
) -> list[Any]:
    """One candidate as it stands in the file; trailing nulls are cut off."""
    text = None if attributes is None else " ".join(sorted(set(attributes)))
    row = [*what, kind, "".join(sorted(set(flags))), text, distribution, *versions]
    while row[-1] is None and len(row) > 6:
        row.pop()
    return row


def module_entries(curated: dict[str, Any], probes: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """`import X` for all of the standard library, and the submodules that must be named."""
    table = curated["modules"]
    versions = [found["version"] for found in probes]
    result: dict[str, list[Any]] = {}
    loaded: dict[str, set[str]] = {}
    for name in sorted({name for found in probes for name in found["modules"]}):
        having = [found for found in probes if name in found["modules"]]
        known = [found["modules"][name] for found in having if found["modules"][name] is not None]
        attributes = {attribute for one in known for attribute in one}
        loaded[name] = set.intersection(*map(set, known)) if known else set()
        wanted = {sub.split(".")[1] for sub in words(table["submodules"]) if sub.startswith(f"{name}.")}
        attributes -= wanted - loaded[name]
        attributes |= set(words(table["attributes"].get(name)))
        flags = "g" if name in words(table["generic"]) else ""
        bounds = span_of_versions([found["version"] for found in having], versions)
        listed_attributes = sorted(attributes) if known else None
        result[name] = [entry((name, None, None), "module", flags, listed_attributes, None, bounds)]
    for sub in words(table["submodules"]):
        top, first = sub.split(".")[:2]
        if first not in loaded.get(top, ()):
            flags = "g" if top in words(table["generic"]) else ""
            having_versions = [found["version"] for found in probes if sub in found["submodules"]] or versions
            bounds = span_of_versions(having_versions, versions)
            result[top].append(entry((sub, None, None), "module", flags, [first], None, bounds))
    return result


def member_flags(table: dict[str, Any], name: str, flags: str) -> str:
    """c: callable, b: base class, d: decorator, g: generic, t: a call tells, o: open."""
    marks = {"decorators": "d", "generic": "g", "call_tells": "t", "open": "o"}
    return flags + "".join(mark for key, mark in marks.items() if listed(table, key, name))


def member_entries(curated: dict[str, Any], probes: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """`from X import name`, with the union of what the Pythons say of it."""
    versions = [found["version"] for found in probes]
    result: dict[str, list[Any]] = {}
    for module, table in curated["from"].items():
        per_version = [
            (found["version"], found["members"][module]) for found in probes if module in found["members"]
        ]
        if "distribution" in table or module == "pytest":
            per_version = [(version, described_here(module, words(table["names"]))) for version in versions]
        names = {name for _, members in per_version for name in members} - set(words(table.get("omit")))
        for name in sorted(name for name in names if not name.startswith("_")):
            having = [(version, members[name]) for version, members in per_version if name in members]
            newest = having[-1][1]
            flags = member_flags(table, name, newest["flags"])
            attributes = {attribute for _, one in having for attribute in one["attributes"]}
            kind = newest["kind"]
            for twin in result.get(name, ()):
                if twin[0] == table.get("like"):
                    kind, flags, attributes = twin[3], flags + twin[4], attributes | set(words(twin[5]))
            bounds = span_of_versions([version for version, _ in having], versions)
            row = entry(
                (module, name, None), kind, flags.replace("o", ""),
                None if "o" in flags else sorted(attributes), table.get("distribution"), bounds,
            )  # fmt: skip
            result.setdefault(name, []).append(row)
    return result


def attributes_in(members: dict[str, list[Any]], module: str) -> list[str] | None:
    """The attributes of a module that is already described, None where it is not."""
    package, _, last = module.rpartition(".")
    for row in members.get(last, ()):
        if row[:2] == ([package, last] if package else [module, None]) and row[5] is not None:
            return words(row[5])
    return None


def other_entries(curated: dict[str, Any], described: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Aliases, `pytest` itself and the third-party names, as the TOML states them."""
    result: dict[str, list[Any]] = {"pytest": [entry(("pytest", None, None), "module", "", None)]}
    for name, alias in curated["aliases"].items():
        flags = "g" if alias.get("generic") else ""
        attributes = attributes_in(described, alias["module"])
        row = entry((alias["module"], None, name), "module", flags, attributes, alias.get("distribution"))
        result.setdefault(name, []).append(row)
    for table in curated["third_party"]:
        for module in table.get("modules", ()):
            row = entry((module, None, None), "module", "", None, table["distribution"])
            result.setdefault(module, []).append(row)
        for kind, names in table.get("names", {}).items():
            for name in words(names):
                flags = {"class": "cb", "function": "c", "exception": "cb"}.get(kind, "")
                what = (table["module"], name, None)
                attributes = [] if kind == "function" else None
                row = entry(what, kind, member_flags(table, name, flags), attributes, table["distribution"])
                result.setdefault(name, []).append(row)
    return result


def render(curated: dict[str, Any], versions: list[list[int]], names: dict[str, list[Any]]) -> str:
    """The file: one name to a line, sorted, so that a change shows as a small diff."""
    head = {
        "versions": versions,
        "weak": " ".join(words(curated["weak_attributes"])),
        "equivalent": curated["equivalent"]["modules"],
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in head.items()]
    rows = [f"{json.dumps(name)}: {json.dumps(names[name], separators=(',', ':'))}" for name in sorted(names)]
    return "{\n" + ",\n".join(lines) + ',\n"names": {\n' + ",\n".join(rows) + "\n}\n}\n"


def load_curated() -> dict[str, Any]:
    return tomllib.loads((KNOWN / "vocabulary.toml").read_text("utf-8"))


def add(names: dict[str, list[Any]], more: dict[str, list[Any]]) -> None:
    for name, rows in more.items():
        names.setdefault(name, []).extend(rows)


def main(pythons: list[str]) -> None:
    curated = load_curated()
    probes = sorted((probe(python, curated) for python in pythons), key=lambda found: found["version"])
    if not probes or probes[0]["version"] != OLDEST:
        sys.exit("Name one Python interpreter for each version, the oldest being 3.10.")
    names: dict[str, list[Any]] = {}
    add(names, module_entries(curated, probes))
    add(names, member_entries(curated, probes))
    add(names, other_entries(curated, names))
    text = render(curated, [found["version"] for found in probes], names)
    (KNOWN / "vocabulary.json").write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
