"""What the project declares, has installed and configures for pytest, each read once and when it is asked."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from fixer import globs, pytest_config
from fixer.environment import Environment, read_environment
from fixer.project.dependencies import Declared, declared, included_files, is_dependency_file
from fixer.project.fixtures.plugins import Surroundings
from fixer.project.own_plugins import own_plugins
from fixer.pytest_config import PytestIni

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from fixer.config import Config

_SETUP = re.compile(r"^[ \t]*(?:\w+\.)*setup\(", re.MULTILINE)
_SINCE_PYTEST_9 = frozenset({"pytest.toml", ".pytest.toml"})  # its changelog, 9.0


def is_wanted(path: str) -> bool:
    """Whether the file at `path` is one of those that are read here."""
    return is_dependency_file(path) or path.rpartition("/")[2] in pytest_config.FILES


class Manifests:
    """`paths` are those of the project's files, without what it ignores; `read` has the content of one."""

    def __init__(
        self,
        root: Path,
        config: Config,
        paths: Callable[[], Sequence[str]],
        read: Callable[[str], bytes | None],
    ) -> None:
        self._root = root
        self._config = config
        self._paths = paths
        self._read = read

    @cached_property
    def configurations(self) -> Mapping[str, PytestIni]:
        by_folder: dict[str, set[str]] = {"": set()}
        for path in self._paths():
            folder, _, name = path.rpartition("/")
            if name in pytest_config.FILES:
                by_folder.setdefault(folder, set()).add(name)
        version = self.surroundings.pytest
        ignored = _SINCE_PYTEST_9 if version is not None and version < (9, 0) else frozenset[str]()
        found = {"": PytestIni("")}
        for folder, names in by_folder.items():
            ini = pytest_config.read(str(self._root / folder), names - ignored)
            if ini is not None:
                file = posixpath.basename(ini.file.replace("\\", "/"))
                found[folder] = replace(ini, file=posixpath.join(folder, file))
        return found

    def search_paths(self) -> Mapping[str, tuple[str, ...]]:
        """By folder with a pytest configuration: the folders that its `pythonpath` adds to `sys.path`."""
        found = {}
        for folder, ini in self.configurations.items():
            inside = [posixpath.normpath(posixpath.join(folder, word)) for word in ini.pythonpath]
            if inside:
                found[folder] = tuple("" if word == "." else word for word in inside)
        return found

    def project_folders(self) -> frozenset[str]:
        """The folders with a `setup.py` that sets a distribution up: other scripts are called so, too."""
        return frozenset(
            posixpath.dirname(path)
            for path, text in self._texts.items()
            if posixpath.basename(path) == "setup.py"
            and ("setuptools" in text or "distutils" in text)
            and _SETUP.search(text)
        )

    @cached_property
    def surroundings(self) -> Surroundings:
        environment = self._environment
        distributions: dict[str, str | None] = dict.fromkeys(self.declared.distributions)
        for requirement in self.declared.requirements:
            if requirement.specifier.startswith("==") and "*" not in requirement.specifier:
                distributions[requirement.name] = requirement.specifier[2:]
        distributions |= {name: found.version for name, found in environment.distributions.items()}
        installed = {
            name: tuple((plugin.name, plugin.file) for plugin in found.plugins if plugin.file is not None)
            for name, found in environment.distributions.items()
            if found.plugins
        }
        own = own_plugins({path: text for path, text in self._texts.items() if "/" not in path})
        return Surroundings(
            distributions,
            own,
            installed,
            environment.find_module,
            environment.find_beside,
            self.declared.direct,
        )

    @cached_property
    def declared(self) -> Declared:
        return declared(self._texts)

    @cached_property
    def _texts(self) -> dict[str, str]:
        texts: dict[str, str] = {}
        paths = list(filter(is_dependency_file, self._paths()))
        for path in paths:  # which grows by what those files include
            content = self._read(path) if path not in texts else None
            if content is not None:
                texts[path] = content.decode("utf-8", "replace")
                paths += included_files(path, texts[path])
        return texts

    @cached_property
    def for_versions(self) -> Declared:
        """The same without the files that do not count for the versions of what is called."""
        if not self._config.kwargs.ignored:
            return self.declared
        ignored = globs.compile_globs(self._config.kwargs.ignored)
        texts = {
            path: text for path, text in self._texts.items() if not globs.matches_at_or_above(ignored, path)
        }
        return declared(texts)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about what was asked for versions and could not be read in full."""
        found = self.for_versions.warnings if "for_versions" in self.__dict__ else ()
        problem = self.installed.problem if "installed" in self.__dict__ else None
        return (*found, problem) if problem else found

    @cached_property
    def installed(self) -> Environment:
        """The environment for versions; what is wrong with it is a warning once it is asked for."""
        return self._environment

    @cached_property
    def _environment(self) -> Environment:
        return read_environment(self._root, self._config.python)
