"""Which names a file leaves undefined: by the compiler's symbol table, and by ruff."""

from __future__ import annotations

import builtins
import json
import re
import subprocess
import symtable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ALWAYS_BOUND = frozenset(dir(builtins)) | {
    "__annotations__",
    "__builtins__",
    "__cached__",
    "__class__",
    "__file__",
    "__module__",
    "__path__",
    "__qualname__",
}
_UNDEFINED = re.compile(r"Undefined name `(.+)`")


def undefined_names(source: bytes, path: str = "<file>") -> frozenset[str]:
    """Names that some scope looks up globally and that no scope of the file binds globally.

    Raises SyntaxError (or ValueError for a null byte) when the file does not compile. Quoted annotations
    are strings to the compiler, so names used only there do not count.
    """
    top = symtable.symtable(source.decode("utf-8-sig"), path, "exec")
    bound: set[str] = set()
    used: set[str] = set()
    tables = [top]
    while tables:
        table = tables.pop()
        tables.extend(table.get_children())
        for symbol in table.get_symbols():
            binds = symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
            if binds and (table is top or symbol.is_declared_global()):
                bound.add(symbol.get_name())
            elif symbol.is_referenced() and (table is top or symbol.is_global()):
                used.add(symbol.get_name())
    return frozenset(used - bound - ALWAYS_BOUND)


def ruff_undefined(ruff: str, source: bytes) -> frozenset[str] | None:
    """What ruff's F821 says of one file; None where ruff cannot parse it."""
    command = [ruff, "check", "--isolated", "--no-cache", "--select", "F821", "--output-format", "json"]
    done = subprocess.run(
        [*command, "--stdin-filename", "test_trial.py", "-"], input=source, capture_output=True, check=False
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"ruff failed: {done.stderr.decode(errors='replace').strip()}")
    names: set[str] = set()
    for finding in json.loads(done.stdout):
        match = _UNDEFINED.match(finding["message"])
        if finding["code"] != "F821" or match is None:
            return None
        names.add(match.group(1))
    return frozenset(names)


def ruff_unhealthy(ruff: str, files: Sequence[Path]) -> frozenset[Path]:
    """The files in which ruff finds an undefined name or a syntax error. Paths must be absolute."""
    found: set[Path] = set()
    for start in range(0, len(files), 500):
        batch = [str(file) for file in files[start : start + 500]]
        command = [ruff, "check", "--isolated", "--no-cache", "--select", "F821", "--output-format", "json"]
        done = subprocess.run([*command, *batch], capture_output=True, check=False)
        if done.returncode not in (0, 1):
            raise SystemExit(f"ruff failed: {done.stderr.decode(errors='replace').strip()}")
        found.update(Path(finding["filename"]) for finding in json.loads(done.stdout))
    return frozenset(found)
