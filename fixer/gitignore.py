"""`.gitignore`, `.ignore` and `.git/info/exclude`: which entries of a folder are to be left out.

Entries are judged one by one on the way down, as git does: what lies in an ignored folder is never looked
at. Patterns without wildcards, and those like `*.log`, are looked up; pathspec translates the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# The group in pathspec's expressions that is set where a folder above the path matched, not the path itself.
_ABOVE = "ps_d"
MOST_EXPRESSIONS = (
    5_000  # of one file: each takes half a millisecond to translate, and is tried on every entry
)
_MOST_TOGETHER = 200  # expressions in one: compiling grows with them, and few files have as many
_NOTHING = re.compile(r"(?!)")
_SPECIAL = frozenset("*?[]\\")


@dataclass(slots=True)
class IgnoreFile:
    """The patterns of one file, numbered from the top. They count from `folder` ("" or "a/b").

    `wins`: it is an `.ignore`, which goes before every `.gitignore` (as in ripgrep and ruff).
    """

    folder: str
    wins: bool = False
    negated: list[bool] = field(default_factory=list)
    folders_only: list[bool] = field(default_factory=list)
    names: dict[str, list[int]] = field(default_factory=dict)
    paths: dict[str, list[int]] = field(default_factory=dict)
    endings: list[tuple[str, int]] = field(default_factory=list)
    name_expressions: list[tuple[re.Pattern[str], int]] = field(default_factory=list)
    path_expressions: list[tuple[re.Pattern[str], int]] = field(default_factory=list)
    cut: bool = False  # there are more of these than are taken
    _all_endings: tuple[str, ...] = ()
    _any_name: re.Pattern[str] | None = None
    _any_path: re.Pattern[str] | None = None

    def seal(self) -> None:
        """Prepare for `decide`; no pattern is added any more."""
        self._all_endings = tuple(ending for ending, _ in self.endings)
        self._any_name = _any(self.name_expressions)
        self._any_path = _any(self.path_expressions)

    def decide(self, path: str, name: str, is_folder: bool) -> bool | None:
        """Whether the entry is ignored (True), taken back in (False), or not spoken of (None).

        `path` is relative to the project root and lies below `folder`; `name` is its last part.
        """
        below = path[len(self.folder) + 1 :] if self.folder else path
        last = -1
        for number in (*self.names.get(name, ()), *self.paths.get(below, ())):
            if number > last and (is_folder or not self.folders_only[number]):
                last = number
        if name.endswith(self._all_endings):
            for ending, number in self.endings:
                if number > last and name.endswith(ending) and (is_folder or not self.folders_only[number]):
                    last = number
        for expressions, any_of_them, text in (
            (self.name_expressions, self._any_name, name),
            (self.path_expressions, self._any_path, below),
        ):
            if any_of_them is not None and any_of_them.search(text) is None:
                continue  # as it is with most entries, which are not held against each of them
            for expression, number in expressions:
                match = expression.search(text) if number > last else None
                if match is None or (self.folders_only[number] and not is_folder):
                    continue
                if match.groupdict().get(_ABOVE) is None:
                    last = number
        return None if last < 0 else not self.negated[last]


def parse(text: str, folder: str, wins: bool = False) -> IgnoreFile | None:
    """The patterns in `text`; None if there are none. A pattern that git would refuse is left out."""
    found = IgnoreFile(folder, wins)
    for line in text.removeprefix("\ufeff").split("\n"):
        _add(found, _without_trailing_blanks(line.removesuffix("\r")))
    found.seal()
    return found if found.negated else None


def is_ignored(files: Sequence[IgnoreFile], path: str, name: str, is_folder: bool) -> bool:
    """Whether the entry is ignored; the first of `files` that speaks of it decides."""
    for file in files:
        verdict = file.decide(path, name, is_folder)
        if verdict is not None:
            return verdict
    return False


def _add(found: IgnoreFile, line: str) -> None:
    if not line or line.startswith("#"):
        return
    negated = line.startswith("!")
    pattern = line[1:] if negated else line
    folders_only = pattern.endswith("/")
    pattern = pattern[:-1] if folders_only else pattern
    if not pattern:
        return
    number = len(found.negated)
    anchored = "/" in pattern
    if not _SPECIAL.intersection(pattern):
        table = found.paths if anchored else found.names
        table.setdefault(pattern.removeprefix("/"), []).append(number)
    elif not anchored and pattern[0] == "*" and not _SPECIAL.intersection(pattern[1:]):
        found.endings.append((pattern[1:], number))
    else:
        if len(found.name_expressions) + len(found.path_expressions) >= MOST_EXPRESSIONS:
            found.cut = True
            return
        expression = _expression(pattern)
        if expression is None:
            return
        (found.path_expressions if anchored else found.name_expressions).append((expression, number))
    found.negated.append(negated)
    found.folders_only.append(folders_only)


def _expression(pattern: str) -> re.Pattern[str] | None:
    from pathspec import GitIgnoreSpec

    if pattern.endswith("/**"):
        pattern += "/*"  # means the same, and is held against the entry itself
    if pattern[0] in "!#":
        pattern = "\\" + pattern  # `!` was taken off already, another one is literal
    try:
        (compiled,) = GitIgnoreSpec.from_lines([pattern]).patterns
    except ValueError:
        return None
    return compiled.regex if compiled.include else None


def _any(expressions: Sequence[tuple[re.Pattern[str], int]]) -> re.Pattern[str] | None:
    """What matches wherever one of them does; None where there are too many to make one of."""
    if len(expressions) > _MOST_TOGETHER:
        return None
    nameless = (each.pattern.replace(f"(?P<{_ABOVE}>", "(?:") for each, _ in expressions)
    return re.compile("|".join(f"(?:{each})" for each in nameless)) if expressions else _NOTHING


def _without_trailing_blanks(line: str) -> str:
    """As git does: blanks at the end go, unless a backslash stands before them."""
    bare = line.rstrip(" ")
    backslashes = len(bare) - len(bare.rstrip("\\"))
    return line[: len(bare) + 1] if backslashes % 2 and len(bare) < len(line) else bare
