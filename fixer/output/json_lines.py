"""One JSON object a line: a finding each, with the keys of `json`. Errors are objects with `error`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from fixer.output.json import error_object, finding_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixer.output.view import View
    from fixer.report import Report


def render(report: Report, view: View) -> Iterator[str]:
    """All findings in their order, fixed or not, then the errors."""
    for finding in report.findings:
        yield json.dumps(finding_object(report, finding, view)) + "\n"
    for error in report.errors:
        yield json.dumps({"error": error_object(report, error, view)}) + "\n"
