"""How a Report is to be shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fixer.finding import Finding, Safety
from fixer.frozen import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from fixer.report import Report


@dataclass(frozen=True, slots=True)
class View:
    """`written`: the run repaired files; otherwise it only says what it would do.

    Paths are shown relative to `cwd`. `width` is in terminal columns.
    """

    cwd: Path
    written: bool = False
    color: bool = False
    width: int = 100
    verbose: bool = False
    quiet: bool = False


def shown_path(report: Report, path: str, cwd: Path) -> str:
    """The path relative to the working directory, with forward slashes; absolute on another drive."""
    if report.root == cwd:
        return path
    full = os.path.join(report.root, path)  # noqa: PTH118  (no file is touched; Path would be slower)
    try:
        return os.path.relpath(full, cwd).replace(os.sep, "/")
    except ValueError:  # Windows: no relative path leads to another drive
        return full.replace(os.sep, "/")


def unsafe_left(report: Report) -> int:
    """How many of the findings that remain have a fix that `--unsafe-fixes` would apply."""
    return sum(finding.fix is not None and finding.fix.safety is Safety.UNSAFE for finding in report.left)


def listed(report: Report, view: View) -> tuple[Finding, ...]:
    """The findings to list: those left after a repair, all where nothing was written."""
    return report.left if view.written and not view.verbose else report.findings


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
