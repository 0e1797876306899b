"""Puts a Report on standard output and standard error in the format asked for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from fixer.output.view import View
    from fixer.report import Report


# Formats for programs beside json: each is a module here with a function `render`.
FORMATS = ("github", "gitlab", "json-lines", "junit", "rdjson", "sarif")


def deliver(report: Report, view: View, form: str, statistics: bool, color: str) -> None:
    """Print the report: `form` is text, concise, diff, or the name of a format for programs.

    Standard output carries what programs read (findings, JSON, the diff). Beside those, the summary
    and the notes go to standard error.
    """
    if form == "diff":
        _diff(report, view, color)
    elif form == "json":
        from fixer.output.json import render_json

        click.echo(render_json(report, view), nl=False)
        if statistics:
            _statistics(report, view, err=True)
        _errors(report, view)
    elif form in FORMATS:
        from importlib import import_module

        render = import_module(f"fixer.output.{form.replace('-', '_')}").render
        _echo("".join(render(report, view)), view)
        if statistics:
            _statistics(report, view, err=True)
        _errors(report, view)
    elif statistics:
        _statistics(report, view, err=False)
        _closing(report, view)
    elif form == "concise":
        from fixer.output.concise import render_concise

        _echo("".join(render_concise(report, view)), view)
        _closing(report, view)
    else:
        from fixer.output.text import render_text

        _echo("".join(render_text(report, view)), view)


def _diff(report: Report, view: View, color: str) -> None:
    from fixer.output.diff import paint_diff, render_diff
    from fixer.output.summary import diff_summary

    content = render_diff(report, view.cwd)
    terminal = sys.stdout.isatty()
    if terminal or color == "always":  # not for FORCE_COLOR: `git apply` reads the pipe
        _echo(paint_diff(content, view.color), view)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    _errors(report, view)
    if not view.quiet:
        _remark(diff_summary(report, view), view)


def _statistics(report: Report, view: View, err: bool) -> None:
    from fixer.output.statistics import render_statistics

    _echo("".join(render_statistics(report, view)), view, err)


def _closing(report: Report, view: View) -> None:
    """Notes and the summary, beside standard output."""
    if view.quiet:
        return
    from fixer.output.printable import printable
    from fixer.output.summary import summary

    for note in report.notes:
        _remark(f"note: {printable(note)}", view)
    _remark(summary(report, view), view)


def _errors(report: Report, view: View) -> None:
    from fixer.output.text import render_error

    for error in report.errors:
        _echo(render_error(report, error, view), view, err=True)


def _remark(text: str, view: View) -> None:
    _echo(text + "\n", view, err=True)


def _echo(text: str, view: View, err: bool = False) -> None:
    click.echo(text, nl=False, err=err, color=view.color)
