"""The report of a migration in Markdown, as GitHub and GitLab show it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fixer.output.migration import headline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fixer.output.migration import Group, Migration, Row

PLACES = 10  # shown for each group; `.json` and `.html` have all
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|&~$-])")


def render_markdown(content: Migration) -> str:
    """Tables of counts, then a list for what changed and one for what is left."""
    return "".join(f"{line}\n" for line in _lines(content))


def _lines(content: Migration) -> Iterator[str]:
    yield "# testfix\n"
    yield f"{escaped(headline(content))}"
    for title, rows in (("rule", content.rules), ("folder", content.folders)):
        if rows:
            yield from _table(title, rows)
    yield from _section("What changed" if content.written else "What would change", content.changed)
    yield from _section("What is left", content.left)
    if content.errors:
        yield "\n## Errors\n"
        yield from (f"- {escaped(error)}" for error in content.errors)


def _table(title: str, rows: Iterable[Row]) -> Iterator[str]:
    yield f"\n| {title} | found | fixed | left |\n|---|---:|---:|---:|"
    for row in rows:
        yield f"| {escaped(row.name)} | {row.found} | {row.fixed} | {row.left} |"


def _section(title: str, groups: Iterable[Group]) -> Iterator[str]:
    rule = ""
    for group in groups:
        if not rule:
            yield f"\n## {title}"
        if group.rule != rule:
            rule = group.rule
            yield f"\n### {escaped(rule)}\n"
        places = ", ".join(map(escaped, group.places[:PLACES]))
        more = f" and {len(group.places) - PLACES} more" if len(group.places) > PLACES else ""
        yield f"- **{group.count}** {escaped(group.what)}\n  ({escaped(group.why)})\n  {places}{more}"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", text)
