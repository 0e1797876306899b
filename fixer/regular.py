"""Reading files that may be anything: a pipe or a device named like a test makes no run wait."""

from __future__ import annotations

import os
import stat

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def read_regular(path: str) -> bytes:
    """The bytes of a regular file, links followed. Raises OSError, also for what is no regular file."""
    handle = os.open(path, _FLAGS)
    with os.fdopen(handle, "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise PermissionError("is no regular file")
        return file.read()
