"""A progress bar on standard error, for work that takes long enough to wonder."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from types import TracebackType

DELAY = 1.0  # seconds before the bar appears
INTERVAL = 0.1  # seconds between two drawings
BAR = 30


class Progress:
    """Called with (files done, files in all). As a context manager it wipes the bar at the end."""

    def __init__(self, stream: TextIO, delay: float = DELAY) -> None:
        self._stream = stream
        self._next = time.monotonic() + delay
        self._drawn = 0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self._next or total <= 0:
            return
        self._next = now + INTERVAL
        line = bar(done, total)
        self._stream.write("\r" + line.ljust(self._drawn))
        self._stream.flush()
        self._drawn = len(line)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            self._stream.write("\r" + " " * self._drawn + "\r")
            self._stream.flush()


def bar(done: int, total: int) -> str:
    """`[#######-------] 1234 of 2648`: plain ASCII, which every terminal can show."""
    filled = BAR * min(done, total) // total
    return f"[{'#' * filled}{'-' * (BAR - filled)}] {done} of {total}"
