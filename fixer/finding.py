"""Finding, Fix and Safety: what a rule says and what could be done about it."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from fixer.edits import Edit
    from fixer.span import Span


class Safety(enum.Enum):
    """How much evidence stands behind a fix, and so whether it is applied unasked."""

    SAFE = "safe"  # applied by default: the evidence leaves one answer
    UNSAFE = "unsafe"  # applied with --unsafe-fixes: a clear favourite
    SUGGESTION = "suggestion"  # never applied: candidates to choose from


@dataclass(frozen=True, slots=True)
class Fix:
    """All or nothing: `edits` may touch several files, and several findings may share the fix.

    `id` is the same for the same repair on every run; `why` says what the safety rests on.
    """

    id: str
    edits: tuple[Edit, ...]
    safety: Safety
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect at one place.

    `path` is relative to the project root, with forward slashes. `name` is the word at stake (the
    undefined name, the fixture, the keyword). `candidates` are texts for a reader, best first.
    Exactly one of `fix` and `reason_unfixed` is set once planning is done.
    """

    code: str
    rule: str
    path: str
    span: Span
    name: str
    message: str
    candidates: tuple[str, ...] = ()
    fix: Fix | None = None
    reason_unfixed: str | None = None
