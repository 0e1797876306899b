"""Reading configuration files: regular ones only, bounded in size, errors as sentences with file and line."""

from __future__ import annotations

import re
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_BYTES = 5_000_000


class ConfigError(Exception):
    """A configuration or command line that cannot be used, as a sentence for the user."""


class EntryError(ValueError):
    """An entry of a table that cannot be understood. `needles` are texts by which its line can be found, each
    somewhere behind the one before."""

    def __init__(self, message: str, *needles: str) -> None:
        super().__init__(message)
        self.needles = needles


def line_of(text: str, key: str, error: ValueError) -> int | None:
    """The line (from 1) of a configuration `text` that an error in the table `key` is about, None where it
    cannot be found."""
    if not isinstance(error, EntryError):
        return None
    start = max(text.find(key), 0)
    for needle in error.needles:
        word = rf"[\"']?{re.escape(needle)}[\"']?"
        forms = (rf"\.{word}\s*\]", rf"(?m:^\s*{word}\s*[.=])", rf"(?<![\w-]){word}(?![\w-])")
        places = (re.compile(form).search(text, start) for form in forms)  # a header, a key, a word
        place = next((match for match in places if match), None)
        if place is None:
            return None
        start = place.start() + len(place[0]) - len(place[0].lstrip())
    return text.count("\n", 0, start) + 1


def read_text(path: str, words: Sequence[bytes] = (), errors: str = "strict") -> str | None:
    """The text of the file `path`, or None where there is no such regular file.

    With `words`, also None where the file holds none of them: so a file that cannot matter is not parsed.
    Raises ConfigError for a file that is too large, cannot be read, or is not UTF-8.
    """
    try:
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode):
            return None
        if status.st_size > MAX_BYTES:
            raise ConfigError(f"{path} is too large for a configuration file (more than {MAX_BYTES} bytes).")
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}.") from error
    if words and not any(word in data for word in words):
        return None
    try:
        return data.decode("utf-8-sig", errors)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path} is not UTF-8 text (line {line}): save it as UTF-8.") from error


def parse_toml(path: str, text: str) -> dict[str, Any]:
    """The document in `text`. Raises ConfigError that names `path` and the line."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}.") from error
    except RecursionError as error:
        raise ConfigError(f"{path} is nested too deeply to be read.") from error
