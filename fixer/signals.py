"""Signals that ask the process to end."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)


class TerminatedError(BaseException):
    """The process was asked to end by the signal `number`. Like KeyboardInterrupt, no Exception."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextlib.contextmanager
def raised() -> Iterator[None]:
    """Within the block, a signal to end raises TerminatedError (SIGINT has its KeyboardInterrupt), so that
    what is open is closed and workers end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(number: int, frame: object) -> None:
        raise TerminatedError(number)

    chosen = [number for number in ENDING if number != signal.SIGINT]
    former = {number: signal.getsignal(number) for number in chosen}
    # What somebody chose to ignore (nohup) stays ignored.
    former = {number: handler for number, handler in former.items() if handler == signal.SIG_DFL}
    for number in former:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Signals to end that arrive within the block take effect behind it."""
    if threading.current_thread() is not threading.main_thread():
        yield  # other threads get no signals
        return
    caught: list[int] = []
    former = {number: signal.getsignal(number) for number in ENDING}
    for number in former:
        signal.signal(number, lambda number, frame: caught.append(number))
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for number in dict.fromkeys(caught):
            signal.raise_signal(number)
