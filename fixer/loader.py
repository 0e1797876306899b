"""What the Project asks of the file system, answered from `Files`."""

from __future__ import annotations

import contextlib
import os
import posixpath
import re
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from fixer.discover import project_files
from fixer.facts import keyword_scan, words
from fixer.facts.call_model import NO_CALLS, Calls
from fixer.facts.model import Parts
from fixer.facts.outline import read_imports, read_mentions, read_outline
from fixer.facts.read import read_facts
from fixer.facts.read_body import read_body
from fixer.facts.symbols import module_names, read_scopes
from fixer.facts.text import decode, lines_of
from fixer.facts.top_level import read_top_level
from fixer.manifests import Manifests, is_wanted
from fixer.newer_syntax import needs_newer_python
from fixer.regular import read_regular

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from fixer.cache import Cache
    from fixer.config import Config
    from fixer.environment import Environment
    from fixer.facts.body import ModuleBody
    from fixer.facts.definitions import Shape
    from fixer.facts.look_ups import LookUp
    from fixer.facts.mock_usage import MockUsage
    from fixer.facts.model import Facts, Outline
    from fixer.facts.reaches import Reach
    from fixer.facts.top_level import Definition
    from fixer.files import Files
    from fixer.import_statement import Import
    from fixer.project.dependencies import Declared
    from fixer.project.fixtures.plugins import Surroundings
    from fixer.pytest_config import PytestIni
    from fixer.span import Span

_NO_FACTS: Mapping[str, Facts] = MappingProxyType({})
_WORTH_A_CACHE = 300  # files of a project: fewer are read before the cache is open
Fact = TypeVar("Fact")

_AT_RUN_TIME = (b"globals(", b"exec(", b"vars()", b"locals()", b"sys.modules[")
_DICT = re.compile(rb"(?<!\bself\.)(?<!\bcls\.)__dict__")  # of anything but an instance or class


