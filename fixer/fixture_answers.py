"""`testfix fixtures`: from the words of the command line to an answer. Reads files; writes nothing."""

from __future__ import annotations

import difflib
import os
from typing import TYPE_CHECKING

from fixer.config_files import ConfigError
from fixer.discover import printable
from fixer.facts.text import decode
from fixer.files import Files
from fixer.frozen import dataclass
from fixer.loader import DiskLoader
from fixer.project.fixtures.duplicates import Duplicate, duplicates
from fixer.project.fixtures.listing import Listing, of_folder, of_module
from fixer.project.fixtures.tree import Node, tree_of
from fixer.project.fixtures.uncollected import why_uncollected
from fixer.project.fixtures.unused import Unused, UnusedFixtures
from fixer.project.project import Project, Settings
from fixer.root import find_root

if TYPE_CHECKING:
    from pathlib import Path

    from fixer.config import Config
    from fixer.project.fixtures.model import FixtureModel


@dataclass(frozen=True, slots=True)
class Tree:
    """What one test requests."""

    node: str
    requests: tuple[Node, ...]


class Question:
    """A place in a project: `word` is `PATH`, `PATH::TEST` or `PATH::CLASS`, as pytest writes them, seen from
    `cwd`. Raises ConfigError for a path that does not exist."""

    def __init__(self, word: str, config: Config, cwd: Path) -> None:
        file, _, node = word.partition("::")
        absolute = cwd / (file or ".")
        if not absolute.exists():
            raise ConfigError(f"The path {printable(file)} does not exist.")
        self.root = find_root([file or "."], cwd, config.file)
        self.files = Files(self.root)
        relative = os.path.relpath(os.path.normpath(absolute), self.root).replace(os.sep, "/")
        self.path = "" if relative == "." else relative
        self.node = f"{self.path}::{node.partition('[')[0]}" if node else ""
        self.is_folder = absolute.is_dir()
        self.model: FixtureModel = Project({}, DiskLoader(self.files, config), Settings()).fixtures

    def listing(self) -> Listing:
        """What the place sees. Raises ConfigError where nothing can be said of it, with the reason."""
        if self.is_folder or self.path.rpartition("/")[2] == "conftest.py":
            if self.node:
                raise ConfigError(f"{self.path or '.'} has no tests: name a test module before `::`.")
            return of_folder(self.path if self.is_folder else self.path.rpartition("/")[0], self.model)
        self._check_module()
        try:
            return of_module(self.path, self.node, self.model)
        except KeyError:
            raise ConfigError(self._no_such_test()) from None

    def trees(self) -> list[Tree]:
        """What each test of the place requests. Raises ConfigError."""
        if self.is_folder or self.path.rpartition("/")[2] == "conftest.py":
            raise ConfigError("`--tree` needs a test module, or one of its tests: PATH::TEST.")
        results = self.listing().results
        return [Tree(result.test.node, tree_of(result, self.model)) for result in results]

    def unused(self) -> list[Unused]:
        """The fixtures declared at the place or below it that no test uses."""
        return [
            each for each in UnusedFixtures(self.model, self._text).find() if self._has(each.declaration.path)
        ]

    def duplicates(self) -> list[Duplicate]:
        """The fixtures declared several times, at least once at the place or below it."""
        found = duplicates(self.model, self._text)
        return [each for each in found if any(self._has(copy.path) for copy in each.copies)]

    def _has(self, path: str) -> bool:
        return not self.path or path == self.path or path.startswith(f"{self.path}/")

    def _text(self, path: str) -> str | None:
        try:
            return decode(self.files.read(path))
        except (OSError, SyntaxError, UnicodeError):
            return None

    def _check_module(self) -> None:
        """Raises ConfigError if pytest takes no tests from the file."""
        if not self.path.endswith(".py"):
            raise ConfigError(f"{self.path} is no Python file.")
        if self.path not in self.model.modules.files:
            reason = "testfix leaves it out (`exclude` or .gitignore)"
        elif self.model.suites_of(self.path):
            body = self.model.body(self.path)
            if body is not None and body.problem is None:
                return
            reason = "it cannot be parsed"
        else:
            reason = why_uncollected(self.path, self.model)
        raise ConfigError(f"pytest collects no tests from {self.path}: {reason}.")

    def _no_such_test(self) -> str:
        """That the file has no such test, and which it has that are called alike."""
        nodes = [result.test.node for result in self.model.results(self.path)]
        classes = [node.rpartition("::")[0] for node in nodes]
        known = [node.partition("::")[2] for node in dict.fromkeys((*nodes, *classes)) if "::" in node]
        wanted = self.node.partition("::")[2]
        last = wanted.rpartition("::")[2]
        near = [name for name in known if name.rpartition("::")[2] == last]
        near += [name for name in difflib.get_close_matches(wanted, known, 3) if name not in near]
        hint = f" Nearest: {', '.join(near[:3])}." if near else ""
        return f"{self.path} has no test or class `{wanted}`.{hint}"
