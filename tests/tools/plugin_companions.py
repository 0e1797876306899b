"""Which plugins come along with a distribution that is none itself."""

from __future__ import annotations

import json
import subprocess
import sys

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from plugin_data import pip, store

TOGETHER = 8  # distributions that pip resolves in one call
PATIENCE = 180  # seconds; pip can go on for hours where versions do not go together


def brought_all(roots: list[str], plugins: set[str]) -> None:
    groups = [roots[start : start + TOGETHER] for start in range(0, len(roots), TOGETHER)]
    rows: dict[str, set[str]] = {}
    for group in groups:
        for root, found in brought(group, plugins).items():
            name = canonicalize_name(Requirement(root).name)
            rows.setdefault(name, set()).update(found - {name})
            print(f"{root}: {' '.join(sorted(found - {name}))}", file=sys.stderr, flush=True)
    store("brings", {name: sorted(found) for name, found in rows.items() if found})


def resolved(roots: list[str]) -> dict[str, list[str]]:
    """Name -> its requirements, for all that pip would install for the roots together; {} where it cannot."""
    options = ["--dry-run", "--ignore-installed", "--quiet", "--only-binary", ":all:", "--report", "-"]
    try:
        report = json.loads(pip("install", *options, *roots, seconds=PATIENCE))
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
