"""Which distributions a project declares, and under which names they are imported."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from fixer.frozen import dataclass
from fixer.known import distributions as known_distributions
from fixer.project import dependency_files
from fixer.project.requirements import Requirement, normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_CHARACTERS = 5_000_000  # a longer file is no hand-written list, and no lock file seen so far is near it

# Folders whose dependency files are data of the project's tests, or somebody else's.
_FOREIGN = frozenset(
    {
        "_vendor",
        "data",
        "fixtures",
        "node_modules",
        "resources",
        "site-packages",
        "templates",
        "test_data",
        "testdata",
        "third_party",
        "vendor",
        "vendored",
    }
)
_EXACT = {
    "pyproject.toml": dependency_files.pyproject,
    "pixi.toml": dependency_files.pixi,
    "hatch.toml": dependency_files.hatch,
    "setup.cfg": dependency_files.ini,
    "tox.ini": dependency_files.ini,
    "setup.py": dependency_files.setup_py,
    "noxfile.py": dependency_files.noxfile,
    "riotfile.py": dependency_files.riotfile,
    "Pipfile": dependency_files.pipfile,
    "Pipfile.lock": dependency_files.pipfile_lock,
    "poetry.lock": dependency_files.toml_lock,
    "uv.lock": dependency_files.toml_lock,
    "pdm.lock": dependency_files.toml_lock,
    "pylock.toml": dependency_files.toml_lock,
}
_LOCKS = frozenset({"Pipfile.lock", "poetry.lock", "uv.lock", "pdm.lock", "pylock.toml"})
_REQUIREMENTS = re.compile(
    r"(requirements?|constraints?|reqs?)(?![a-z0-9]).*\.(txt|in)|.*[-_.](requirements?|reqs)\.(txt|in)",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(r".*\benvironment.*\.ya?ml", re.IGNORECASE)
_FOLDER = re.compile(r"requirements?([-_.].*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Declared:
    """What a project declares.

    `distributions` are all names, normalised as PEP 503 says, `direct` those named outside lock and
    constraints files, `imports` the names at top level that they are imported by. `requirements` hold the
    Python versions too, as those of `python`. `included` maps a requirements file to those that it includes.
    `warnings` are sentences about files that could not be read in full.
    """

    distributions: frozenset[str] = frozenset()
    direct: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
    requirements: tuple[Requirement, ...] = ()
    warnings: tuple[str, ...] = ()
    included: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def is_dependency_file(path: str) -> bool:
    """Whether the file at `path` (relative to the project, forward slashes) is one that `declared` reads."""
    return _parser(path) is not None


def parse_dependency_file(
    path: str, text: str, listed: bool = False
) -> tuple[tuple[Requirement, ...], tuple[str, ...]]:
    """The requirements of one file in order, and warnings; both empty for a file of another kind.

    `listed`: a requirements file includes it, so it is one too, whatever its name.
    """
    parser = _parser(path) or (dependency_files.requirements_txt if listed else None)
    if parser is None:
        return (), ()
    if len(text) > MAX_CHARACTERS:
        too_long = f"{path} is longer than {MAX_CHARACTERS:,} characters and was not read for dependencies."
        return (), (too_long,)
    found, problem = parser(path, text)
    warnings = (f"{path}: {problem}. The dependencies above that place were read.",) if problem else ()
    return tuple(found), warnings


def declared(files: Mapping[str, str]) -> Declared:
    """What all dependency files (relative path -> text) declare together; other files are passed over."""
    requirements: list[Requirement] = []
    warnings: list[str] = []
    included = {path: included_files(path, files[path]) for path in sorted(files)}
    listed = frozenset(other for others in included.values() for other in others)
    for path in sorted(files):
        found, problems = parse_dependency_file(path, files[path], path in listed)
        requirements += found
        warnings += problems
    named = [requirement for requirement in requirements if requirement.name != dependency_files.PYTHON]
    names = frozenset(requirement.name for requirement in named)
    direct = frozenset(one.name for one in named if not is_lock_file(one.source_file))
    return Declared(names, direct, import_names(names), tuple(requirements), tuple(warnings), included)


def included_files(path: str, text: str) -> tuple[str, ...]:
    """The files that the requirements file at `path` includes, as paths from the root; none of others."""
    return tuple(dependency_files.included_files(path, text)) if path.endswith((".txt", ".in")) else ()


def is_lock_file(path: str) -> bool:
    """Whether the file also lists what dependencies depend on themselves."""
    name = path.rpartition("/")[2]
    return name in _LOCKS or name.lower().startswith("constraints")


def import_names(distributions: Iterable[str]) -> frozenset[str]:
    """The top-level names that the distributions are imported by, as far as known.

    One that is not listed in known/distributions.json is taken to be imported by its own name.
    """
    distributions = list(distributions)
    known = known_distributions.import_names() if distributions else {}
    result: set[str] = set()
    for distribution in distributions:
        name = normalised(distribution)
        if name in known:
            result.update(known[name].split())
        elif name.startswith("types-") or name.endswith("-stubs"):
            continue  # stubs for type checkers: nothing to import
        else:
            first = name.partition("-")[0]
            result.add(first if first in _NAMESPACES else name.replace("-", "_"))
    return frozenset(result)


# Distributions that share one package: `google-cloud-storage` is imported as `google.cloud.storage`.
_NAMESPACES = frozenset(
    {"azure", "backports", "google", "jaraco", "opentelemetry", "repoze", "ruamel", "sphinxcontrib", "zope"}
)


def _parser(path: str) -> dependency_files.Parser | None:
    folder, _, name = path.rpartition("/")
    parser = _parser_by_name(folder, name)
    return None if parser is None or _FOREIGN.intersection(folder.split("/")) else parser


def _parser_by_name(folder: str, name: str) -> dependency_files.Parser | None:
    if name in _EXACT:
        return _EXACT[name]
    if not name.endswith((".txt", ".in", ".yml", ".yaml")):
        return None
    listed = any(map(_FOLDER.fullmatch, folder.split("/")))
    if name.endswith((".yml", ".yaml")):
        return dependency_files.environment if listed or _ENVIRONMENT.fullmatch(name) else None
    return dependency_files.requirements_txt if listed or _REQUIREMENTS.fullmatch(name) else None
