"""Which version of a package holds for a test file: what the files around it say, the nearest first."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from fixer.frozen import dataclass
from fixer.project.dependencies import is_lock_file
from fixer.project.modules import folder_of
from fixer.project.requirements import normalised
from fixer.version_range import NONE, Range, at, parse_range, parse_version, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fixer.project.requirements import Requirement

PYTHON = "python"
_LISTS = re.compile(
    r"(requirements?([-_.].*)?|requires|reqs|constraints)", re.IGNORECASE
)  # folders of such files


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """The versions that are possible, and where that is said, as a clause for a reader."""

    allowed: Range
    source: str


class Installed(Protocol):
    """What is installed in the environment of the suite."""

    @property
    def folder(self) -> str | None: ...
    @property
    def python(self) -> tuple[int, int] | None: ...
    def version(self, name: str) -> str | None: ...


class Versions:
    """`requirements` are those of the files that count; `included` adds to a file those that it includes
    (`-r`, `-c`); `settings` go before everything."""

    def __init__(
        self,
        requirements: Iterable[Requirement],
        included: Mapping[str, Sequence[str]],
        settings: Mapping[str, Range],
        installed: Installed,
    ) -> None:
        self.settings = settings
        self.installed = installed
        self._said: dict[str, dict[str, list[Requirement]]] = {}  # by package, then by folder
        by_file: dict[str, list[Requirement]] = {}
        for requirement in requirements:
            by_file.setdefault(requirement.source_file, []).append(requirement)
        for file, found in by_file.items():
            folders = {_home(file), *(_home(other) for other, files in included.items() if file in files)}
            for requirement in found:
                for folder in folders:
                    self._said.setdefault(requirement.name, {}).setdefault(folder, []).append(requirement)
        self._known: dict[tuple[str, str], KnownVersion | None] = {}

    def of(self, package: str, path: str) -> KnownVersion | None:
        """The versions of `package` that can be in use where the file `path` is run; None: nothing says."""
        name = package if package == PYTHON else normalised(package)
        key = (name, folder_of(path))
        if key not in self._known:
            self._known[key] = self._of(name, key[1])
        return self._known[key]

    def _of(self, name: str, folder: str) -> KnownVersion | None:
        if name in self.settings:
            return KnownVersion(self.settings[name], f"[tool.testfix.kwargs] says which {name} it is")
        said = self._said.get(name, {})
        while said:
            found = _together(said.get(folder, ()))
            if found is not None:
                return found
            if not folder:
                break
            folder = folder_of(folder)
        if name == PYTHON and self.installed.python is not None:
            version = self.installed.python
            return KnownVersion(
                Range(((version, (version[0], version[1] + 1)),)),
                f"{self._place} has {version[0]}.{version[1]}",
            )
        text = self.installed.version(name) if name != PYTHON else None
        version_of = parse_version(text) if text else None
        if version_of is None:
            return None
        return KnownVersion(at(version_of), f"{shown(version_of)} is installed in {self._place}")

    @property
    def _place(self) -> str:
        folder = (self.installed.folder or "").replace("\\", "/")
        return folder.rpartition("/")[2] or folder


def _home(file: str) -> str:
    """The folder that a dependency file speaks for: that of `requirements/test.txt` is the one above."""
    folder = folder_of(file)
    while _LISTS.fullmatch(folder.rpartition("/")[2]):
        folder = folder_of(folder)
    return folder


def _together(found: Sequence[Requirement]) -> KnownVersion | None:
    """What the files of one folder say: a lock file before an exact pin before ranges.

    Several pins are all possible (markers, groups); ranges hold together, unless nothing would be left.
    """
    read = [(each, parse_range(each.specifier)) for each in found if each.specifier]
    known = [(each, allowed) for each, allowed in read if allowed is not None]
    for kind in (
        [pair for pair in known if is_lock_file(pair[0].source_file) and pair[1].exact is not None],
        [pair for pair in known if pair[1].exact is not None],
    ):
        if kind:
            return _any_of(kind)
    if not known:
        return None
    both = known[0][1]
    for _, allowed in known[1:]:
        both = both & allowed
    one_file = len({each.source_file for each, _ in known}) == 1
    apart = len({each.line for each, _ in known}) > 1 or known[0][0].source_file.endswith("riotfile.py")
    if not both or (one_file and apart and len({allowed for _, allowed in known}) > 1):
        return _any_of(known)
    place = next((each for each, allowed in known if allowed == both), known[0][0])
    return KnownVersion(both, _said(place))


def _any_of(pairs: Sequence[tuple[Requirement, Range]]) -> KnownVersion:
    allowed = NONE
    for _, each in pairs:
        allowed = allowed | each
    distinct = list({each.specifier: each for each, _ in pairs}.values())
    return KnownVersion(allowed, " and ".join(map(_said, distinct[:3])))


def _said(requirement: Requirement) -> str:
    name, specifier = requirement.name, requirement.specifier
    blank = "" if specifier[:1] in "<>=!~^" else " "
    return f"{requirement.source_file}:{requirement.line} says {name}{blank}{specifier}"
