"""What stands for a file in the cache: a digest of its bytes, and a stamp that changes when it is written."""

from __future__ import annotations

import os
import time
from hashlib import blake2b

_FRESH = (
    2.0  # seconds: some file systems count so coarsely that a later write may leave no trace in the times
)


def digest_of(path: str, content: bytes) -> bytes:
    """Sixteen bytes for a file's path, which its facts hold, and its bytes."""
    return blake2b(path.encode("utf-8", "surrogateescape") + b"\0" + content, digest_size=16).digest()


def stamp_of(file: str) -> str | None:
    """The times and size of a file as they are now; None for one that is not there, or was written so
    recently that it may be written again without a trace."""
    try:
        found = os.stat(file)  # noqa: PTH116  # once for each file of a run
    except OSError:
        return None
    if time.time() - max(found.st_mtime, found.st_ctime) < _FRESH:
        return None
    return f"{found.st_mtime_ns}:{found.st_ctime_ns}:{found.st_size}:{found.st_ino}"