class DiskLoader:
    """A `fixer.project.loader.Loader`. Files that cannot be read are as good as absent here. `facts` are what
    is known already of files as they are on the disk."""

    def __init__(
        self,
        files: Files,
        config: Config,
        facts: Mapping[str, Facts] = _NO_FACTS,
        cache: Cache | None = None,
    ) -> None:
        self.files = files
        self.config = config
        self.cache = cache
        self._manifests = Manifests(files.root, config, lambda: self._paths, self._read)
        self._mock_usages: dict[str, tuple[bytes | None, MockUsage | None]] = {}
        self._bodies: dict[str, tuple[bytes | None, ModuleBody | None]] = {
            path: (None, found.body) for path, found in facts.items() if found.body is not None
        }
        self._statements: dict[str, tuple[bytes | None, tuple[Definition, ...]]] = {}
        self._outlines: dict[str, tuple[bytes | None, Outline | None]] = {}
        self._mentioned: frozenset[str] = frozenset()  # the names that `_mentions` are about
        self._mentions: dict[str, tuple[bytes | None, Outline | None]] = {}
        self._definitions: dict[str, tuple[bytes | None, Mapping[str, Shape] | None]] = {}
        self._mentioning: dict[bytes, list[str]] = {}
        self._calls: dict[tuple[str, frozenset[str]], tuple[bytes | None, Calls]] = {}

    @cached_property
    def _paths(self) -> Sequence[str]:
        return project_files(self.files.root, self.config, is_wanted)

    def python_files(self) -> Sequence[str]:
        created = [path for path in self.files.created() if path.endswith(".py")]
        return sorted({*self._python_files, *created}) if created else self._python_files

    @cached_property
    def _python_files(self) -> Sequence[str]:
        return sorted([*(path for path in self._paths if path.endswith(".py")), *self.files.unsaved])

    def outline(self, path: str) -> Outline | None:
        changed = self.files.after.get(path)
        if path in self._outlines and self._outlines[path][0] is changed:
            return self._outlines[path][1]
        content = self._read(path)
        outline = None
        if content is not None:
            outline = self._kept("outline", path, content, partial(read_outline, path, content))
        self._outlines[path] = (changed, outline)
        return outline

    def bound_names(self, path: str) -> frozenset[str] | None:
        content = self._read(path)
        if content is None or any(word in content for word in _AT_RUN_TIME) or _DICT.search(content):
            return None
        try:
            return module_names(read_scopes(content))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    def mentions(self, names: frozenset[str]) -> Iterator[Outline]:
        if not names <= self._mentioned:
            self._mentioned = names
            self._mentions.clear()
        for path in self.python_files():
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
        return words.is_mentioned(self._read(path) or b"", word)

    def may_request(self, path: str, name: str) -> bool:
        return words.may_request(self._read(path) or b"", name)

    def inside(self, path: str) -> str | None:
        root, target = Path(os.path.realpath(self.files.root)), Path(os.path.realpath(path))
        relative = target.relative_to(root).as_posix() if target.is_relative_to(root) else None
        return relative if relative in self.python_files() else None

    def configurations(self) -> Mapping[str, PytestIni]:
        return self._manifests.configurations

    def search_paths(self) -> Mapping[str, tuple[str, ...]]:
        return self._manifests.search_paths()

    def project_folders(self) -> frozenset[str]:
        return self._manifests.project_folders()

    def surroundings(self) -> Surroundings:
        return self._manifests.surroundings

    def declared(self) -> Declared:
        return self._manifests.declared

    def manifests(self) -> Declared:
        return self._manifests.for_versions

    def installed(self) -> Environment:
        return self._manifests.installed

    @property
    def warnings(self) -> tuple[str, ...]:
        return self._manifests.warnings

    def facts(self, path: str) -> Facts | None:
        content, changed = self._read(path), self.files.after.get(path)
        if content is None:
            return None
        has_body = path in self._bodies and self._bodies[path][0] is changed
        parts = Parts(calls=False, body=not has_body)  # whoever asks for one asks for the other, too
        facts = self._kept(parts.kind, path, content, partial(read_facts, path, content, parts))
        if facts.body is not None:
            self._bodies[path] = changed, facts.body
        return facts

    def needs_newer_python(self, path: str) -> bool:
        """Whether the file is sound, but only for a newer Python than this one."""
        content = self._read(path) or b""
        return self._kept("newer", path, content, partial(needs_newer_python, content))

    def body(self, path: str) -> ModuleBody | None:
        changed = self.files.after.get(path)
        if path in self._bodies and self._bodies[path][0] is changed:
            return self._bodies[path][1]
        content = self._read(path)
        body = None
        if content is not None:
            body = self._kept("body", path, content, partial(read_body, path, content))
        self._bodies[path] = (changed, body)
        return body

    def statements(self, path: str) -> tuple[Definition, ...]:
        content = self._read(path)
        known = self._statements.get(path)
        if known is None or known[0] != content:
            found: tuple[Definition, ...] = ()
            if content is not None:
                with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                    found = self._kept_of_text("statements", path, content, read_top_level)
            known = self._statements[path] = content, found
        return known[1]

    def source(self, path: str) -> str | None:
        content = self._read(path)
        return None if content is None else "\n".join(lines_of(decode(content)))

    def mentioning(self, word: str, among: Collection[str] | None = None) -> list[str]:
        encoded = word.encode()
        if among is not None and encoded not in self._mentioning:
            return [path for path in among if encoded in (self._read(path, keep=False) or b"")]
        found = self._mentioned_in(encoded)
        return found if among is None else [path for path in found if path in among]

    def _mentioned_in(self, encoded: bytes) -> list[str]:
        found = self._mentioning.get(encoded)
        if found is None:
            paths = self._python_files
            found = [path for path in paths if encoded in (self._read_first(path) or b"")]
            self._mentioning[encoded] = found
        if not self.files.after:
            return found
        changed = {path for path, content in self.files.after.items() if encoded in content}
        changed &= frozenset(self.python_files())
        return sorted(changed.union(path for path in found if path not in self.files.after))

    def occurrences(self, path: str, word: str) -> int:
        return words.occurrences(self._read(path) or b"", word)

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
                stem, kind = PurePosixPath(path).stem, f"calls:{' '.join(sorted(callees))}"
                read = partial(
                    read_calls, stem=stem, wanted=lambda callee, _: callee in callees, modules=modules
                )
                calls = self._kept_of_text(kind, path, content, read)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                calls = NO_CALLS
        self._calls[path, callees] = content, calls
        return calls

    def endpoints(self, path: str, moved: Mapping[str, str]) -> Sequence[tuple[Span, str]]:
        content = self._read(path)
        if content is None or not any(old.encode() in content for old in moved):
            return ()
        import tokenize

        from fixer.facts.endpoints import read_endpoints

        try:
            return read_endpoints(decode(content), moved)
        except (SyntaxError, UnicodeError, tokenize.TokenError):
            return ()

    def look_ups(self, path: str) -> Sequence[LookUp]:
        content = self._read(path)
        if content is None or b"getfixturevalue" not in content:
            return ()
        from fixer.facts.look_ups import read_look_ups

        return read_look_ups(content)

    def reaches(self, path: str, places: frozenset[str]) -> Sequence[Reach]:
        content = self._read(path)
        ends = {place.rpartition(":")[2].encode() for place in places}
        if content is None or not any(end in content for end in ends):
            return ()
        from fixer.facts.reaches import read_reaches

        try:
            return read_reaches(decode(content), places)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ()

    def passed_keywords(self, path: str, name: str) -> frozenset[str]:
        return keyword_scan.passed_keywords(self._read(path) or b"", name)

    def members_called(self, path: str, owner: str) -> frozenset[str]:
        return keyword_scan.members_called(self._read(path) or b"", owner)

    def own_names_called(self, path: str, names: Iterable[str]) -> frozenset[str]:
        return keyword_scan.own_names_called(self._read(path) or b"", names)

    def may_lack(self, path: str, name: str, keywords: Iterable[str]) -> bool:
        return keyword_scan.may_lack(self._read(path) or b"", name, keywords)

    def definitions(self, path: str) -> Mapping[str, Shape] | None:
        from fixer.facts.definitions import read_definitions

        changed = self.files.after.get(path)
        if path in self._definitions and self._definitions[path][0] is changed:
            return self._definitions[path][1]
        content, found = self._read(path), None
        if content is not None:
            try:
                found = self._kept_of_text("definitions", path, content, read_definitions)
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
                read = partial(read_mock_usage, stem=PurePosixPath(path).stem)
                usage = self._kept_of_text("mock", path, content, read)
            except (SyntaxError, UnicodeError, RecursionError):
                usage = None
        self._mock_usages[path] = content, usage
        return usage

    def _kept(self, kind: str, path: str, content: bytes, read: Callable[[], Fact]) -> Fact:
        """What `read` makes of a file, or made of it in an earlier run."""
        if self.cache is None or len(self._python_files) < _WORTH_A_CACHE:
            return read()
        return self.cache.through(kind, path, content, read)

    def _kept_of_text(self, kind: str, path: str, content: bytes, read: Callable[[str], Fact]) -> Fact:
        """The same where `read` takes the text, which is decoded only if it has to be read."""
        return self._kept(kind, path, content, lambda: read(decode(content)))

    def _read_first(self, path: str) -> bytes | None:
        """The content of a file as it was before any repair."""
        return self.files.before[path] if path in self.files.before else self._read(path)

    def _read(self, path: str, keep: bool = True) -> bytes | None:
        try:
            if posixpath.isabs(path) or path[1:2] == ":":  # a plugin in the environment
                return read_regular(path)
            return self.files.read(path, keep)
        except OSError:
            return None
