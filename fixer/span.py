"""A place in a file."""

from __future__ import annotations

from dataclasses import replace

from fixer.frozen import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From the first character to just behind the last one.

    Lines and columns count from 1, columns in characters (not bytes), as editors and ruff count them.
    """

    line: int
    column: int
    end_line: int
    end_column: int


def moved(span: Span, lines: int) -> Span:
    """The same place after `lines` lines were put in above it (negative: taken away)."""
    return replace(span, line=span.line + lines, end_line=span.end_line + lines)
