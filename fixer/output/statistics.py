"""Counts per rule and name."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fixer.finding import Finding, Safety
from fixer.output.paint import Paint
from fixer.output.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixer.output.view import View
    from fixer.report import Report

NAMES = 20  # names shown for each rule unless verbose


def render_statistics(report: Report, view: View) -> Iterator[str]:
    """A table in pieces: each rule, its names by frequency and what can be done; then what was withheld."""
    paint = Paint(view.color)
    by_rule: dict[tuple[str, str], list[Finding]] = {}
    for finding in report.findings:
        by_rule.setdefault((finding.code, finding.rule), []).append(finding)
    for (code, rule), findings in sorted(by_rule.items()):
        yield _row(len(findings), f"{paint.red(code)} {paint.bold(rule)}", _outcomes(report, findings, view))
        names = Counter(finding.name for finding in findings)
        ranked = sorted(names.items(), key=lambda item: (-item[1], item[0]))
        shown = ranked if view.verbose else ranked[:NAMES]
        width = min(max(len(printable(name)) for name, _ in shown), 40)
        for name, number in shown:
            of_name = [finding for finding in findings if finding.name == name]
            text = printable(name).ljust(width)
            yield _row(number, f"  {text}", paint.dim(_outcomes(report, of_name, view)))
        rest = ranked[len(shown) :]
        if rest:
            yield _row(sum(number for _, number in rest), f"  in {len(rest)} more names (--verbose)", "")
    withheld = Counter((item.code, item.cause) for item in report.withheld)
    if withheld:
        yield "\nLooked at and not judged:\n"
        for (code, cause), number in sorted(withheld.items(), key=lambda item: (-item[1], item[0])):
            yield _row(number, f"{paint.red(code)} {printable(cause)}", "")
    if not by_rule and not withheld:
        yield "No findings.\n"


def _row(number: int, what: str, outcome: str) -> str:
    return f"{number:7}  {what}  {outcome}".rstrip() + "\n"


def _outcomes(report: Report, findings: list[Finding], view: View) -> str:
    """`12 fixed, 3 not fixable`; without the number where all have the same outcome."""
    counts: Counter[str] = Counter()
    for finding in findings:
        if report.is_fixed(finding):
            counts["fixed" if view.written else "fixable"] += 1
        elif finding.fix is not None and finding.fix.safety is not Safety.SAFE:
            counts["with --unsafe-fixes" if finding.fix.safety is Safety.UNSAFE else "suggestion only"] += 1
        else:
            counts["not fixable"] += 1
    order = ("fixed", "fixable", "with --unsafe-fixes", "suggestion only", "not fixable")
    if len(counts) == 1:
        return next(iter(counts))
    return ", ".join(f"{counts[word]} {word}" for word in order if counts[word])
