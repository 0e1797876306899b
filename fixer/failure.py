"""A defect of testfix itself that shows on one file: said of that file, and the rest of the run goes on."""

from __future__ import annotations

from pathlib import Path


class Failures:
    """What testfix failed to do, each thing once. `times` counts them all; `before` are the files on which it
    failed as they were before any repair."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], str] = {}
        self.times = 0
        self.before: frozenset[str] = frozenset()

    def add(self, path: str, doing: str, error: Exception) -> None:
        """Take in that testfix failed at `doing` something with the file `path`."""
        self.times += 1
        if (path, doing) not in self.found:
            self.found[path, doing] = sentence(doing, error)

    def settle(self) -> None:
        """What failed so far failed on files that no repair has touched."""
        self.before = frozenset(path for path, _ in self.found)


def sentence(doing: str, error: Exception) -> str:
    """What a user is told, with the line of testfix that the error came through last."""
    reason = f"{type(error).__name__}: {error}".rstrip(": ")
    return f"testfix itself failed to {doing} ({reason}{_place(error)}). Please open an issue with this line."


def _place(error: Exception) -> str:
    import traceback  # nothing that a run without defects needs

    package = Path(__file__).parent
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if package in Path(frame.filename).parents]
    if not own:
        return ""
    module = Path(own[-1].filename).relative_to(package.parent).as_posix()
    return f", {module}:{own[-1].lineno}"
