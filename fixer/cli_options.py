"""What the commands have in common."""

from __future__ import annotations

import click

color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour the output. auto: on a terminal, unless NO_COLOR is set; FORCE_COLOR switches it on.",
)
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
