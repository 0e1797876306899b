"""One line a finding, for editors, `grep` and `sort`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.finding import Finding, Safety
from fixer.output.printable import printable
from fixer.output.text import render_error
from fixer.output.view import View, listed, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixer.report import Report


def render_concise(report: Report, view: View) -> Iterator[str]:
    """`path:line:column: TF101 message (outcome)`, one a line; errors as `path:line: error: message`."""
    for finding in listed(report, view):
        path = printable(shown_path(report, finding.path, view.cwd))
        place = f"{path}:{finding.span.line}:{finding.span.column}"
        yield f"{place}: {finding.code} {printable(finding.message)} ({printable(_outcome(finding))})\n"
    for error in report.errors:
        yield render_error(report, error, view)


def _outcome(finding: Finding) -> str:
    if finding.fix is None:
        return finding.reason_unfixed or "no fix"
    what = "; ".join(dict.fromkeys(edit.text for edit in finding.fix.edits))
    label = {Safety.SAFE: "fix", Safety.UNSAFE: "unsafe fix", Safety.SUGGESTION: "suggestion"}
    return f"{label[finding.fix.safety]}: {what}"
