"""The closing sentences of a run."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fixer.finding import Finding, Safety
from fixer.output.paint import Paint
from fixer.output.view import View, count, unsafe_left

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fixer.report import Report


def summary(report: Report, view: View) -> str:
    """One to three sentences on one or two lines, without a final line break."""
    if not report.findings:
        text = _clean(report, view)
    elif view.written:
        text = _after_repair(report, view)
    else:
        text = _found(report, view)
    if report.errors:
        text += f"\n{Paint(view.color).red(_could_not(report))}"
    return text


def diff_summary(report: Report, view: View) -> str:
    """What `--diff` says on standard error."""
    fixed = len(report.findings) - len(report.left)
    if not report.findings and not report.changes:
        text = _clean(report, view)
    elif not report.changes:
        text = f"Would change nothing. {_left(report, Paint(view.color))}"
    else:
        files = count(len(report.changes), "file")
        text = f"Would fix {count(fixed, 'finding')} in {files}. {_left(report, Paint(view.color))}"
    if report.errors:
        text += f"\n{Paint(view.color).red(_could_not(report))}"
    return text


def baseline_summary(report: Report, configured: bool) -> str:
    """What `--write-baseline` says. `configured`: the configuration names the baseline, so it counts."""
    files = count(report.files_checked, "file")
    text = f"The baseline knows {count(len(report.findings), 'finding')} of {files}"
    text += f" ({by_rule(report.findings)})." if report.findings else "."
    if not configured:
        text += ' Put `baseline = "testfix-baseline.json"` into [tool.testfix] to make it count.'
    return text


def by_rule(findings: Iterable[Finding]) -> str:
    """`3 undefined-name, 1 mock-backport`, most frequent first; the name alone where there is but one."""
    counts = Counter(finding.rule for finding in findings)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ranked[0][0] if len(ranked) == 1 else ", ".join(f"{number} {rule}" for rule, number in ranked)


def _clean(report: Report, view: View) -> str:
    if report.files_checked == 0:
        return "No test files found to check."
    return Paint(view.color).green(f"No findings in {count(report.files_checked, 'file')}.")


def _after_repair(report: Report, view: View) -> str:
    paint = Paint(view.color)
    left = _left(report, paint)
    fixed = len(report.findings) - len(report.left)
    if not fixed:
        return f"Fixed nothing. {left}"
    done = f"Fixed {count(fixed, 'finding')} in {count(len(report.changes), 'file')}."
    return f"{paint.green(done)} {left}"


def _left(report: Report, paint: Paint) -> str:
    if not report.left:
        return "Nothing left."
    text = paint.bold(f"{len(report.left)} left") + f" ({by_rule(report.left)})"
    unsafe = unsafe_left(report)
    if unsafe:
        which = "it" if unsafe == len(report.left) == 1 else f"{unsafe} of them"
        text += f"; {paint.bold('--unsafe-fixes')} fixes {which}"
    return text + "."


def _found(report: Report, view: View) -> str:
    paint = Paint(view.color)
    files = len({finding.path for finding in report.findings})
    found = paint.bold(f"Found {count(len(report.findings), 'finding')}")
    text = f"{found} ({by_rule(report.findings)}) in {files} of {count(report.files_checked, 'file')}."
    here = len(report.findings) - len(report.left)
    unsafe = unsafe_left(report)
    used_unsafe = any(
        finding.fix is not None and finding.fix.safety is Safety.UNSAFE and report.is_fixed(finding)
        for finding in report.findings
    )
    command = "testfix --unsafe-fixes" if used_unsafe else "testfix"
    if here:
        text += f"\n{paint.bold(command)} fixes {here} of them"
        text += f", {paint.bold('--unsafe-fixes')} {unsafe} more." if unsafe else "."
    elif unsafe:
        text += f"\n{paint.bold('testfix --unsafe-fixes')} fixes {unsafe} of them."
    else:
        text += "\nNone of them can be fixed without a decision of yours."
    return text


def _could_not(report: Report) -> str:
    paths = {error.path for error in report.errors}
    return f"{count(len(paths), 'file')} could not be checked."
