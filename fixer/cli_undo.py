"""`testfix undo`: take the last writing run back."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from fixer.cli_options import SETTINGS

EPILOG = """\b
Exit status: 0 taken back, 1 some files were left alone, 2 there is nothing to take back."""


@click.command(context_settings=SETTINGS, epilog=EPILOG)
@click.option("--list", "listing", is_flag=True, help="List the runs that are kept, the newest first.")
def undo(listing: bool) -> int:
    """Restore, byte for byte, what the last writing run of this project changed.

    Files that have changed since are left alone. A second `testfix undo` takes the run before back.
    """
    from fixer.config import ConfigError, find
    from fixer.output.undo import render_runs, render_undone
    from fixer.root import find_root
    from fixer.undo import runs, undo

    cwd = Path.cwd()
    file = None
    with contextlib.suppress(ConfigError):  # one that cannot be read is no reason to keep the repairs
        file = find(cwd)
    root = find_root((".",), cwd, file)
    if listing:
        click.echo(
            render_runs([(run.time, [file.path for file in run.files]) for run in runs(root)]), nl=False
        )
        return 0
    undone = undo(root)
    if undone is None:
        raise click.ClickException(f"No run is kept in {root / '.testfix' / 'undo'}.")
    text = render_undone(undone.restored, undone.left, undone.run.file.relative_to(root).as_posix())
    click.echo(text, nl=False)
    return 1 if undone.left else 0
