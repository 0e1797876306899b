"""Reviewdog's diagnostic format (source: `proto/rdf/reviewdog.proto`). Its columns count bytes of UTF-8."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fixer.output.frame import source_lines
from fixer.output.view import View, listed, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fixer.finding import Finding
    from fixer.report import Report
    from fixer.span import Span


def render(report: Report, view: View) -> Iterator[str]:
    """One object. A fix that stays in the finding's file is offered as suggestions."""
    lines = {path: source_lines(text) for path, text in (report.sources or {}).items()}
    diagnostics = [_diagnostic(report, each, lines.get(each.path, []), view) for each in listed(report, view)]
    document = {
        "source": {"name": "testfix"},
        "severity": "ERROR",
        "diagnostics": diagnostics,
    }
    yield json.dumps(document, indent=2) + "\n"


def _diagnostic(report: Report, finding: Finding, lines: Sequence[str], view: View) -> dict[str, object]:
    edits = report.texts.get(finding.fix.id, ()) if finding.fix else ()
    found: dict[str, object] = {
        "message": finding.message,
        "location": {
            "path": shown_path(report, finding.path, view.cwd),
            "range": _range(finding.span, lines),
        },
        "code": {"value": finding.code},
    }
    if edits and all(edit.path == finding.path for edit in edits):
        found["suggestions"] = [{"range": _range(edit.span, lines), "text": edit.text} for edit in edits]
    return found


def _range(span: Span, lines: Sequence[str]) -> dict[str, dict[str, int]]:
    return {
        "start": {"line": span.line, "column": _column(span.line, span.column, lines)},
        "end": {"line": span.end_line, "column": _column(span.end_line, span.end_column, lines)},
    }


def _column(line: int, column: int, lines: Sequence[str]) -> int:
    text = lines[line - 1][: column - 1] if line <= len(lines) else ""
    return len(text.encode("utf-8", "surrogatepass")) + 1
