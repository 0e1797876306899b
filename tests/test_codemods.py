"""The codemods: statement by statement and over the whole module they give the same text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libcst import parse_module
from libcst.codemod import CodemodContext
from prologues import STYLES, WANTED, planned, prologues

import fixer
from fixer.codemods.apply import apply_edits, apply_to_module
from fixer.codemods.command import AddImportCommand
from fixer.codemods.errors import EditError
from fixer.edits import AddImport, Edit, JoinImport, NewImport, RenameName
from fixer.facts.import_order import ImportStyle
from fixer.import_statement import Import
from fixer.span import Span


def _join(name: str, before: str | None = None, line: int = 1, column: int = 1, limit: int = 88) -> AddImport:
    what = Import("m", *name.split(" as ")) if " as " in name else Import("m", name)
    return AddImport("a.py", what, JoinImport(line, column, before, (), limit))


def _rename(source: str, old: str, new: str) -> list[RenameName]:
    edits = []
    for match in re.finditer(rf"\b{old}\b", source):
        line = source.count("\n", 0, match.start()) + 1
        column = match.start() - (source.rfind("\n", 0, match.start()) + 1) + 1
        edits.append(RenameName("a.py", Span(line, column, line, column + len(old)), old, new))
    return edits


def _both(source: str, edits: list[Edit]) -> str:
    spliced = apply_edits(source, edits)
    assert apply_to_module(source, edits) == spliced
    return spliced


@pytest.mark.parametrize(
    ("source", "edits", "expected"),
    [
        ("from m import a\n", [_join("b")], "from m import a, b\n"),
        ("from m import b", [_join("a", "b")], "from m import a, b"),
        ("from m import (a, c,)\n", [_join("b", "c")], "from m import (a, b, c,)\n"),
        ("from m import a  # why\n", [_join("b as c")], "from m import a, b as c  # why\n"),
        ("from m import a, \\\n    c\n", [_join("b", "c")], "from m import a, \\\n    b, \\\n    c\n"),
        (
            "from m import (\n    a,  # of a\n    # of c\n    c,  # of c too\n)\n",
            [_join("b", "c"), _join("d")],
            "from m import (\n    a,  # of a\n    b,\n    # of c\n    c,  # of c too\n    d,\n)\n",
        ),
        (
            "from m import (  # noqa\n\t# of b\n\tb  # end\n\t# last\n)\n",
            [_join("a", "b"), _join("c")],
            "from m import (  # noqa\n\ta,\n\t# of b\n\tb,  # end\n\tc\n\t# last\n)\n",
        ),
        (
            "from m import (aaaa, bbbb,\n               dddd)\n",
            [_join("cccc", "dddd", limit=26)],
            "from m import (aaaa, bbbb,\n               cccc, dddd)\n",
        ),
        (
            "from m import (aaaa, bbbb,\n               dddd)\n",
            [_join("eeee", None, limit=26)],
            "from m import (aaaa, bbbb,\n               dddd, eeee)\n",
        ),
        (
            "from m import aaa, bbb  # noqa: F401\n",
            [_join("ccc", limit=24)],
            "from m import (  # noqa: F401\n    aaa,\n    bbb,\n    ccc,\n)\n",
        ),
        ("from m import aaa, bbb\n", [_join("ccc", limit=10)], "from m import aaa, bbb, ccc\n"),
        (
            "import x; from m import a; y = '''\n'''\n",
            [_join("b", None, 1, 11)],
            "import x; from m import a, b; y = '''\n'''\n",
        ),
        ("\ufefffrom m import a\r\nx = 1\r\n", [_join("b")], "\ufefffrom m import a, b\r\nx = 1\r\n"),
    ],
)
def test_joining(source: str, edits: list[Edit], expected: str) -> None:
    assert _both(source, edits) == expected


def test_lone_carriage_returns() -> None:
    """LibCST does not read them; a statement is still repaired."""
    assert apply_edits("from m import a\rx = 1\r", [_join("b")]) == "from m import a, b\rx = 1\r"


def test_a_new_statement_that_is_too_long_is_wrapped() -> None:
    place = NewImport(1, 0, 1, (0, 0), 30)
    edits = [AddImport("a.py", Import("package.module", name), place) for name in ("alpha", "beta")]
    wrapped = "from package.module import (\r\n    alpha,\r\n    beta,\r\n)\r\n\r\nx = 1\r\n"
    assert _both("x = 1\r\n", [*edits]) == wrapped


RENAMES = '''
@decorate(Old)
class A(Old, metaclass=Old):
    """Old in a docstring is no name."""

    x: "list[Old]" = Old(); y = Old
    async def f(self, a=Old, *, b: Old) -> Old:
        # Old in a comment
        if a: return Old
        elif isinstance(
            a,
            Old,
        ):  # why
            pass
        try:
            with Old() as c, Old():
                return f"{Old}" \\
                    + Old
        except (Old, KeyError):
            raise Old from None
        match a:
            case Old():
                return [Old for Old2 in Old if Old]
        while Old:
            lambda Old2=Old: Old2
'''


def test_renaming_everywhere() -> None:
    edits = [
        edit
        for edit in _rename(RENAMES, "Old", "Newer")
        if "docstring" not in RENAMES.splitlines()[edit.span.line - 1]
        and "comment" not in RENAMES.splitlines()[edit.span.line - 1]
    ]
    expected = re.sub(r"\bOld\b(?! in a)", "Newer", RENAMES)
    assert _both(RENAMES, [*edits]) == expected
    for edit in edits:  # each alone, too
        line = apply_edits(RENAMES, [edit]).splitlines()[edit.span.line - 1]
        assert line[edit.span.column - 1 :].startswith("Newer")


@pytest.mark.parametrize(
    ("source", "edit", "message"),
    [
        ("x = 1\n", _join("a"), "line 1, column 1: no `from ... import` statement starts here"),
        ("from m import *\n", _join("a"), "cannot join a star import"),
        ("x = 1\n", _join("a", None, 9), "line 9: the file has only 1 lines"),
        ("x = 1\n", AddImport("a.py", Import("m")), "has no place yet"),
        ("x = y\n", RenameName("a.py", Span(1, 5, 1, 6), "z", "w"), "the name `z` does not stand here"),
    ],
)
def test_an_edit_that_does_not_fit(source: str, edit: Edit, message: str) -> None:
    with pytest.raises(EditError, match=re.escape(message)):
        apply_edits(source, [edit])


@given(
    source=prologues(),
    newline=st.sampled_from(["\n", "\r\n"]),
    wanted=st.lists(st.sampled_from(WANTED), min_size=1, unique=True),
    style=st.sampled_from([style for style, _ in STYLES]),
)
@settings(deadline=None)
def test_splicing_is_the_codemod_over_the_whole_module(
    source: str, newline: str, wanted: list[Import], style: ImportStyle
) -> None:
    source = source.replace("\n", newline)
    edits = planned(source, wanted, style)
    spliced = apply_edits(source, edits)
    compile(spliced, "test_a.py", "exec", dont_inherit=True)
    if not re.search("^\x0c", source, re.MULTILINE):  # LibCST loses form feeds at the start of a line
        assert apply_to_module(source, edits) == spliced


@pytest.mark.parametrize(
    "path", sorted(Path(fixer.__file__).parent.rglob("*.py")), ids=lambda path: path.stem
)
def test_splicing_our_own_files(path: Path) -> None:
    source = path.read_bytes().decode()
    edits: list[Edit] = [*planned(source, [Import("httpx"), Import("typing", "Zed")], ImportStyle())]
    word = next(iter(re.findall(r"^def (?:\w+)\((\w+):", source, re.MULTILINE)), None)
    if word is not None:
        match = re.search(rf"\b{word}\.", source)
        if match is not None:
            edits += [
                edit
                for edit in _rename(source, word, "renamed")
                if source.splitlines()[edit.span.line - 1].strip().startswith(("return", "for", "if"))
                and "#" not in source.splitlines()[edit.span.line - 1]
                and '"' not in source.splitlines()[edit.span.line - 1]
            ]
    try:
        spliced = apply_edits(source, edits)
    except EditError as error:  # a word in a docstring
        assert "does not stand here" in str(error)
    else:
        assert apply_to_module(source, edits) == spliced


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("from m import a\n", "from m import a, b\n"),
        ('"""d"""\nimport x\n', '"""d"""\nfrom m import b\nimport x\n'),
        ("from m import b\n", "from m import b\n"),
        ("# c\n", "# c\nfrom m import b\n"),
        ('"""d"""\nx = 1\n', '"""d"""\n\nfrom m import b\nx = 1\n'),
    ],
)
def test_the_command_for_libcst_tool(source: str, expected: str) -> None:
    command = AddImportCommand(CodemodContext(), "from m import b")
    assert command.transform_module(parse_module(source)).code == expected
