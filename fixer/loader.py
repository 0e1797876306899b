"""What the Project asks of the file system, answered from `Files`."""

from __future__ import annotations

import posixpath
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fixer import globs, pytest_config
from fixer.discover import project_files
from fixer.environment import Environment, read_environment
from fixer.facts import keyword_scan
from fixer.facts.call_model import NO_CALLS, Calls
from fixer.facts.outline import read_outline
from fixer.facts.symbols import module_names, read_scopes
from fixer.facts.text import decode
from fixer.project.dependencies import Declared, declared, is_dependency_file
from fixer.project.evidence import module_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fixer.config import Config
    from fixer.facts.definitions import Shape
    from fixer.facts.mock_usage import MockUsage
    from fixer.facts.model import Outline
    from fixer.files import Files

_AT_RUN_TIME = (b"globals(", b"exec(", b"vars()", b"locals()", b"__dict__", b"sys.modules[")
_FEW = 12  # names: up to here one byte search per name and file is cheaper than an outline of every file


class DiskLoader:
    """A `project.Loader`. Files that cannot be read are as good as absent here."""

    def __init__(self, files: Files, config: Config) -> None:
        self.files = files
        self.config = config
        self._mock_usages: dict[str, tuple[bytes | None, MockUsage | None]] = {}
        self._outlines: dict[str, tuple[bytes | None, Outline | None]] = {}
        self._definitions: dict[str, tuple[bytes | None, Mapping[str, Shape] | None]] = {}
        self._calls: dict[tuple[str, frozenset[str]], tuple[bytes | None, Calls]] = {}

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

    def outlines_mentioning(self, names: frozenset[str]) -> Iterator[Outline]:
        words = [name.encode() for name in names] if len(names) <= _FEW else None
        for path in self._python_files:
            if path not in self._outlines and words is not None:
                content = self._read(path)
                mentioned = content is not None and any(word in content for word in words)
                if not mentioned and module_name(path) not in names:
                    continue
            outline = self.outline(path)
            if outline is not None:
                yield outline

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
        return declared(self._dependency_texts)

    @cached_property
    def _dependency_texts(self) -> dict[str, str]:
        texts = {}
        for path in filter(is_dependency_file, self._paths):
            content = self._read(path)
            if content is not None:
                texts[path] = content.decode("utf-8", "replace")
        return texts

    def manifests(self) -> Declared:
        return self._manifests

    @cached_property
    def _manifests(self) -> Declared:
        ignored = globs.compile_globs(self.config.kwargs.ignored)
        texts = {
            path: text
            for path, text in self._dependency_texts.items()
            if not globs.matches_at_or_above(ignored, path)
        }
        return declared(texts)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about what was asked for versions and could not be read in full."""
        found = self._manifests.warnings if "_manifests" in self.__dict__ else ()
        problem = self._installed.problem if "_installed" in self.__dict__ else None
        return (*found, problem) if problem else found

    def installed(self) -> Environment:
        return self._installed

    @cached_property
    def _installed(self) -> Environment:
        return read_environment(self.files.root, self.config.python)

    def calls(self, path: str, callees: frozenset[str]) -> Calls:
        from fixer.facts.calls import read_calls

        content = self._read(path)
        known = self._calls.get((path, callees))
        if known is not None and known[0] == content:
            return known[1]
        calls = NO_CALLS
        if content is not None and any(callee.rpartition(".")[2].encode() in content for callee in callees):
            modules = frozenset(callee.partition(".")[0] for callee in callees)
            try:
                calls = read_calls(decode(content), PurePosixPath(path).stem, callees.__contains__, modules)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                calls = NO_CALLS
        self._calls[path, callees] = content, calls
        return calls

    def passed_keywords(self, path: str, name: str) -> frozenset[str]:
        content = self._read(path)
        return keyword_scan.passed_keywords(content, name) if content is not None else frozenset()

    def members_called(self, path: str, module: str) -> frozenset[str]:
        content = self._read(path)
        return keyword_scan.members_called(content, module) if content is not None else frozenset()

    def definitions(self, path: str) -> Mapping[str, Shape] | None:
        from fixer.facts.definitions import read_definitions

        changed = self.files.after.get(path)
        if path in self._definitions and self._definitions[path][0] is changed:
            return self._definitions[path][1]
        content, found = self._read(path), None
        if content is not None:
            try:
                found = read_definitions(decode(content))
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                found = None
        self._definitions[path] = changed, found
        return found

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
