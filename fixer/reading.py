"""Reading many files: bytes -> Facts, in this process or in several."""

# open() is called for every file, and pathlib takes twice as long.
# ruff: noqa: PTH123

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from fixer.facts.read import read_facts

if TYPE_CHECKING:
    from pathlib import Path

    from fixer.facts.model import Facts, Parts

Progress: TypeAlias = Callable[[int, int], None]

_CHUNK = 64  # files handed to a worker at once
_WORTH_A_PROCESS = 300  # files: below, starting processes costs more than they save


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that the system would not give."""

    path: str
    message: str


def read_all(
    root: Path, paths: Sequence[str], jobs: int, parts: Parts, progress: Progress | None = None
) -> dict[str, Facts | Unread]:
    """The facts of each file (`parts`: as `read_facts` takes it), in the order of `paths`. Never fails
    for a single file."""
    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
    found: dict[str, Facts | Unread] = {}
    several = jobs > 1 and len(paths) >= _WORTH_A_PROCESS
    read_chunk = partial(_read_chunk, str(root), parts)
    for results in _in_processes(read_chunk, chunks, jobs) if several else map(read_chunk, chunks):
        found.update((result.path, result) for result in results)
        if progress is not None:
            progress(len(found), len(paths))
    return {path: found[path] for path in paths}


def _in_processes(
    read_chunk: Callable[[Sequence[str]], list[Facts | Unread]], chunks: Sequence[Sequence[str]], jobs: int
) -> Iterator[list[Facts | Unread]]:
    from concurrent.futures import ProcessPoolExecutor, as_completed  # a clean file never needs it

    with ProcessPoolExecutor(min(jobs, len(chunks))) as pool:
        try:
            for future in as_completed([pool.submit(read_chunk, chunk) for chunk in chunks]):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _read_chunk(root: str, parts: Parts, paths: Sequence[str]) -> list[Facts | Unread]:
    enabled = gc.isenabled()
    gc.disable()  # symbol tables and syntax trees hold no cycles worth looking for
    try:
        return [_read_one(root, parts, path) for path in paths]
    finally:
        if enabled:
            gc.enable()


def _read_one(root: str, parts: Parts, path: str) -> Facts | Unread:
    try:
        with open(f"{root}/{path}", "rb") as file:
            source = file.read()
    except OSError as error:
        return Unread(path, f"cannot be read: {error.strerror or error}")
    return read_facts(path, source, parts)
