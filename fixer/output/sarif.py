"""SARIF 2.1.0 (OASIS standard), with a fix for each finding that has one. Columns count characters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from fixer import __version__
from fixer.output.view import View, listed, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixer.finding import Finding, Fix
    from fixer.report import FileError, Report
    from fixer.span import Span

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def render(report: Report, view: View) -> Iterator[str]:
    """One log with one run: a result for each finding that is left, a notification for each error."""
    findings = listed(report, view)
    rules = {finding.code: finding.rule for finding in findings}
    invocation = {
        "executionSuccessful": not report.errors,
        "toolExecutionNotifications": [_notification(report, error, view) for error in report.errors],
    }
    run = {
        "tool": {
            "driver": {
                "name": "testfix",
                "version": __version__,
                "rules": [{"id": code, "name": rule} for code, rule in sorted(rules.items())],
            }
        },
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "invocations": [invocation],
        "results": [_result(report, finding, view) for finding in findings],
    }
    yield json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(report: Report, finding: Finding, view: View) -> dict[str, object]:
    place = {
        "artifactLocation": _artifact(report, finding.path, view),
        "region": _region(finding.span),
    }
    found: dict[str, object] = {
        "ruleId": finding.code,
        "level": "error",
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": place}],
    }
    if finding.fix is not None and report.texts.get(finding.fix.id):
        found["fixes"] = [_fix(report, finding.fix, view)]
    return found


def _fix(report: Report, fix: Fix, view: View) -> dict[str, object]:
    by_path: dict[str, list[dict[str, object]]] = {}
    for edit in report.texts[fix.id]:
        change = {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
        by_path.setdefault(edit.path, []).append(change)
    changes = [
        {"artifactLocation": _artifact(report, path, view), "replacements": replacements}
        for path, replacements in by_path.items()
    ]
    return {"description": {"text": f"{fix.safety.value}: {fix.why}"}, "artifactChanges": changes}


def _notification(report: Report, error: FileError, view: View) -> dict[str, object]:
    place: dict[str, object] = {"artifactLocation": _artifact(report, error.path, view)}
    if error.line:
        place["region"] = {"startLine": error.line}
    return {"level": "error", "message": {"text": error.message}, "locations": [{"physicalLocation": place}]}


def _artifact(report: Report, path: str, view: View) -> dict[str, str]:
    """The file by a relative URI; bytes of a name that are no UTF-8 are escaped as they are."""
    shown = shown_path(report, path, view.cwd).encode("utf-8", "surrogateescape")
    return {"uri": quote(shown)}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
