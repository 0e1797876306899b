"""The report of a migration as a page of its own: nothing is loaded, nothing runs."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from fixer.output.migration import headline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fixer.output.migration import Group, Migration, Row

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { border-bottom: 1px solid #8886; padding: .2rem .8rem; text-align: left; }
td.number, th.number { text-align: right; }
.why { opacity: .75; }
summary { cursor: pointer; }
:root { color-scheme: light dark; }
"""


def render_html(content: Migration) -> str:
    """Tables of counts, then what changed and what is left, places folded away."""
    return "".join(f"{line}\n" for line in _lines(content))


def _lines(content: Migration) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield f"<title>testfix</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>testfix</h1>"
    yield f"<p>{escape(headline(content))}</p>"
    for title, rows in content.tables:
        yield from _table(title, rows)
    for title, rules in content.sections:
        yield f"<h2>{title}</h2>"
        for rule, groups in rules:
            yield f"<h3>{escape(rule)}</h3>"
            for group in groups:
                yield from _group(group)
    if content.errors:
        yield "<h2>Errors</h2>\n<ul>"
        yield from (f"<li>{escape(error)}</li>" for error in content.errors)
        yield "</ul>"
    yield "</body>\n</html>"


def _table(title: str, rows: Iterable[Row]) -> Iterator[str]:
    numbers = "".join(f'<th class="number">{name}</th>' for name in ("found", "fixed", "left"))
    yield f"<table>\n<tr><th>{title}</th>{numbers}</tr>"
    for row in rows:
        numbers = "".join(f'<td class="number">{number}</td>' for number in (row.found, row.fixed, row.left))
        yield f"<tr><td>{escape(row.name)}</td>{numbers}</tr>"
    yield "</table>"


def _group(group: Group) -> Iterator[str]:
    yield f"<details>\n<summary><b>{group.count}</b> <code>{escape(group.what)}</code>"
    yield f'<span class="why">{escape(group.why)}</span></summary>\n<ul>'
    yield from (f"<li>{escape(place)}</li>" for place in group.places)
    yield "</ul>\n</details>"
