"""Where literals hold addresses, by the syntax tree; and what becomes of them."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixer.codemods.apply import apply_edits, apply_to_module
from fixer.codemods.errors import EditError
from fixer.edits import ReplaceInString
from fixer.facts.endpoints import read_endpoints
from fixer.span import Span

OLD, NEW = "http://old/x", "http://new/y/z"
MOVED = {OLD: NEW}


def moved(source: str) -> str:
    edits = [ReplaceInString("a.py", span, old, MOVED[old]) for span, old in read_endpoints(source, MOVED)]
    text = apply_edits(source, edits)
    assert text == apply_to_module(source, edits)
    return text


@pytest.mark.parametrize(
    "source",
    [
        f'A = "{OLD}"\n',
        f"A = '{OLD}/a', '{OLD}?b', '{OLD}#c', '{OLD} d'\n",
        f'A = f"{OLD}/{{1}}{OLD}/" f"{{2}} {OLD}"\n',
        f'A = f"{{{{a}}}} {OLD}/{{3}}"\n',
        f'A = rb"{OLD}", Rf"{OLD}/{{1}}"\n',
        f'A = f"""\n{{1}}\n  {OLD}\n"""\n',
        f'A = (\n    "{OLD}"\n    # x\n)\n',
        f'f"{OLD}"\n',
        f'def f(a="{OLD}"): return a\r\n',
        f'A = """\r\n{OLD}\r\n{OLD}"""\r\n',
        f'A = "é€😀 {OLD}", "{OLD}"\n',
    ],
)
def test_all_that_stands_in_a_literal_is_moved(source: str) -> None:
    assert moved(source) == source.replace(OLD, NEW)


@pytest.mark.parametrize(
    "source",
    [
        f'"""A module about {OLD}."""\n',
        f"# {OLD}\n",
        f'def f():\n    "{OLD}"\n',
        f'A = "{OLD}2", "x{OLD}", "{OLD}-y", "{OLD}.z"\n',
        f'A = f"{OLD}{{1}}"\n',
        'A = "http://old" "/x"\n',
    ],
)
def test_what_is_left_alone(source: str) -> None:
    assert moved(source) == source


@given(st.lists(st.sampled_from([OLD, "/", "x", " ", "{{", "}}", "{1}", "é", "\\n"]), max_size=8))
def test_f_strings_are_read_as_python_reads_them(parts: list[str]) -> None:
    source = f'A = f"{"".join(parts)}"\n'
    once = moved(source)
    assert moved(once) == once
    assert ast.unparse(ast.parse(once)).replace(NEW, OLD) == ast.unparse(ast.parse(source))


def test_a_place_where_nothing_stands() -> None:
    edit = ReplaceInString("a.py", Span(1, 5, 1, 5 + len(OLD)), OLD, NEW)
    with pytest.raises(EditError, match=r"line 1, column 5: `http://old/x` does not stand here"):
        apply_edits("A = 1\n", [edit])
