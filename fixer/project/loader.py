"""What the project asks of its files: the interface that `fixer.loader` fulfils."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from fixer.facts.body import ModuleBody
    from fixer.facts.call_model import Calls
    from fixer.facts.definitions import Shape
    from fixer.facts.look_ups import LookUp
    from fixer.facts.mock_usage import MockUsage
    from fixer.facts.model import Facts, Outline
    from fixer.facts.reaches import Reach
    from fixer.facts.top_level import Definition
    from fixer.import_statement import Import
    from fixer.project.dependencies import Declared
    from fixer.project.fixtures.plugins import Surroundings
    from fixer.project.versions import Installed
    from fixer.pytest_config import PytestIni
    from fixer.span import Span


class Loader(Protocol):
    """What `run` hands to the project, which opens no file itself. Paths are relative to the root."""

    def python_files(self) -> Sequence[str]:
        """All Python files of the project, whatever the command line names."""

    def search_paths(self) -> Mapping[str, tuple[str, ...]]:
        """By folder with a pytest configuration: what its `pythonpath` adds to `sys.path`."""

    def project_folders(self) -> frozenset[str]:
        """The folders with a `setup.py` that sets a distribution up."""

    def outline(self, path: str) -> Outline | None:
        """The outline of one file; None if it cannot be read."""

    def bound_names(self, path: str) -> frozenset[str] | None:
        """The names a file binds at module level; None where some may be bound at run time."""

    def mentions(self, names: frozenset[str]) -> Iterable[Outline]:
        """The outlines of all files, of which no more than what concerns `names` need be there."""

    def imports(self, path: str) -> frozenset[Import]:
        """What one file imports, anywhere in it; nothing if it cannot be read."""

    def mentions_word(self, path: str, word: str) -> bool:
        """Whether `word` occurs in the text of one file."""

    def may_request(self, path: str, name: str) -> bool:
        """Whether some function of one file seems to have a parameter `name`, as far as its text tells."""

    def declared(self) -> Declared:
        """What the project's dependency files declare."""

    def mock_usage(self, path: str) -> MockUsage | None:
        """How one file uses `unittest.mock`; None if it cannot be read."""

    def facts(self, path: str) -> Facts | None:
        """The facts of any file of the project; None if it cannot be read."""

    def body(self, path: str) -> ModuleBody | None:
        """What a file declares; None if it cannot be read. An absolute path: a plugin's."""

    def statements(self, path: str) -> Sequence[Definition]:
        """The statements of a file at module level; none if it cannot be read."""

    def source(self, path: str) -> str | None:
        """The text of a file, with `\\n` for line ends; None if it cannot be read."""

    def inside(self, path: str) -> str | None:
        """The relative path of a file of the project of which `path` is the absolute one; else None."""

    def configurations(self) -> Mapping[str, PytestIni]:
        """pytest's configurations by folder; one for the root in any case."""

    def look_ups(self, path: str) -> Sequence[LookUp]:
        """The fixtures that functions of a file ask for by `request.getfixturevalue`."""

    def mentioning(self, word: str, among: Collection[str] | None = None) -> Iterable[str]:
        """The paths of the Python files of the project, or of those `among` them, in whose bytes `word`
        occurs."""

    def occurrences(self, path: str, word: str) -> int:
        """How often `word` occurs in the bytes of a file, where a word begins."""

    def surroundings(self) -> Surroundings:
        """The distributions and plugins around the tests."""

    def manifests(self) -> Declared:
        """What the dependency files declare that count for versions."""

    def installed(self) -> Installed:
        """What is installed in the environment of the suite."""

    def calls(self, path: str, callees: frozenset[str]) -> Calls:
        """The calls in one file of what is in `callees` (dotted, as `facts.call_model` says)."""

    def endpoints(self, path: str, moved: Mapping[str, str]) -> Sequence[tuple[Span, str]]:
        """Where the literals of one file hold a key of `moved`, as `facts.endpoints` says."""

    def reaches(self, path: str, places: frozenset[str]) -> Sequence[Reach]:
        """The calls of network clients in one file that are given one of the addresses `places`."""

    def passed_keywords(self, path: str, name: str) -> frozenset[str]:
        """At least the keywords that calls of `name` in one file pass."""

    def members_called(self, path: str, owner: str) -> frozenset[str]:
        """The names `x` of all `owner.x(` in one file, and `x.y` of `owner.x.y(`."""

    def own_names_called(self, path: str, names: Iterable[str]) -> frozenset[str]:
        """Those of `names`, defined at the margin of one file, that it calls with a keyword which the
        definition does not mention."""

    def may_lack(self, path: str, name: str, keywords: Iterable[str]) -> bool:
        """Whether the text of one file leaves it open that `name`, defined in it, takes all the keywords."""

    def definitions(self, path: str) -> Mapping[str, Shape] | None:
        """The functions and classes at module level of one file; None if it cannot be read."""
