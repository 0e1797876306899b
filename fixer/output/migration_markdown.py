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
    for title, rows in content.tables:
        yield from _table(title, rows)
    for title, rules in content.sections:
        yield f"\n## {title}"
        for rule, groups in rules:
            yield f"\n### {escaped(rule)}\n"
            for group in groups:
                yield _group(group)
    if content.errors:
        yield "\n## Errors\n"
        yield from (f"- {escaped(error)}" for error in content.errors)


def _table(title: str, rows: Iterable[Row]) -> Iterator[str]:
    yield f"\n| {title} | found | fixed | left |\n|---|---:|---:|---:|"
    for row in rows:
        yield f"| {escaped(row.name)} | {row.found} | {row.fixed} | {row.left} |"


def _group(group: Group) -> str:
    places = ", ".join(map(escaped, group.places[:PLACES]))
    more = f" and {len(group.places) - PLACES} more" if len(group.places) > PLACES else ""
    return f"- **{group.count}** {escaped(group.what)}\n  ({escaped(group.why)})\n  {places}{more}"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", text)
