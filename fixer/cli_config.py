"""The options of a run -> Config."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from fixer.config import Config

FORMATS = ("text", "concise", "json", "github", "gitlab", "json-lines", "junit", "rdjson", "sarif")


def configured(cwd: Path, paths: tuple[str, ...], options: dict[str, Any]) -> Config:
    """The configuration with the command line's words on top.

    `--select` replaces what the configuration selects and ignores and `--exclude` the exclusions; the
    other lists add to it. Patterns with a folder in them count from `cwd`. Raises ConfigError.
    """
    from fixer.config import Config, ConfigError, check_selectors, load
    from fixer.root import start_folder
    from fixer.rules import load_rules

    rules = [(rule.code, rule.name) for rule in load_rules()]
    chosen = {key: options[key] for key in ("select", "extend_select", "ignore") if options[key]}
    check_selectors(Config(**chosen), rules)
    explicit = options["config_file"]
    config = load(start_folder(paths, cwd), Path(explicit) if explicit else None, options["isolated"])
    if config.file is None and options["stdin_filename"] and not options["isolated"]:
        config = load((cwd / options["stdin_filename"]).parent)  # an editor may run anywhere
    check_selectors(config, rules)
    if "select" in chosen:
        config = dataclasses.replace(config, extend_select=(), ignore=())
    changes: dict[str, Any] = {"output_format": options["output_format"] or config.output_format or "text"}
    if changes["output_format"] not in FORMATS:
        raise ConfigError(f"{config.file}: `output-format` must be one of {', '.join(FORMATS)}.")
    for key in ("extend_select", "ignore"):
        changes[key] = (*getattr(config, key), *options[key])
    for key in ("exclude", "extend_exclude"):
        patterns = _patterns(options[key], cwd, config.folder or cwd)
        if patterns:
            changes[key] = (*config.extend_exclude, *patterns) if key == "extend_exclude" else patterns
    for key in ("jobs", "unsafe_fixes", "respect_gitignore"):
        if options[key] is not None:
            changes[key] = options[key]
    for key in ("all_files", "force_exclude"):
        changes[key] = options[key] or getattr(config, key)
    if options["select"]:
        changes["select"] = options["select"]
    if options["cache_dir"]:
        changes["cache_dir"] = cwd / Path(options["cache_dir"]).expanduser()
    if options["python"]:
        changes["python"] = cwd / Path(options["python"]).expanduser()
    return dataclasses.replace(config, **changes)


def _patterns(words: tuple[str, ...], cwd: Path, folder: Path) -> tuple[str, ...]:
    """Patterns of the command line as the configuration in `folder` would write them."""
    import re

    from fixer import globs

    try:
        globs.compile_globs(words)
    except (ValueError, re.error) as error:
        raise click.UsageError(f"Cannot read the pattern: {error}.") from None
    if cwd == folder or not cwd.is_relative_to(folder):
        return words
    below = cwd.relative_to(folder).as_posix()
    return tuple(f"{below}/{word}" if "/" in word.strip("/") else word for word in words)
