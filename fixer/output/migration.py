"""The report of a migration: what changed and why, what is left and why, by rule and by folder."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING

from fixer import __version__
from fixer.finding import Safety
from fixer.frozen import dataclass
from fixer.output.printable import printable
from fixer.output.text import edit_summary
from fixer.output.view import View, shown_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from fixer.finding import Finding
    from fixer.report import Report

FORMATS = (".html", ".json", ".md")


@dataclass(frozen=True, slots=True)
class Row:
    """Counts for one rule or one folder."""

    name: str
    found: int
    fixed: int
    left: int


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of which the same is to be said. `places` are `path:line`, each once."""

    rule: str
    what: str
    why: str
    count: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Migration:
    """What the report says, ready to be laid out; all text is safe to show.

    `written`: files were changed; otherwise it says what would be. `changed` has a group for each repair,
    `left` one for each rule, name and reason; both the most frequent first. `errors` are sentences.
    """

    version: int
    testfix: str
    written: bool
    files_checked: int
    files_changed: tuple[str, ...]
    findings: int
    fixed: int
    rules: tuple[Row, ...]
    folders: tuple[Row, ...]
    changed: tuple[Group, ...]
    left: tuple[Group, ...]
    errors: tuple[str, ...]

    @property
    def tables(self) -> list[tuple[str, tuple[Row, ...]]]:
        """What is counted, by what; tables without a row are left out."""
        return [(title, rows) for title, rows in (("rule", self.rules), ("folder", self.folders)) if rows]

    @property
    def sections(self) -> list[tuple[str, list[tuple[str, list[Group]]]]]:
        """Title, then the groups of each rule; sections without a group are left out."""
        what = "What changed" if self.written else "What would change"
        return [
            (title, [(rule, list(of_rule)) for rule, of_rule in groupby(groups, lambda group: group.rule)])
            for title, groups in ((what, self.changed), ("What is left", self.left))
            if groups
        ]


def migration(report: Report, view: View) -> Migration:
    """The report's content, paths relative to the working directory."""
    changes = {change.path for change in report.changes}
    if not changes:  # with --check nothing is composed: what the repairs would touch
        fixes = (f.fix for f in report.findings if f.fix is not None and report.is_fixed(f))
        changes = {edit.path for fix in fixes for edit in fix.edits}
    paths = {finding.path for finding in report.findings} | {error.path for error in report.errors} | changes
    shown = {path: printable(shown_path(report, path, view.cwd)) for path in paths}
    changed: dict[tuple[str, str, str], list[Finding]] = {}
    left: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in report.findings:
        rule = f"{finding.code} {finding.rule}"
        if report.is_fixed(finding):
            changed.setdefault((rule, *_repair(finding)), []).append(finding)
        else:
            left.setdefault((rule, printable(finding.message), _reason(finding)), []).append(finding)
    return Migration(
        version=1,
        testfix=__version__,
        written=view.written,
        files_checked=report.files_checked,
        files_changed=tuple(shown[path] for path in sorted(changes)),
        findings=len(report.findings),
        fixed=len(report.findings) - len(report.left),
        rules=_rows(report, lambda finding: f"{finding.code} {finding.rule}"),
        folders=_rows(report, lambda finding: shown[finding.path].rpartition("/")[0] or "."),
        changed=_groups(changed, shown),
        left=_groups(left, shown),
        errors=tuple(f"{shown[error.path]}: {printable(error.message)}" for error in report.errors),
    )


def render(content: Migration, suffix: str) -> str:
    """The report as a file with that ending, one of FORMATS."""
    if suffix == ".json":
        return json.dumps(asdict(content), indent=2, ensure_ascii=False) + "\n"
    if suffix == ".html":
        from fixer.output.migration_html import render_html

        return render_html(content)
    from fixer.output.migration_markdown import render_markdown

    return render_markdown(content)


def headline(content: Migration) -> str:
    """The sentence at the top."""
    verb = "Fixed" if content.written else "Would fix"
    left = content.findings - content.fixed
    return (
        f"{verb} {content.fixed} of {content.findings} findings in {len(content.files_changed)} of"
        f" {content.files_checked} files; {left} left."
    )


def _repair(finding: Finding) -> tuple[str, str]:
    """What is done to the file of the finding (or how many others) and what the safety of that rests on."""
    fix = finding.fix
    assert fix is not None
    here = edit_summary(edit for edit in fix.edits if edit.path == finding.path)
    elsewhere = sorted({edit.path for edit in fix.edits} - {finding.path})
    for path in elsewhere:
        here += [f"{part} in {path}" for part in edit_summary(e for e in fix.edits if e.path == path)]
    return printable("; ".join(here)), printable(f"{fix.safety.value}: {fix.why}")


def _reason(finding: Finding) -> str:
    """Why a finding is left, and what could be done."""
    fix = finding.fix
    if fix is None:
        return printable(finding.reason_unfixed or "no reason given")
    if fix.safety is Safety.SUGGESTION:
        return printable(fix.why)
    return printable(
        f"needs --unsafe-fixes: {fix.why}" if fix.safety is Safety.UNSAFE else f"not applied: {fix.why}"
    )


def _rows(report: Report, name: Callable[[Finding], str]) -> tuple[Row, ...]:
    found = Counter(map(name, report.findings))
    left = Counter(map(name, report.left))
    return tuple(Row(each, found[each], found[each] - left[each], left[each]) for each in sorted(found))


def _groups(findings: dict[tuple[str, str, str], list[Finding]], shown: dict[str, str]) -> tuple[Group, ...]:
    groups = [
        Group(*key, len(found), tuple(dict.fromkeys(f"{shown[f.path]}:{f.span.line}" for f in found)))
        for key, found in findings.items()
    ]
    return tuple(sorted(groups, key=lambda group: (group.rule, -group.count, group.what, group.why)))
