"""A place in a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From the first character to just behind the last one.

    Lines and columns count from 1, columns in characters (not bytes), as editors and ruff count them.
    """

    line: int
    column: int
    end_line: int
    end_column: int
