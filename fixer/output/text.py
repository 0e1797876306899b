"""The default format: findings with their source line and evidence, then a summary."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fixer.finding import Finding, Fix, Safety
from fixer.output.frame import frame, source_lines
from fixer.output.paint import Paint
from fixer.output.printable import printable
from fixer.output.summary import summary
from fixer.output.view import View, listed, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fixer.edits import Edit
    from fixer.report import FileError, Report

CANDIDATES = 5  # candidates and further lines shown before "and n more"
LINES = 12


def render_text(report: Report, view: View) -> Iterator[str]:
    """The report in pieces that end in line breaks.

    After a repair the fixed findings take one line a file, and those left are shown in full.
    Uses of one name in one file for which the same is to be said are shown once.
    """
    paint = Paint(view.color)
    if view.written and not view.quiet:
        repaired = list(_repaired(report, view))
        yield from repaired
        if repaired and report.left:
            yield "\n"
    by_path: dict[str, list[Finding]] = {}
    for finding in listed(report, view):
        by_path.setdefault(finding.path, []).append(finding)
    for path, findings in by_path.items():
        text = report.sources.get(path) if report.sources else None
        lines = source_lines(text) if text is not None else []
        for group in grouped(findings):
            yield _finding(report, group, lines, view)
    for error in report.errors:
        yield render_error(report, error, view)
    if view.quiet:
        return
    for note in report.notes:
        yield f"{paint.cyan('note')}: {printable(note)}\n"
    if report.errors or report.notes or (view.written and report.changes and not report.left):
        yield "\n"
    yield summary(report, view) + "\n"


def render_error(report: Report, error: FileError, view: View) -> str:
    """`path:line: error: message`, a line of its own."""
    paint = Paint(view.color)
    place = printable(shown_path(report, error.path, view.cwd)) + (f":{error.line}" if error.line else "")
    return f"{paint.bold(place)}: {paint.red('error')}: {printable(error.message)}\n"


def grouped(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one file that differ in nothing but the place, in the order of their first places."""
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        fix = finding.fix
        outcome = (fix.safety, fix.why, *(edit.text for edit in fix.edits)) if fix else finding.reason_unfixed
        key = (finding.code, finding.name, finding.message, finding.candidates, outcome)
        groups.setdefault(key, []).append(finding)
    return list(groups.values())


def edit_summary(edits: Iterable[Edit]) -> list[str]:
    """What edits of one file do, names from one module in one statement: for people, not for Python."""
    from fixer.edits import AddImport  # most runs repair nothing

    imports: dict[str, set[str]] = {}
    others: Counter[str] = Counter()
    for edit in edits:
        if isinstance(edit, AddImport) and edit.what.name is not None:
            alias = f" as {edit.what.asname}" if edit.what.asname else ""
            imports.setdefault(edit.what.module, set()).add(edit.what.name + alias)
        else:
            others[edit.text] += 1
    lines = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(imports.items())]
    return lines + [text if number == 1 else f"{text} ({number} times)" for text, number in others.items()]


def _repaired(report: Report, view: View) -> Iterator[str]:
    """One line for each file that was changed."""
    paint = Paint(view.color)
    fixes = {finding.fix.id: finding.fix for finding in report.findings if finding.fix}
    edits: dict[str, list[Edit]] = {change.path: [] for change in report.changes}
    for fix in fixes.values():
        if fix.id in report.fixed:
            for edit in fix.edits:
                edits.setdefault(edit.path, []).append(edit)
    created = {change.path for change in report.changes if change.before is None}
    for path, of_file in edits.items():
        verb = "Created" if path in created else "Fixed"
        what = "; ".join(edit_summary(of_file))
        shown = paint.bold(printable(shown_path(report, path, view.cwd)))
        yield f"{paint.green(verb)} {shown}" + (f": {printable(what)}" if what else "") + "\n"


