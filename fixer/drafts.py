"""What fixes make of files: their edits composed, placed and turned into text. Judges and writes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fixer.compose import Composed, compose
from fixer.edits import AddImport
from fixer.facts.prologue import read_prologue
from fixer.facts.text import decode
from fixer.fixture_edits import AddFixture
from fixer.rewriting import Rewritten, Task, newline_for, rewrite_all
from fixer.style_files import StyleFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fixer.edits import Edit
    from fixer.facts.model import Facts, Prologue
    from fixer.files import Files
    from fixer.finding import Fix
    from fixer.loader import DiskLoader
    from fixer.project.modules import Modules


class Drafts:
    """`facts_of` has the facts of a file, and `reason_against` says why one cannot be edited. `renames` are
    the names that the configuration maps to others."""

    def __init__(
        self,
        loader: DiskLoader,
        renames: Mapping[str, str],
        jobs: int,
        facts_of: Callable[[str], Facts],
        reason_against: Callable[[str], str | None],
    ) -> None:
        self._files: Files = loader.files
        self._loader = loader
        self._renames = renames
        self._jobs = jobs
        self._facts_of = facts_of
        self._reason_against = reason_against
        self._styles = StyleFiles(loader.files.root)
        self._rewritten: dict[tuple[str, tuple[Edit, ...]], Rewritten] = {}

    def compose(self, fixes: Iterable[Fix], modules: Modules) -> Composed:
        """The edits per file. A fix that touches a file which cannot be edited is refused."""
        barred: dict[str, str] = {}
        free: list[Fix] = []
        for fix in fixes:
            reasons = (self._reason_against(path) for path in sorted({edit.path for edit in fix.edits}))
            reason = next((reason for reason in reasons if reason is not None), None)
            if reason is None:
                free.append(fix)
            else:
                barred[fix.id] = reason
        composed = compose(free, self._prologue, self._first_use, self._styles.of, modules)
        return replace(composed, refused={**composed.refused, **barred})

    def rewrite(self, edits_by_path: Mapping[str, tuple[Edit, ...]]) -> dict[str, Rewritten]:
        """The outcome for each file, which is remembered until `forget`: the files stay what they are."""
        wanted = [(path, edits) for path, edits in sorted(edits_by_path.items()) if edits]
        tasks = [
            Task(
                path,
                self._files.read_any(path) or b"",
                self._facts_of(path),
                edits,
                newline_for(path, self._files, self._loader.python_files()),
            )
            for path, edits in wanted
            if (path, edits) not in self._rewritten
        ]
        done = rewrite_all(tasks, self._jobs)
        self._rewritten.update(((task.path, task.edits), done[task.path]) for task in tasks)
        return {path: self._rewritten[path, edits] for path, edits in wanted}

    def binds(self, fix: Fix) -> frozenset[str]:
        """The names that the fix binds in some file: fixtures with their helpers, and imports."""
        names: set[str] = set()
        for edit in fix.edits:
            if isinstance(edit, AddFixture):
                names |= {edit.name, *edit.binds}
            elif isinstance(edit, AddImport):
                names.add(edit.what.bound)
        return frozenset(names)

    def forget(self) -> None:
        self._rewritten.clear()

    def _prologue(self, path: str) -> Prologue:
        return read_prologue(decode(self._files.read_any(path) or b""))

    def _first_use(self, path: str, name: str) -> int | None:
        names = {name, *(old for old, new in self._renames.items() if new == name)}
        uses = self._facts_of(path).undefined
        return min((use.span.line for use in uses if use.name in names and not use.deferred), default=None)
