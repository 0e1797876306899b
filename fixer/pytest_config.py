"""pytest's own configuration: which file of a folder counts, and what it says about files.

Read after `_pytest.config.findpaths` of pytest 9.2 (`locate_config`, `CONFIG_LOADERS_BY_NAME`).
"""

# os.path and not pathlib: this runs for every file of the tree.
# ruff: noqa: PTH117, PTH118, PTH119

from __future__ import annotations

import fnmatch
import os
import re
from dataclasses import field
from typing import TYPE_CHECKING, Any

from fixer.config_files import ConfigError, parse_toml, read_text
from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

# In this order the first that holds a configuration counts. The bytes are those without which it holds none.
FILES: Mapping[str, Sequence[bytes]] = {
    "pytest.toml": (),
    ".pytest.toml": (),
    "pytest.ini": (),
    ".pytest.ini": (),
    "pyproject.toml": (b"pytest",),
    "tox.ini": (b"[pytest]",),
    "setup.cfg": (b"[tool:pytest]",),
}
DEFAULT_PYTHON_FILES = ("test_*.py", "*_test.py")


@dataclass(frozen=True, slots=True)
class PytestIni:
    """What one configuration file says. `options` has its values as written: strings, or TOML values."""

    file: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def words(self, option: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """An option that pytest reads as a list of words (its types "args" and "paths")."""
        value = self.options.get(option)
        if isinstance(value, list):
            return tuple(item for item in value if isinstance(item, str))
        if not isinstance(value, str):
            return default
        import shlex

        try:
            return tuple(shlex.split(value))
        except ValueError:  # a quotation mark without its partner
            return tuple(value.split())

    @property
    def python_files(self) -> tuple[str, ...]:
        return self.words("python_files", DEFAULT_PYTHON_FILES)

    @property
    def testpaths(self) -> tuple[str, ...]:
        return self.words("testpaths")

    @property
    def norecursedirs(self) -> tuple[str, ...]:
        """Empty unless set: pytest's default names folders that testfix leaves out anyway."""
        return self.words("norecursedirs")

    @property
    def pythonpath(self) -> tuple[str, ...]:
        return self.words("pythonpath")


def parse(path: str, text: str) -> PytestIni | None:
    """What `text`, the content of the file `path`, says to pytest; None if pytest passes it over.

    Raises ConfigError for a file that pytest could not read either.
    """
    name = os.path.basename(path)
    if name.endswith(".toml"):
        document = parse_toml(path, text)
        if name != "pyproject.toml":
            return PytestIni(path, _dict(document.get("pytest")))
        table = _dict(_dict(document.get("tool")).get("pytest"))
        if "ini_options" in table:
            return PytestIni(path, _dict(table["ini_options"]))
        return PytestIni(path, table) if table else None
    section = _ini_section(path, text, "tool:pytest" if name == "setup.cfg" else "pytest")
    if section is None:
        return PytestIni(path) if name.endswith("pytest.ini") else None
    return PytestIni(path, section)


def read(folder: str, names: Container[str], strict: bool = False) -> PytestIni | None:
    """The configuration in `folder`, whose files are `names`; None if there is none.

    A file that cannot be read is passed over (test data often holds such files), or, if `strict`, raises
    ConfigError.
    """
    for name, needed in FILES.items():
        if name not in names:
            continue
        path = os.path.join(folder, name)
        try:
            text = read_text(path, needed)
            found = parse(path, text) if text is not None else None
        except ConfigError:
            if strict:
                raise
            continue
        if found is not None:
            return found
    return None


@dataclass(frozen=True, slots=True)
class PathPatterns:
    """Patterns as in `python_files` and `norecursedirs` (`_pytest.pathlib.fnmatch_ex`).

    One without a slash is held against the last name, one with a slash against the end of the absolute path.
    """

    names: re.Pattern[str] | None
    paths: re.Pattern[str] | None

    @staticmethod
    def compile(patterns: Sequence[str]) -> PathPatterns:
        slash = [pattern for pattern in patterns if "/" in pattern or os.sep in pattern]
        plain = [pattern for pattern in patterns if pattern not in slash]
        absolute = [pattern if os.path.isabs(pattern) else f"*/{pattern}" for pattern in slash]
        return PathPatterns(_union(plain), _union(absolute))

    def match(self, folder: str, name: str) -> bool:
        """Whether `name` in the folder of that absolute path is meant."""
        if self.names is not None and self.names.match(os.path.normcase(name)):
            return True
        return self.paths is not None and bool(self.paths.match(os.path.normcase(os.path.join(folder, name))))


def _union(patterns: Sequence[str]) -> re.Pattern[str] | None:
    parts = [fnmatch.translate(os.path.normcase(pattern)) for pattern in patterns]
    return re.compile("|".join(parts)) if parts else None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _ini_section(path: str, text: str, wanted: str) -> dict[str, str] | None:
    """One section of an ini file, with the syntax of `iniconfig`, which pytest reads such files with.

    A line that starts with a blank continues the value above it; comments are whole lines.
    """
    found: dict[str, list[str]] | None = None
    values: list[str] | None = None
    inside = False
    for number, line in enumerate(map(str.rstrip, text.splitlines()), 1):
        if not line or line.lstrip()[0] in "#;":
            continue
        header = line.split("#")[0].split(";")[0].rstrip() if line[0] == "[" else ""
        if header.endswith("]"):
            inside, values = header[1:-1] == wanted, None
            found = {} if inside and found is None else found
        elif inside and (line[0].isspace() or line[0] == "["):
            if values is not None:
                values.append(line.strip())
        elif inside and found is not None:
            equals, colon = line.find("="), line.find(":")
            # A colon ends the name only if there is no equals sign, or if it comes first.
            at = equals if equals >= 0 and not 0 <= colon < equals else colon
            if at < 0:
                raise ConfigError(f"{path}, line {number}: neither a section nor `name = value`.")
            value = line[at + 1 :].strip()
            values = found[line[:at].strip()] = [value] if value else []
    return {name: "\n".join(lines) for name, lines in found.items()} if found is not None else None
