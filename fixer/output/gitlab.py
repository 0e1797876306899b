"""GitLab's Code Quality report (source: GitLab's documentation, "Code Quality", report format)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING

from fixer.output.view import View, listed, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixer.report import Report


def render(report: Report, view: View) -> Iterator[str]:
    """An array, one entry a finding. Fingerprints do without line numbers: a moved finding is no new one."""
    seen: Counter[tuple[str, str, str]] = Counter()
    entries = []
    for finding in listed(report, view):
        key = (finding.code, finding.path, finding.name)
        seen[key] += 1
        words = "\0".join((*key, str(seen[key])))
        span = finding.span
        entries.append(
            {
                "description": f"{finding.code} {finding.message}",
                "check_name": finding.rule,
                "fingerprint": hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest(),
                "severity": "major",
                "location": {
                    "path": shown_path(report, finding.path, view.cwd),
                    "positions": {
                        "begin": {"line": span.line, "column": span.column},
                        "end": {"line": span.end_line, "column": span.end_column},
                    },
                },
            }
        )
    yield json.dumps(entries, indent=2) + "\n"
