"""What else of the project a name may stand for, as far as the place of the test file tells."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from fixer.frozen import dataclass
from fixer.project.evidence import Source, nearness
from fixer.project.modules import folder_of

if TYPE_CHECKING:
    from fixer.project.origins import Origin
    from fixer.project.project import Project


@dataclass(frozen=True, slots=True)
class Rivals:
    """For the test file `path`: everything of one name that the project defines and that may be meant."""

    path: str
    defined: tuple[Origin, ...]

    def kinship(self, origin: Origin) -> int:
        """How much the test file is named after the module that defines it; 0 for what lies elsewhere."""
        return kinship(self.path, origin.place) if origin in self.defined else 0

    def is_about_another(self, origin: Origin) -> bool:
        """Whether the test file is named after another module that has such a name, rather than this one."""
        return max(map(self.kinship, self._beside(origin)), default=0) > self.kinship(origin)

    def has_nearer(self, source: Source) -> bool:
        """Whether another such thing of the project is nearer to the file than this one and its importers."""
        here = folder_of(self.path)
        folders = {folder for folder, _ in source.by_folder}
        if source.origin.kind != "external":
            folders.add(folder_of(source.origin.place))
        near = max(nearness(here, folder) for folder in folders)
        return any(nearness(here, folder_of(other.place)) > near for other in self._beside(source.origin))

    def _beside(self, origin: Origin) -> list[Origin]:
        """All but this one, and but what a package that makes up its names may have this one from."""
        package = origin.place.removesuffix("__init__.py")
        own = origin.kind == "value" and package.endswith("/")
        return [
            other
            for other in self.defined
            if other.key != origin.key and not (own and other.place.startswith(package))
        ]


def kinship(path: str, place: str) -> int:
    """How much of `place`, a file of the project, the path of a test file names: two for each part, and one
    more where the name of the test ends with that of the module.

    0 unless the test file has the module in its name and a folder of it one of the packages around that: any
    package may have its `models.py`.
    """
    parts = [part.strip("_") for part in place.removesuffix(".py").removesuffix("/__init__").split("/")]
    if parts[-2:-1] == parts[-1:]:  # the main module of a package
        del parts[-1]
    words = [_plain(word) for word in folder_of(path).split("/")]
    stem = _plain(path.rpartition("/")[2].removesuffix(".py"))
    packages = sum(part in words for part in parts[:-1])
    if not packages or f"_{parts[-1]}_" not in f"_{stem}_":
        return 0
    return 2 * packages + f"_{stem}".endswith(f"_{parts[-1]}")


def defined_in_a_branch(name: str, path: str, project: Project) -> bool:
    """Whether a module other than `path` that is no test defines the name below an `if` or `try`, which no
    outline shows."""
    known = {path, *(each.path for each in project.evidence.definitions(name))}
    importable = [each for each in project.evidence.importable if each not in known]
    others = [*project.loader.mentioning(name, importable)]  # one search for a word that is often nowhere
    words = (f"def {name}(", f"class {name}(", f"class {name}:")
    files = {each for word in words for each in project.loader.mentioning(word, others)}
    return any(name in (project.loader.bound_names(each) or ()) for each in files)


def is_rather_requested(name: str, project: Project) -> bool:
    """Whether more files of the project request a fixture of that name than import the name."""
    importers = {path for source in project.evidence.sources(name) for path in source.paths}
    loader = project.loader
    requesting = (path for path in loader.mentioning(name) if loader.may_request(path, name))
    return any(True for _ in islice(requesting, len(importers), None))  # no further than it takes


def _plain(word: str) -> str:
    return word.removeprefix("test_").removesuffix("_test").removesuffix("_tests").strip("_")
