"""What the Project asks of the file system, answered from `Files`."""

from __future__ import annotations

import posixpath
import re
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fixer import pytest_config
from fixer.discover import project_files
from fixer.facts.outline import read_imports, read_mentions, read_outline
from fixer.facts.symbols import module_names, read_scopes
from fixer.facts.text import decode
from fixer.project.dependencies import Declared, declared, is_dependency_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fixer.config import Config
    from fixer.edits import Import
    from fixer.facts.mock_usage import MockUsage
    from fixer.facts.model import Outline
    from fixer.files import Files

_AT_RUN_TIME = (b"globals(", b"exec(", b"vars()", b"locals()", b"__dict__", b"sys.modules[")


class DiskLoader:
    """A `project.Loader`. Files that cannot be read are as good as absent here."""

    def __init__(self, files: Files, config: Config) -> None:
        self.files = files
        self.config = config
        self._mock_usages: dict[str, tuple[bytes | None, MockUsage | None]] = {}
        self._outlines: dict[str, tuple[bytes | None, Outline | None]] = {}
        self._mentioned: frozenset[str] = frozenset()  # the names that `_mentions` are about
        self._mentions: dict[str, tuple[bytes | None, Outline | None]] = {}

    @cached_property
    def _paths(self) -> Sequence[str]:
        return project_files(self.files.root, self.config, _is_wanted)

    def python_files(self) -> Sequence[str]:
        return self._python_files

    @cached_property
    def _python_files(self) -> Sequence[str]:
        return [path for path in self._paths if path.endswith(".py")]

    def outline(self, path: str) -> Outline | None:
        changed = self.files.after.get(path)
        if path in self._outlines and self._outlines[path][0] is changed:
            return self._outlines[path][1]
        content = self._read(path)
        outline = None if content is None else read_outline(path, content)
        self._outlines[path] = (changed, outline)
        return outline

    def bound_names(self, path: str) -> frozenset[str] | None:
        content = self._read(path)
        if content is None or any(word in content for word in _AT_RUN_TIME):
            return None
        try:
            return module_names(read_scopes(content))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    def mentions(self, names: frozenset[str]) -> Iterator[Outline]:
        if not names <= self._mentioned:
            self._mentioned = names
            self._mentions.clear()
        for path in self._python_files:
            changed = self.files.after.get(path)
            known = self._mentions.get(path)
            if known is None or known[0] is not changed:
                content = self._read(path)
                known = changed, None if content is None else read_mentions(path, content, self._mentioned)
                self._mentions[path] = known
            if known[1] is not None:
                yield known[1]

    def imports(self, path: str) -> frozenset[Import]:
        content = self._read(path)
        return frozenset() if content is None else read_imports(content)

    def mentions_word(self, path: str, word: str) -> bool:
        content = self._read(path)
        return content is not None and re.search(rb"\b%b\b" % re.escape(word.encode()), content) is not None

    def search_paths(self) -> Mapping[str, tuple[str, ...]]:
        """By folder with a pytest configuration: the folders that its `pythonpath` adds to `sys.path`."""
        by_folder: dict[str, set[str]] = {}
        for path in self._paths:
            folder, _, name = path.rpartition("/")
            if name in pytest_config.FILES:
                by_folder.setdefault(folder, set()).add(name)
        found = {}
        for folder, names in by_folder.items():
            ini = pytest_config.read(str(self.files.root / folder), names)
            added = ini.pythonpath if ini is not None else ()
            inside = [posixpath.normpath(posixpath.join(folder, word)) for word in added]
            if added:
                found[folder] = tuple("" if word == "." else word for word in inside)
        return found

    def declared(self) -> Declared:
        return self._declared

    @cached_property
    def _declared(self) -> Declared:
        texts = {}
        for path in filter(is_dependency_file, self._paths):
            content = self._read(path)
            if content is not None:
                texts[path] = content.decode("utf-8", "replace")
        return declared(texts)

    def mock_usage(self, path: str) -> MockUsage | None:
        from fixer.facts.mock_usage import read_mock_usage

        content = self._read(path)
        known = self._mock_usages.get(path)
        if known is not None and known[0] == content:
            return known[1]
        usage = None
        if content is not None:
            try:
                usage = read_mock_usage(decode(content), PurePosixPath(path).stem)
            except (SyntaxError, UnicodeError, RecursionError):
                usage = None
        self._mock_usages[path] = content, usage
        return usage

    def _read(self, path: str) -> bytes | None:
        try:
            return self.files.read(path)
        except OSError:
            return None


def _is_wanted(path: str) -> bool:
    return is_dependency_file(path) or path.rpartition("/")[2] in pytest_config.FILES
