"""Glob patterns of the configuration (`exclude`, `per-file-ignores`), with the meaning they have in ruff.

A pattern is held against the name of a file or folder and against its path from the folder of the
configuration. `*` and `**` match across slashes; `?`, `[ab]`, `[!ab]` and `{a,b}` work as usual.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def compile_globs(patterns: Iterable[str]) -> re.Pattern[str] | None:
    """One expression for all patterns, for use with `fullmatch`; None where there are none.

    Raises ValueError that names the pattern for one that cannot be read.
    """
    parts = [_checked(pattern) for pattern in patterns]
    return re.compile("|".join(parts), re.DOTALL) if parts else None


def matches(globs: re.Pattern[str] | None, path: str) -> bool:
    """Whether the file or folder itself (not one above it) is meant. `path` has forward slashes."""
    if globs is None:
        return False
    return globs.fullmatch(path.rpartition("/")[2]) is not None or globs.fullmatch(path) is not None


def matches_at_or_above(globs: re.Pattern[str] | None, path: str) -> bool:
    """Whether the file or folder, or one of the folders above it, is meant."""
    if globs is None:
        return False
    while path:
        if matches(globs, path):
            return True
        path = path.rpartition("/")[0]
    return False


def rebase(path: str, root: str, folder: str) -> str:
    """`path`, relative to `root`, as seen from `folder`; both are absolute; all have forward slashes."""
    if folder == root:
        return path
    absolute = f"{root.rstrip('/')}/{path}" if path else root
    prefix = folder.rstrip("/") + "/"
    return absolute[len(prefix) :] if absolute.startswith(prefix) else f"../{path}"


def _checked(pattern: str) -> str:
    try:
        expression = _translate(_plain(pattern))
        re.compile(expression)
    except (ValueError, re.error) as error:
        raise ValueError(f"the pattern `{pattern}` cannot be read: {error}") from None
    return expression


def _plain(pattern: str) -> str:
    pattern = pattern.replace("\\", "/")
    while pattern.startswith("./"):
        pattern = pattern[2:]
    return pattern.rstrip("/") or pattern


def _translate(pattern: str) -> str:
    """The regular expression of one glob. Raises ValueError for braces or brackets that do not close."""
    out: list[str] = []
    depth = 0
    at = 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            end = at
            while end < len(pattern) and pattern[end] == "*":
                end += 1
            # `**/x` also means `x` itself, and `a/**/b` also `a/b`.
            whole = end == at + 1 and (at == 1 or pattern[at - 2] == "/") and pattern[end : end + 1] == "/"
            out.append("(?:.*/)?" if whole else ".*")
            at = end + 1 if whole else end
        elif char == "?":
            out.append(".")
        elif char == "[":
            end = pattern.find("]", at + 2 if pattern[at : at + 1] in ("!", "^") else at + 1)
            if end < 0:
                raise ValueError("a `[` is not closed")
            body = pattern[at:end]
            negated = body[0] in "!^"
            out.append(f"[{'^' if negated else ''}{_set(body[negated:])}]")
            at = end + 1
        elif char == "{":
            depth += 1
            out.append("(?:")
        elif char == "}" and depth:
            depth -= 1
            out.append(")")
        elif char == "," and depth:
            out.append("|")
        else:
            out.append(re.escape(char))
    if depth:
        raise ValueError("a `{` is not closed")
    return "".join(out)


def _set(body: str) -> str:
    """The inside of a bracket: everything but `-` is literal."""
    return re.sub(r"([\\\[\]^&~|])", r"\\\1", body)
