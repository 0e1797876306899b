"""How a project imports `unittest.mock`, and which of those imports other files import again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fixer.facts.mock_usage import style_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fixer.facts.model import Outline
    from fixer.project.modules import Modules

_FILES = 5  # that import mock, before one can speak of a habit
_SHARE = 0.6  # of them, for a style to prevail


class MockEvidence:
    """`styles` are the styles of import in each file that imports mock, by path."""

    def __init__(self, outlines: Iterable[Outline], modules: Modules) -> None:
        self.styles: dict[str, frozenset[str]] = {}
        self._modules = modules
        self._imports: list[tuple[str, str, str]] = []  # importing file, module, name
        for outline in outlines:
            found = {style_of(found.what) for found in outline.imports} - {None}
            if "unittest.mock" in outline.star_imports:
                found.add("from")
            if found:
                self.styles[outline.path] = frozenset(style for style in found if style is not None)
            self._imports += [
                (outline.path, each.what.module, each.what.name)
                for each in outline.imports
                if each.what.name is not None and not style_of(each.what)
            ]
            self._imports += [(outline.path, module, "*") for module in outline.star_imports]

    @property
    def prevailing(self) -> tuple[str, int, int] | None:
        """(style, files with it alone, files that import mock), where one style prevails."""
        counts = Counter(next(iter(styles)) for styles in self.styles.values() if len(styles) == 1)
        total = len(self.styles)
        if total < _FILES or not counts:
            return None
        style, files = counts.most_common(1)[0]
        return (style, files, total) if files >= _SHARE * total else None

    def importer(self, path: str, names: frozenset[str]) -> str | None:
        """A file that imports one of `names` from the file `path`, if there is one."""
        stem = path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
        for importer, module, name in self._imports:
            if name != "*" and name not in names:
                continue
            last = module.rpartition(".")[2]
            if last in (stem, "") and self._modules.find(module, importer) == path:
                return importer
        return None
