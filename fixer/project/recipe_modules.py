"""The helper modules of testfix's own recipes: where they stand in a suite, how a conftest imports them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.fixture_edits import AddModule
from fixer.frozen import dataclass
from fixer.import_statement import Import
from fixer.project.fixtures.relocation import loads
from fixer.project.luggage import Immovable
from fixer.project.modules import folder_of

if TYPE_CHECKING:
    from fixer.project.project import Project

SIBLINGS = "fixer.recipes."  # how the recipes import them
_FIRST, _ENTRY = "local_services", "running_service"  # the one that all of them need, and what it offers


@dataclass(frozen=True, slots=True)
class HelperModules:
    """The folder of the helper modules, and what stands before their names in an import: "", or dots."""

    folder: str
    prefix: str

    def path(self, stem: str) -> str:
        return f"{self.folder}/{stem}.py" if self.folder else f"{stem}.py"

    def respelled(self, what: Import) -> Import:
        """An import of a recipe, as the conftest writes it."""
        return Import(self.prefix + what.module.removeprefix(SIBLINGS), what.name, what.asname)

    def added(self, source: str, stem: str) -> AddModule:
        """The edit that brings the helper module `stem`, whose text is `source`."""
        dots = self.prefix[:1]  # they stand side by side
        if (
            not dots and self.folder
        ):  # below the root, where linters that sort imports take it for third-party
            source = source.replace(f"\n\nfrom {SIBLINGS}", f"\nfrom {SIBLINGS}")
        return AddModule(self.path(stem), source.replace(f"from {SIBLINGS}", f"from {dots}"))


def helper_modules(conftest: str, project: Project) -> HelperModules | None:
    """Where a conftest can import helper modules from, however pytest imports it: beside it, or in the same
    package; None: nowhere, so that it has to hold the helpers itself.

    pytest puts the folder of a conftest that is in no package on `sys.path`, unless its import mode is
    `importlib` (`_pytest.pathlib.import_path`); two modules of one name would be mistaken for each other.
    """
    files, folder = project.modules.files, folder_of(conftest)
    in_package = f"{folder}/__init__.py".lstrip("/") in files
    own = HelperModules(folder, "." if in_package else "")
    there = [path for path in files if path.rpartition("/")[2] == f"{_FIRST}.py"]
    if own.path(_FIRST) in there:
        names = project.loader.bound_names(own.path(_FIRST)) or ()
        return own if _ENTRY in names else None
    if in_package:
        for path in sorted(there):
            name = project.modules.relative_name(path, conftest)
            if name is not None:
                return HelperModules(folder_of(path), name.removesuffix(_FIRST))
        return own
    return None if there or not _is_on_path(folder, project) else own


def missing_from(path: str, names: frozenset[str], project: Project) -> str | None:
    """One of the names that the module does not bind; None if it binds all or is not there yet. Raises
    Immovable if it cannot be read."""
    if path not in project.modules.files:
        return None
    bound = project.loader.bound_names(path)
    if bound is None:
        raise Immovable(f"{path} cannot be read")
    return min(names - bound, default=None)


def _is_on_path(folder: str, project: Project) -> bool:
    """Whether pytest puts a folder that is no package on `sys.path` before it imports the conftest there."""
    search_paths = project.modules.search_paths
    return all(
        suite.import_mode != "importlib" or folder in search_paths.get(suite.rootdir, ())
        for suite in project.fixtures.suites
        if loads(suite, folder)
    )
