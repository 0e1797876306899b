"""One JSON object for programs. Its keys are a promise: `version` changes when one of them does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fixer.finding import Finding, Safety
from fixer.output.view import View, shown_path

if TYPE_CHECKING:
    from fixer.report import FileError, Report

VERSION = 1


def render_json(report: Report, view: View) -> str:
    """The whole report, findings in their order. `fixed` is true only where a file was written.

    `summary.fixable` counts the findings with a fix that testfix may apply: safe or unsafe.
    """
    fixable = [
        finding
        for finding in report.findings
        if finding.fix is not None and finding.fix.safety is not Safety.SUGGESTION
    ]
    fixed = len(report.findings) - len(report.left) if view.written else 0
    document = {
        "version": VERSION,
        "files_checked": report.files_checked,
        "findings": [finding_object(report, finding, view) for finding in report.findings],
        "errors": [error_object(report, error, view) for error in report.errors],
        "summary": {
            "findings": len(report.findings),
            "fixable": len(fixable),
            "fixed": fixed,
            "changed_files": len(report.changes) if view.written else 0,
        },
    }
    return json.dumps(document, indent=2) + "\n"


def finding_object(report: Report, finding: Finding, view: View) -> dict[str, object]:
    fix = finding.fix
    return {
        "code": finding.code,
        "rule": finding.rule,
        "path": shown_path(report, finding.path, view.cwd),
        "line": finding.span.line,
        "column": finding.span.column,
        "end_line": finding.span.end_line,
        "end_column": finding.span.end_column,
        "name": finding.name,
        "message": finding.message,
        "safety": fix.safety.value if fix else None,
        "fixed": view.written and report.is_fixed(finding),
        "reason_unfixed": finding.reason_unfixed,
        "candidates": list(finding.candidates),
        "edits": [
            {"kind": edit.kind, "path": shown_path(report, edit.path, view.cwd), "text": edit.text}
            for edit in (fix.edits if fix else ())
        ],
    }


def error_object(report: Report, error: FileError, view: View) -> dict[str, object]:
    message = f"line {error.line}: {error.message}" if error.line else error.message
    return {"path": shown_path(report, error.path, view.cwd), "message": message}
