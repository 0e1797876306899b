"""A defect of testfix itself that shows on one file: said of that file, and the rest of the run goes on."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path

_PACKAGE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Failure:
    """What could not be done with the file `path`, as a sentence that says where testfix failed."""

    path: str
    message: str


def failure(path: str, doing: str, error: Exception) -> Failure:
    """The failure that `error` is; `doing` says what testfix was at. To be called where it is caught."""
    reason = f"{type(error).__name__}: {error}".rstrip(": ")
    where = _place(error)
    return Failure(
        path, f"testfix itself failed to {doing} ({reason}{where}). Please open an issue with this line."
    )


def _place(error: Exception) -> str:
    """The innermost line of testfix that the error came through."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _PACKAGE in Path(frame.filename).parents]
    if not own:
        return ""
    module = Path(own[-1].filename).relative_to(_PACKAGE.parent).as_posix()
    return f", {module}:{own[-1].lineno}"
