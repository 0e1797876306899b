"""The file that `--report` asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.output.migration import FORMATS, migration, render
from fixer.writing import Replacement, write_all

if TYPE_CHECKING:
    from pathlib import Path

    from fixer.output.view import View
    from fixer.report import Report


def reason_against(path: Path) -> str | None:
    """Why no report can be written there (a sentence), as far as that can be said before the run."""
    if path.suffix.lower() not in FORMATS:
        return (
            f"--report takes a file that ends in {', '.join(FORMATS[:-1])} or {FORMATS[-1]}, not {path.name}."
        )
    if not path.parent.is_dir():
        return f"--report: the folder {path.parent} does not exist."
    return None


def write_report(report: Report, view: View, path: Path) -> str | None:
    """Write the report, as whole as any other file; why it could not be written (a sentence)."""
    text = render(migration(report, view), path.suffix.lower())
    try:
        before = path.read_bytes()
    except FileNotFoundError:
        before = None
    except OSError as error:
        return f"The report {path} cannot be written: {error.strerror or error}."
    replacement = Replacement(path.name, before, text.encode("utf-8", "backslashreplace"))
    failed = write_all(path.parent, [[replacement]])
    return f"The report {path} {failed[path.name]}." if failed else None
