"""What a run says in the end. The command line and the formats in `output/` only read it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from fixer.finding import Finding
    from fixer.rule import Withheld
    from fixer.span import Span


@dataclass(frozen=True, slots=True)
class FileError:
    """A file (or folder) that could not be handled, as a sentence; `line` counts from 1.

    `unwritten`: it should have been written, and was not. `internal`: by a defect of testfix.
    """

    path: str
    message: str
    line: int | None = None
    unwritten: bool = False
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """The bytes of one file before and after all repairs; `before` is None for a new file."""

    path: str
    before: bytes | None
    after: bytes


@dataclass(frozen=True, slots=True)
class TextEdit:
    """What stands at `span` of a file becomes `text`. `span` is in the file as it was, in characters; that of
    a new file is empty."""

    path: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """The result of one run. Paths are relative to `root`, with forward slashes.

    `findings` are those of the suite as it was found, ordered by path and place. `fixed` holds the ids
    of the fixes that were applied (with `--diff` and `--check`: that would be). `sources` has the text of
    each file with a finding, for showing the line. `texts` has by its id what each fix that may be applied
    does by itself, where that was asked for.
    """

    root: Path
    files_checked: int
    findings: tuple[Finding, ...] = ()
    fixed: frozenset[str] = frozenset()
    changes: tuple[Change, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    errors: tuple[FileError, ...] = ()
    notes: tuple[str, ...] = ()
    sources: dict[str, str] | None = None
    texts: Mapping[str, tuple[TextEdit, ...]] = field(default_factory=dict)

    def is_fixed(self, finding: Finding) -> bool:
        """Whether this run repaired (or, where nothing is written, would repair) the finding."""
        return finding.fix is not None and finding.fix.id in self.fixed

    @property
    def left(self) -> tuple[Finding, ...]:
        """The findings that remain after the run."""
        return tuple(finding for finding in self.findings if not self.is_fixed(finding))
