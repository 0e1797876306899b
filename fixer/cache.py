"""What was read of files in earlier runs, by their paths and contents, in one SQLite file.

An entry belongs to the bytes of one file; judgements, which depend on several, are never kept. The name of
the SQLite file stands for the versions of testfix and Python: what others wrote is not even opened. Nothing
here can fail a run: a cache that does not work is left alone, and says so once.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from fixer import __version__, state
from fixer.fingerprint import digest_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping, Sequence

_APPLICATION = 0x74667863  # SQLite's `application_id`: "tfxc"
_FORMAT = 1
_TABLES = """
    CREATE TABLE IF NOT EXISTS files (path BLOB PRIMARY KEY, stamp TEXT, digest BLOB) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, packed BLOB, used INTEGER) WITHOUT ROWID;
"""
_TAG = """\
Signature: 8a477f597d28d172789f06886806bc55
# This file is a cache directory tag created by testfix.
# For information about cache directory tags see https://bford.info/cachedir/
"""
_DAY = 24 * 60 * 60  # seconds
_LONGEST = 30  # days that an entry is kept which nobody asks for
_LARGEST = 256 << 20  # bytes of entries
_OTHERS = 4  # files of other versions that are kept
_PATIENCE = 5.0  # seconds to wait for another process
_AT_ONCE = 500  # variables of one statement (SQLite before 3.32 takes 999)

Fact = TypeVar("Fact")


class Cache:
    """Open until `close`. `problem` is a sentence once something did not work; then nothing is found any more
    and nothing is kept. `hits` and `misses` count what was asked for."""

    def __init__(self, root: Path, folder: Path | None = None) -> None:
        """For the project at `root`, in `folder` or in `.testfix/cache`. Opened when first needed."""
        self.problem: str | None = None
        self.hits = self.misses = 0
        self._root = root
        self._folder = folder
        self._classes: dict[tuple[str, str], type] = {}
        self._digests: dict[str, tuple[bytes, bytes]] = {}  # path -> content, digest
        self._new_files: dict[str, tuple[str, bytes]] = {}
        self._new_entries: dict[bytes, bytes] = {}
        self._used: list[bytes] = []
        self._today = int(time.time() // _DAY)
        self._connection: sqlite3.Connection | None = None

    @property
    def folder(self) -> Path:
        return self._folder or state.folder_of(self._root, "cache")

    @cached_property
    def _file(self) -> Path:
        return self.folder / f"facts-{_generation()}.db"

    @cached_property
    def _is_there(self) -> bool:
        """Whether there is something to read: nothing is created before `close`."""
        with self._guarded():
            if self._folder is None:
                state.refuse_link(self._root, self.folder)
            return os.path.lexists(self._file)
        return False

    def files(self, paths: Sequence[str]) -> dict[str, tuple[str, bytes]]:
        """The stamp and digest that each of `paths` had when it was read last."""
        names = {_encoded(path): path for path in paths}
        rows = self._rows("SELECT path, stamp, digest FROM files WHERE path IN", list(names))
        return {names[name]: (stamp, digest) for name, stamp, digest in rows}

    def entries(self, kind: str, digests: Mapping[str, bytes]) -> dict[str, Any]:
        """What was kept of `kind` for the files with these digests, by path."""
        keys = {_key(kind, digest): path for path, digest in digests.items()}
        found: dict[str, Any] = {}
        rows = self._rows("SELECT key, packed, used FROM entries WHERE key IN", list(keys))
        with self._guarded():
            from fixer import packing  # pickle

            for key, packed, used in rows:
                found[keys[key]] = packing.unpack(packed, self._classes)
                if used != self._today:
                    self._used.append(key)
        self.hits += len(found)
        self.misses += len(keys) - len(found)
        return found

    def keep(self, kind: str, digest: bytes, fact: object) -> None:
        """Keep a fact from `close` on."""
        if self.problem is None:
            from fixer import packing  # pickle

            self._new_entries[_key(kind, digest)] = packing.pack(fact)

    def keep_file(self, path: str, stamp: str, digest: bytes) -> None:
        """Keep what tells that a file is the same."""
        self._new_files[path] = stamp, digest

    def through(self, kind: str, path: str, content: bytes, read: Callable[[], Fact]) -> Fact:
        """What was kept of `kind` for the content of a file, else what `read` returns, which is kept."""
        digest = self._digest(path, content)
        found = self.entries(kind, {path: digest})
        if path in found:
            kept: Fact = found[path]
            return kept
        fact = read()
        self.keep(kind, digest, fact)
        return fact

    def _digest(self, path: str, content: bytes) -> bytes:
        known = self._digests.get(path)
        if known is None or known[0] is not content:  # several questions are asked of one file
            known = self._digests[path] = content, digest_of(path, content)
        return known[1]

    def close(self) -> None:
        """Write what is to be kept, and let go of the file."""
        if self.problem is None and (self._new_files or self._new_entries or self._used):
            with self._guarded():
                self._make_folder()
                self._write(self._opened())
                _forget_others(self._file)
        self._disconnect()

    def _write(self, connection: sqlite3.Connection) -> None:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            files = [(_encoded(path), *known) for path, known in self._new_files.items()]
            connection.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", files)
            entries = [(key, packed, self._today) for key, packed in self._new_entries.items()]
            connection.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", entries)
            used = [(self._today, key) for key in self._used]
            connection.executemany("UPDATE entries SET used = ? WHERE key = ?", used)
            self._shrink(connection)

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = _connect(self._file)
        return self._connection

    def _make_folder(self) -> None:
        if self._folder is None:
            state.make_folder(self._root, "cache")
        else:
            self._folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError), (self.folder / "CACHEDIR.TAG").open("x") as tag:
            tag.write(_TAG)

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _shrink(self, connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM entries WHERE used < ?", (self._today - _LONGEST,))
        ((size,),) = connection.execute("SELECT coalesce(sum(length(packed)), 0) FROM entries")
        if size > _LARGEST:  # what this run had no use for goes
            connection.execute("DELETE FROM entries WHERE used < ?", (self._today,))
            ((size,),) = connection.execute("SELECT coalesce(sum(length(packed)), 0) FROM entries")
        if size > _LARGEST:
            connection.execute("DELETE FROM entries")

    def _rows(self, query: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        if self.problem is None and self._is_there:
            with self._guarded():
                for start in range(0, len(values), _AT_ONCE):
                    some = values[start : start + _AT_ONCE]
                    rows += self._opened().execute(f"{query} ({','.join('?' * len(some))})", some)
        return rows

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """Whatever fails ends the use of the cache, not the run."""
        try:
            yield
        except Exception as error:  # of SQLite, of the system, and whatever pickle makes of foreign bytes
            reason = getattr(error, "strerror", None) or str(error).rstrip(".") or type(error).__name__
            self.problem = self.problem or (
                f"The cache in {self.folder} cannot be used ({reason}); the run went on without it."
                " Delete that folder, or use --no-cache or --cache-dir."
            )
            with contextlib.suppress(Exception):
                self._disconnect()


def _connect(file: Path) -> sqlite3.Connection:
    """Raises OSError or sqlite3.Error, also for a file that is not a cache of testfix."""
    import sqlite3

    try:
        mode = os.lstat(file).st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    if not stat.S_ISREG(mode):
        raise OSError("it is not a regular file")
    connection = sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        ((application,),) = connection.execute("PRAGMA application_id")
        ((tables,),) = connection.execute("SELECT count(*) FROM sqlite_master")
        if application != _APPLICATION:
            if tables:
                raise OSError("it is a database of something else")
            connection.executescript(f"PRAGMA application_id = {_APPLICATION}; {_TABLES}")
    except BaseException:
        connection.close()
        raise
    return connection


def _encoded(path: str) -> bytes:
    """A path as SQLite takes it, also one that is no text on this system."""
    return path.encode("utf-8", "surrogateescape")


def _key(kind: str, digest: bytes) -> bytes:
    return kind.encode() + b":" + digest


def _generation() -> str:
    """What facts depend on beside the file: testfix with the code that reads (while somebody works on it the
    version stays the same), and Python."""
    package = Path(__file__).parent
    hashed = blake2b(digest_size=8)
    hashed.update(f"{_FORMAT} {__version__} {sys.implementation.name} {sys.version}".encode())
    for folder in (package, package / "facts"):
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                if entry.name.endswith(".py"):
                    found = entry.stat()
                    hashed.update(f"{entry.name} {found.st_size} {found.st_mtime_ns}".encode())
    return hashed.hexdigest()


def _forget_others(own: Path) -> None:
    """Remove the files of other versions, except those used last."""
    with contextlib.suppress(OSError):
        others = [path for path in own.parent.glob("facts-*.db") if path != own]
        others.sort(key=lambda path: path.lstat().st_mtime)
        for path in others[:-_OTHERS]:
            path.unlink()
