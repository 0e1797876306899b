"""Annotations of a GitHub workflow: `::error file=...,line=...::message`.

Source: GitHub's documentation, "Workflow commands", and `escapeData`, `escapeProperty` of `@actions/core`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.output.printable import printable
from fixer.output.view import View, listed, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixer.report import Report


def render(report: Report, view: View) -> Iterator[str]:
    """A line for each finding that is left, then one for each error."""
    for finding in listed(report, view):
        span = finding.span
        place = {
            "line": span.line,
            "col": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
        }
        yield _command(
            file=shown_path(report, finding.path, view.cwd),
            **place,
            title=f"testfix ({finding.code})",
            message=f"{finding.code} {finding.message}",
        )
    for error in report.errors:
        path = shown_path(report, error.path, view.cwd)
        yield _command(file=path, line=error.line or 1, title="testfix", message=error.message)


def _command(message: str, **properties: object) -> str:
    words = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::error {words}::{_data(message)}\n"


def _data(text: str) -> str:
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
