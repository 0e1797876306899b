"""Edits of calls: layout stays, and over a whole module they give the same text."""

from __future__ import annotations

import ast

import pytest

from fixer.call_edits import (
    CallEdit,
    RemoveArgument,
    RenameArgument,
    RenameKey,
    ReplaceArgument,
    ReplaceMethod,
    WrapCall,
)
from fixer.codemods.apply import apply_edits, apply_to_module
from fixer.codemods.errors import EditError
from fixer.span import Span


def span_of(source: str, what: str) -> Span:
    """The place of the first call (or string) whose text begins with `what`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call | ast.Constant):
            segment = ast.get_source_segment(source, node) or ""
            if segment.startswith(what):
                assert node.end_lineno is not None and node.end_col_offset is not None
                start = len(source.splitlines()[node.lineno - 1].encode()[: node.col_offset].decode())
                end = len(source.splitlines()[node.end_lineno - 1].encode()[: node.end_col_offset].decode())
                return Span(node.lineno, start + 1, node.end_lineno, end + 1)
    raise AssertionError(what)


def changed(source: str, *edits: CallEdit) -> str:
    spliced = apply_edits(source, edits)
    assert apply_to_module(source, edits) == spliced
    return spliced


LAID_OUT = """def t():
    x = f(
        a,
        # above b
        b=1,  # of b
        c=2,  # of c
    )
"""


@pytest.mark.parametrize(
    ("source", "gone", "expected"),
    [
        ("f(a=1)\n", "a", "f()\n"),
        ("f(1, a=2)\n", "a", "f(1)\n"),
        ("f(a=1, b=2)\n", "a", "f(b=2)\n"),
        ("f(1, a=2, b=3)\n", "a", "f(1, b=3)\n"),
        ("f(1, a=2,)\n", "a", "f(1,)\n"),
        ("f(\n    1,\n    a=2\n)\n", "a", "f(\n    1\n)\n"),
        ("f(\n    1,\n    a=2,\n)\n", "a", "f(\n    1,\n)\n"),
        ("f(\n    a=2,\n    b=1,\n)\n", "a", "f(\n    b=1,\n)\n"),
        ("f(1,\n  a=2)\n", "a", "f(1)\n"),
        ("f(\n    1,  # one\n    a=2\n)\n", "a", "f(\n    1  # one\n)\n"),
        (LAID_OUT, "b", LAID_OUT.replace("        b=1,  # of b\n", "        # of b\n")),
        (LAID_OUT, "c", LAID_OUT.replace("        c=2,  # of c\n", "        # of c\n")),
        ("f(\r\n    1,\r\n    a=2,\r\n)\r\n", "a", "f(\r\n    1,\r\n)\r\n"),
    ],
)
def test_an_argument_leaves(source: str, gone: str, expected: str) -> None:
    assert changed(source, RemoveArgument("a.py", span_of(source, "f("), gone)) == expected


def test_a_keyword_is_renamed() -> None:
    source = "async def t():\n    async with g(1), f(\n        u, old = 1,  # why\n    ) as x: pass\n"
    edit = RenameArgument("a.py", span_of(source, "f("), "old", "new")
    assert changed(source, edit) == source.replace("old", "new")


def test_keys_of_dictionaries_are_renamed() -> None:
    source = "d = {'old': 1}\nf(u, **{\"old\": 1, r'x': 2})\n"
    edits = (
        RenameKey("a.py", span_of(source, "'old'"), "old", "new"),
        RenameArgument("a.py", span_of(source, "f("), "old", "other"),
    )
    assert changed(source, *edits) == "d = {'new': 1}\nf(u, **{\"other\": 1, r'x': 2})\n"


def test_a_value_is_replaced() -> None:
    source = "x = m.Client(\n    app=make(  # an application\n        1,\n    ),\n    b=2,\n)\n"
    edit = ReplaceArgument("a.py", span_of(source, "m.Client("), "app", "transport", "m.T(app={value})")
    assert changed(source, edit) == (
        "x = m.Client(\n    transport=m.T(app=make(  # an application\n        1,\n    )),\n    b=2,\n)\n"
    )
    source = "f(p={'all://': u})\n"
    edit = ReplaceArgument("a.py", span_of(source, "f("), "p", "q", "{value}", "all://")
    assert changed(source, edit) == "f(q=u)\n"


def test_a_call_is_wrapped() -> None:
    source = "async def t():\n    é = await (a.open(\n        h,  # host\n        timeout=t + 1,\n    ))\n"
    edit = WrapCall("a.py", span_of(source, "a.open("), "timeout", "a.wait_for({call}, timeout={value})")
    assert changed(source, edit) == (
        "async def t():\n    é = await (a.wait_for(a.open(\n        h,  # host\n    ), timeout=t + 1))\n"
    )


def test_a_method_is_replaced() -> None:
    source = "c.delete('/', json={})\nc.get()\n"
    edits = (
        ReplaceMethod("a.py", span_of(source, "c.delete"), "delete", "request", '"DELETE"'),
        ReplaceMethod("a.py", span_of(source, "c.get"), "get", "fetch", '"GET"'),
    )
    assert changed(source, *edits) == 'c.request("DELETE", \'/\', json={})\nc.fetch("GET")\n'


def test_calls_in_calls() -> None:
    source = "f(g(old=1)(old=2), old=3)\n"
    edits = [
        RenameArgument("a.py", span_of(source, call), "old", new)
        for call, new in (("f(", "a"), ("g(old=1)(", "b"), ("g(old=1)", "c"))
    ]
    inner = Span(1, 3, 1, 11)
    edits[2] = RenameArgument("a.py", inner, "old", "c")
    edits[1] = RenameArgument("a.py", Span(1, 3, 1, 18), "old", "b")
    assert changed(source, *edits) == "f(g(c=1)(b=2), a=3)\n"


@pytest.mark.parametrize(
    "edit",
    [
        RenameArgument("a.py", Span(1, 1, 1, 7), "b", "c"),
        RenameArgument("a.py", Span(1, 1, 1, 6), "a", "c"),
        RemoveArgument("a.py", Span(1, 1, 1, 7), "b"),
        RenameKey("a.py", Span(1, 3, 1, 4), "a", "b"),
        ReplaceMethod("a.py", Span(1, 1, 1, 7), "f", "g"),
        ReplaceArgument("a.py", Span(1, 1, 1, 7), "a", "b", "{value}", "all://"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(edit: CallEdit) -> None:
    with pytest.raises(EditError):
        apply_edits("f(a=1)\n", [edit])
