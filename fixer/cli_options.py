"""What the commands have in common."""

from __future__ import annotations

import click

color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour the output. auto: on a terminal, unless NO_COLOR is set; FORCE_COLOR switches it on.",
)
config_option = click.option(
    "--config",
    "config_file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, readable=True),
    help="A pyproject.toml or testfix.toml to use in place of the one found.",
)
isolated_option = click.option("--isolated", is_flag=True, help="Ignore all configuration files.")
python_option = click.option(
    "--python", metavar="PATH", help="The interpreter or environment the suite runs with."
)
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
