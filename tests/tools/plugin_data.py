"""The files of the catalogue in fixer/known, for the scripts that write them, and pip, which they all ask."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

KNOWN = Path(__file__).resolve().parents[2] / "fixer" / "known"
TARGET, RARER = KNOWN / "plugin_fixtures.json", KNOWN / "rarer_plugins.json"
WORKERS = 3
Row = dict[str, Any]


def pip(*arguments: str, python: str | None = None, seconds: int = 600) -> str:
    """What pip prints; raises a SubprocessError where it fails or takes too long."""
    chosen = ["--python", python] if python else []
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *chosen, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds)
    return done.stdout


def padded(row: list[Any]) -> list[Any]:
    return row + ["", "", None, None][len(row) :]


def cut(row: list[Any]) -> list[Any]:
    """Without what stands for nothing at the end."""
    while row and not row[-1]:
        row.pop()
    return row


def load(target: Path = TARGET) -> Row:
    return json.loads(target.read_text("utf-8")) if target.exists() else {"brings": {}, "plugins": {}}


def store(part: str, rows: Row, others: bool = True, target: Path = TARGET) -> None:
    """Put new rows into the file: one distribution to a line, so that a change shows as a small diff.

    Without `others`, the rows that the part had are dropped.
    """
    data = load(target)
    data[part] = {**data[part], **rows} if others else rows
    parts = []
    for key, found in sorted(data.items()):
        lines = [
            f"{json.dumps(name)}: {json.dumps(found[name], separators=(',', ':'), sort_keys=True)}"
            for name in sorted(found)
        ]
        parts.append(f"{json.dumps(key)}: {{\n" + ",\n".join(lines) + "\n}")
    target.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8", newline="\n")
