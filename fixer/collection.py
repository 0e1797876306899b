"""How often Python looks for cycles of garbage."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SELDOM = (100_000, 50, 1_000)


@contextlib.contextmanager
def seldom_collecting() -> Iterator[None]:
    """Facts live as long as the run and hold no cycles: looking through all of them again and again took a
    quarter of the time of a warm run over a large suite. What `not_collecting` set aside comes back."""
    usual = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def never_collect_again() -> None:
    """For a process that is about to end: looking through what it leaves took another eighth."""
    gc.freeze()


@contextlib.contextmanager
def not_collecting() -> Iterator[None]:
    """For symbol tables and syntax trees, which hold no cycles worth looking for, and the facts made of them,
    which are set aside: to look through them once took a thirtieth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.freeze()
            gc.enable()
