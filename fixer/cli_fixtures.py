"""`testfix fixtures`: which fixtures a file or a test sees, and where each comes from."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fixer.cli_options import SETTINGS, color_option, config_option, isolated_option, python_option

if TYPE_CHECKING:
    from fixer.config import Config

EPILOG = """\b
Examples:
  testfix fixtures tests/test_order.py
  testfix fixtures --tree tests/test_order.py::TestOrder::test_total
  testfix fixtures --unused

Exit status: 0, or 1 where --unused or --duplicates found something; 2 the question cannot be answered."""


@click.command(context_settings=SETTINGS, epilog=EPILOG)
@click.argument("place", metavar="[PATH[::TEST]]", default=".")
@click.option("--tree", is_flag=True, help="Show which fixture requests which, for each test of the file.")
@click.option("--unused", is_flag=True, help="Show fixtures that no test uses.")
@click.option("--duplicates", is_flag=True, help="Show fixtures declared several times in the same words.")
@python_option
@config_option
@isolated_option
@click.option(
    "--output-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the answer.",
)
@click.option("-v", "--verbose", is_flag=True, help="With --unused: also name those that may be used.")
@color_option
def fixtures(
    place: str,
    tree: bool,
    unused: bool,
    duplicates: bool,
    python: str | None,
    config_file: str | None,
    isolated: bool,
    output_format: str,
    verbose: bool,
    color: str,
) -> int:
    """Print which fixtures a test module, a class or a test sees: its name, scope, where it is declared,
    why it is visible and what it overrides. For a folder: what every test module in it sees.

    Nothing is imported or run.
    """
    if tree + unused + duplicates > 1:
        raise click.UsageError("--tree, --unused and --duplicates exclude each other; give one of them.")
    from fixer.fixture_answers import Question
    from fixer.output.fixtures import Style, render_duplicates, render_listing, render_trees, render_unused
    from fixer.output.paint import wants_color

    cwd = Path.cwd()
    question = Question(place, _configured(place, cwd, config_file, isolated, python), cwd)
    colored = wants_color(color, sys.stdout.isatty(), os.environ)
    style = Style(question.root, cwd, colored, _width(), _has_lines(), verbose)
    if output_format == "json":
        from fixer.output import fixtures_json as output

        style = Style(question.root, cwd)
        render_listing, render_trees = output.render_listing, output.render_trees
        render_unused, render_duplicates = output.render_unused, output.render_duplicates
    status = 0
    if tree:
        text = render_trees(question.trees(), style)
    elif unused:
        found = question.unused()
        status = int(any(each.cause is None for each in found))
        text = render_unused(found, style)
    elif duplicates:
        several = question.duplicates()
        status = int(bool(several))
        text = render_duplicates(several, style)
    else:
        text = render_listing(question.listing(), style)
    click.echo(text, nl=False, color=colored)
    return status


def _configured(place: str, cwd: Path, file: str | None, isolated: bool, python: str | None) -> Config:
    """The configuration for the place. Raises ConfigError."""
    import dataclasses

    from fixer.config import load
    from fixer.root import start_folder

    if file and isolated:
        raise click.UsageError("--isolated and --config exclude each other; give one of them.")
    path = place.partition("::")[0] or "."
    config = load(start_folder((path,), cwd), Path(file) if file else None, isolated)
    if python:
        config = dataclasses.replace(config, python=cwd / Path(python).expanduser())
    return config


def _width() -> int:
    """Columns to fill: those of the terminal, or as many as people like to read."""
    import shutil

    return shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100


def _has_lines() -> bool:
    """Whether the output can show the lines of a tree."""
    try:
        "\u2514\u2500\u251c\u2502".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
