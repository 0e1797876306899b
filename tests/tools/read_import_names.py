"""Print the distributions whose import names differ from their own, read from wheels and installed metadata.

    python tests/tools/read_import_names.py [FOLDER_OF_WHEELS...]

One line each, as in fixer/known/distributions.json: name, import names, the version seen. Nothing is
downloaded; `pip download --no-deps --only-binary :all: --dest FOLDER NAME` brings a wheel worth adding.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Put at top level by distributions that did not mean to, and of no use to a test.
STRAY = frozenset(
    {"bench", "benchmarks", "docs", "example", "examples", "scripts", "test", "tests", "testing", "tools"}
)


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def top_level(files: Iterable[str]) -> set[str]:
    """The names that the files of a distribution make importable."""
    names = set()
    for file in files:
        parts = re.sub(r"^[^/]+\.data/(?:purelib|platlib)/", "", file).split("/")
        if parts[-1].endswith((".py", ".so", ".pyd")) and ".." not in parts:
            name = parts[0] if len(parts) > 1 else parts[0].partition(".")[0]
            if name.isidentifier() and name not in STRAY:
                names.add(name)
    private = {name for name in names if name.startswith("_")}
    return names - private or names


def wheels(folders: Iterable[str]) -> Iterator[tuple[str, str, set[str]]]:
    """(name, version, import names) of each wheel."""
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.whl")):
            name, version = path.name.split("-")[:2]
            with zipfile.ZipFile(path) as wheel:
                yield normalised(name), version, top_level(wheel.namelist())


def installed() -> Iterator[tuple[str, str, set[str]]]:
    """The same of each distribution installed for this Python."""
    for one in importlib.metadata.distributions():
        if one.files:
            yield normalised(one.metadata["Name"]), one.version, top_level(map(str, one.files))


if __name__ == "__main__":
    seen = {name: (names, version) for name, version, names in [*installed(), *wheels(sys.argv[1:])]}
    for name, (names, version) in sorted(seen.items()):
        if names and names != {name.replace("-", "_")}:
            print(f"{json.dumps(name)}: {json.dumps([' '.join(sorted(names)), version])},")
