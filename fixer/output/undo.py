"""What `testfix undo` says. Paths are relative to the root of the project."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fixer.output.printable import printable
from fixer.output.view import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MOST = 3  # files named before "and n more"


def render_runs(runs: Sequence[tuple[float, Sequence[str]]]) -> str:
    """A line for each run: when (local time), how many files, and the first of them."""
    if not runs:
        return "No run is kept.\n"
    lines = []
    for when, paths in runs:
        shown = ", ".join(map(printable, paths[:_MOST]))
        more = f" and {len(paths) - _MOST} more" if len(paths) > _MOST else ""
        stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(when))
        lines.append(f"{stamp}  {count(len(paths), 'file')}: {shown}{more}\n")
    return "".join(lines)


def render_undone(restored: Sequence[str], left: Mapping[str, str], journal: str) -> str:
    """A line for each file, then a sentence about those that were left alone."""
    lines = [f"Restored {printable(path)}\n" for path in restored]
    lines += [f"{printable(path)}: left alone: {printable(why)}\n" for path, why in sorted(left.items())]
    lines.append(f"Took back {count(len(restored), 'file')}.")
    if left:
        lines.append(f" {len(left)} left; they stay in {journal}: delete it to reach the run before.")
    return "".join(lines) + "\n"