def _finding(report: Report, group: list[Finding], lines: list[str], view: View) -> str:
    """A block that ends with a blank line."""
    paint = Paint(view.color)
    first = group[0]
    place = f"{printable(shown_path(report, first.path, view.cwd))}:{first.span.line}:{first.span.column}"
    block = [f"{paint.bold(place)}: {paint.red(first.code)} {_ticked(printable(first.message), paint)}"]
    number = str(first.span.line)
    gutter = max(len(number), 4)
    bar = paint.blue("|")
    if 0 < first.span.line <= len(lines):
        text, carets = frame(lines[first.span.line - 1], first.span, max(view.width - gutter - 4, 20))
        block.append(f"{paint.blue(number.rjust(gutter))} {bar} {text}".rstrip())
        block.append(f"{' ' * gutter} {bar} {paint.red(carets)}")
    remarks = [_outcome(report, first, view)] + ([[_also(group)]] if len(group) > 1 else [])
    for head, *more in remarks:
        block.append(f"{' ' * gutter} {paint.blue('=')} {head}")
        block += [f"{' ' * gutter}   {line}" for line in more]
    return "\n".join(block) + "\n\n"


def _outcome(report: Report, finding: Finding, view: View) -> list[str]:
    """What was or could be done about a finding, or why nothing: a line and what belongs to it."""
    paint = Paint(view.color)
    fix = finding.fix
    what = _what(report, fix, finding.path, view) if fix else ""
    others = [printable(text) for text in finding.candidates if printable(text) != what]
    if fix is None or fix.safety is Safety.SUGGESTION:
        why = fix.why if fix else finding.reason_unfixed or "no reason given"
        candidates = [what, *others] if what else others
        return [f"{paint.yellow('not fixed')}: {printable(why)}", *_candidates(candidates, "perhaps")]
    lines = [f"{_label(report, finding, view)}: {what}", f"{fix.safety.value}: {printable(fix.why)}"]
    return lines if fix.safety is Safety.SAFE else lines + _candidates(others, "or")


def _what(report: Report, fix: Fix, here: str, view: View) -> str:
    """What the fix does in the file `here`, then what it does in others."""
    parts = edit_summary(edit for edit in fix.edits if edit.path == here)
    for path in sorted({edit.path for edit in fix.edits} - {here}):
        elsewhere = "; ".join(edit_summary(edit for edit in fix.edits if edit.path == path))
        parts.append(f"{elsewhere} in {shown_path(report, path, view.cwd)}")
    return printable("; ".join(parts))


def _label(report: Report, finding: Finding, view: View) -> str:
    paint = Paint(view.color)
    if not report.is_fixed(finding):
        unsafe = finding.fix is not None and finding.fix.safety is Safety.UNSAFE
        return paint.yellow("fix with --unsafe-fixes") if unsafe else paint.green("fix")
    return paint.green("fixed" if view.written else "fix")


def _candidates(ranked: list[str], first: str) -> list[str]:
    lines = [f"{'or' if index else first}: {text}" for index, text in enumerate(ranked[:CANDIDATES])]
    if len(ranked) > CANDIDATES:
        lines.append(f"and {len(ranked) - CANDIDATES} more")
    return lines


def _also(group: list[Finding]) -> str:
    """The further places: each line once, a count where a line or the list has more."""
    first, *rest = (finding.span.line for finding in group)
    lines = list(dict.fromkeys(line for line in rest if line != first))
    if not lines:
        return f"{len(group)} times on this line"
    shown = ", ".join(map(str, lines[:LINES]))
    more = f" and {len(lines) - LINES} more" if len(lines) > LINES else ""
    return f"also at {'line' if len(lines) == 1 else 'lines'} {shown}{more}"


def _ticked(text: str, paint: Paint) -> str:
    """Words in backticks in bold."""
    parts = text.split("`")
    if not paint.color or len(parts) % 2 == 0:
        return text
    return "".join(f"`{paint.bold(part)}`" if index % 2 else part for index, part in enumerate(parts))
