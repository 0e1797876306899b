"""A rule's page for a terminal: the Markdown as it stands, its parts told apart by colour."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixer.output.paint import Paint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_INLINE = re.compile(r"`([^`\n]+)`|\*\*([^*\n]+)\*\*")
_LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\n]+)\)")


def render_page(page: str, color: bool) -> str:
    """The page with headings, code and diffs coloured; the text itself where there is no colour."""
    if not color:
        return page
    return "".join(_lines(page, Paint(color)))


def render_rules(rules: Sequence[tuple[str, str, str, bool]], color: bool) -> str:
    """One line for each rule: code, name, summary, and whether it is off unless selected."""
    paint = Paint(color)
    width = max((len(name) for _, name, _, _ in rules), default=0)
    return "".join(
        f"{paint.red(code)}  {paint.bold(name.ljust(width))}  {summary}"
        + ("" if default else paint.dim("  (off unless selected)"))
        + "\n"
        for code, name, summary, default in rules
    )


def _lines(page: str, paint: Paint) -> Iterator[str]:
    fence = ""
    language = ""
    for line in page.splitlines():
        opening = re.match(r"(`{3,})(.*)", line)
        if opening and not fence:
            fence = opening[1]
            language, _, path = opening[2].strip().partition(" ")
            yield paint.dim(f"    {path}:\n") if path else ""
        elif fence and line.strip() == fence:
            fence = ""
        elif fence:
            yield f"    {_code(line, language, paint)}\n"
        elif line.startswith("#"):
            yield paint.blue(line.lstrip("#").strip()) + "\n"
        else:
            text = _LINK.sub(lambda link: f"{link[1]} ({link[2]})", line)
            text = _INLINE.sub(lambda found: paint.cyan(found[1] or "") + paint.bold(found[2] or ""), text)
            yield text + "\n"


def _code(line: str, language: str, paint: Paint) -> str:
    if language == "diff" and line.startswith("+"):
        return paint.green(line)
    if language == "diff" and line.startswith("-"):
        return paint.red(line)
    if language == "diff" and line.startswith("@@"):
        return paint.cyan(line)
    return line
