"""Reading many files: bytes -> Facts, from the cache, in this process or in several."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from fixer.collection import not_collecting
from fixer.facts.model import Facts
from fixer.facts.read import read_facts
from fixer.fingerprint import digest_of, stamp_of
from fixer.frozen import dataclass
from fixer.regular import read_regular

if TYPE_CHECKING:
    from pathlib import Path

    from fixer.cache import Cache
    from fixer.facts.model import Parts

Progress: TypeAlias = Callable[[int, int], None]

_CHUNK = 64  # files handed to a worker at once
_WORTH_A_PROCESS = 300  # files: below, starting processes costs more than they save
_WORTH_A_CACHE = 30  # files: below, opening the cache costs more than it saves


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that the system would not give; `internal`: one that testfix fails on."""

    path: str
    message: str
    internal: bool = False


@dataclass(frozen=True, slots=True)
class _Read:
    """The facts of a file, with what stands for it in the cache."""

    facts: Facts | Unread
    stamp: str | None = None
    digest: bytes | None = None


def read_all(
    root: Path,
    paths: Sequence[str],
    jobs: int,
    parts: Parts,
    progress: Progress | None = None,
    cache: Cache | None = None,
) -> dict[str, Facts | Unread]:
    """The facts of each file (`parts`: as `read_facts` takes it), in the order of `paths`. Never fails
    for a single file."""
    kind = parts.kind
    cache = cache if len(paths) >= _WORTH_A_CACHE else None
    found = _from_cache(cache, root, paths, kind) if cache is not None else {}
    unknown = [path for path in paths if path not in found]
    chunks = [unknown[start : start + _CHUNK] for start in range(0, len(unknown), _CHUNK)]
    several = jobs > 1 and len(unknown) >= _WORTH_A_PROCESS
    read_chunk = partial(_read_chunk, str(root), parts, cache is not None)
    for results in _in_processes(read_chunk, chunks, jobs) if several else map(read_chunk, chunks):
        for result in results:
            found[result.facts.path] = result.facts
            if cache is not None and result.digest is not None:
                cache.keep(kind, result.digest, result.facts)
                cache.keep_file(result.facts.path, result.stamp or "", result.digest)
        if progress is not None:
            progress(len(found), len(paths))
    return {path: found[path] for path in paths}


def _from_cache(cache: Cache, root: Path, paths: Sequence[str], kind: str) -> dict[str, Facts | Unread]:
    """The facts of the files that are what they were, as their stamps or else their contents say."""
    same: dict[str, bytes] = {}
    for path, (stamp, digest) in cache.files(paths).items():
        now = stamp_of(f"{root}/{path}")
        if stamp and stamp == now:
            same[path] = digest
        else:  # it may have been written with what it held, as a checkout does
            with contextlib.suppress(OSError):
                if digest_of(path, read_regular(f"{root}/{path}")) == digest:
                    same[path] = digest
                    cache.keep_file(path, now or "", digest)
    with not_collecting():
        return {path: facts for path, facts in cache.entries(kind, same).items() if isinstance(facts, Facts)}


def _in_processes(
    read_chunk: Callable[[Sequence[str]], list[_Read]], chunks: Sequence[Sequence[str]], jobs: int
) -> Iterator[list[_Read]]:
    from concurrent.futures import ProcessPoolExecutor, as_completed  # a clean file never needs it

    with ProcessPoolExecutor(min(jobs, len(chunks))) as pool:
        try:
            for future in as_completed([pool.submit(read_chunk, chunk) for chunk in chunks]):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _read_chunk(root: str, parts: Parts, for_cache: bool, paths: Sequence[str]) -> list[_Read]:
    with not_collecting():
        return [_read_one(root, parts, for_cache, path) for path in paths]


def _read_one(root: str, parts: Parts, for_cache: bool, path: str) -> _Read:
    stamp = stamp_of(f"{root}/{path}") if for_cache else None
    try:
        source = read_regular(f"{root}/{path}")
    except OSError as error:
        return _Read(Unread(path, f"cannot be read: {error.strerror or error}"))
    try:
        facts = read_facts(path, source, parts)
    except Exception as error:
        from fixer.failure import sentence

        return _Read(Unread(path, sentence("read it", error), internal=True))
    return _Read(facts, stamp, digest_of(path, source) if for_cache else None)
