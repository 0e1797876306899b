"""JUnit's XML, as the xUnit plugin of Jenkins defines it (`junit-10.xsd`): a failure for each finding."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from fixer.output.printable import printable
from fixer.output.view import View, listed, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixer.finding import Finding
    from fixer.report import FileError, Report


def render(report: Report, view: View) -> Iterator[str]:
    """A suite for each file with something to say; without any, one suite that passes."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    findings: dict[str, list[Finding]] = {}
    errors: dict[str, list[FileError]] = {}
    for finding in listed(report, view):
        findings.setdefault(finding.path, []).append(finding)
    for error in report.errors:
        errors.setdefault(error.path, []).append(error)
    failed, broken = sum(map(len, findings.values())), len(report.errors)
    passed = not failed and not broken
    counts = f'tests="{failed + broken + passed}" failures="{failed}" errors="{broken}"'
    yield f'<testsuites name="testfix" {counts}>\n'
    for path in dict.fromkeys([*findings, *errors]):
        name = shown_path(report, path, view.cwd)
        yield from _suite(name, findings.get(path, []), errors.get(path, []))
    if passed:
        yield '  <testsuite name="testfix" tests="1" failures="0" errors="0">\n'
        yield '    <testcase name="no findings" classname="testfix"/>\n  </testsuite>\n'
    yield "</testsuites>\n"


def _suite(path: str, findings: list[Finding], errors: list[FileError]) -> Iterator[str]:
    counts = f'tests="{len(findings) + len(errors)}" failures="{len(findings)}" errors="{len(errors)}"'
    yield f"  <testsuite name={_attribute(path)} {counts}>\n"
    for finding in findings:
        span = finding.span
        name = f"{finding.rule}: {finding.name} ({span.line}:{span.column})"
        text = f"{path}:{span.line}:{span.column}: {finding.code} {finding.message}"
        yield _case(path, name, "failure", finding.code, finding.message, text)
    for error in errors:
        place = f"{path}:{error.line}" if error.line else path
        yield _case(path, "error", "error", "error", error.message, f"{place}: {error.message}")
    yield "  </testsuite>\n"


def _case(path: str, name: str, kind: str, what: str, message: str, text: str) -> str:
    shown = escape(printable(text))
    return (
        f"    <testcase name={_attribute(name)} classname={_attribute(path)}>\n"
        f"      <{kind} type={_attribute(what)} message={_attribute(message)}>{shown}</{kind}>\n"
        "    </testcase>\n"
    )


def _attribute(text: str) -> str:
    """XML has no way to write most control characters, so they are shown as escapes."""
    return quoteattr(printable(text))
