"""Outlines, which no parser reads, held against the syntax tree of the running Python's own files."""

from __future__ import annotations

import ast
import os
import warnings
from pathlib import Path

import pytest

from fixer.facts.model import Outline
from fixer.facts.outline import read_imports, read_mentions, read_outline
from fixer.import_statement import Import

LIBRARY = Path(os.__file__).parent


def parsed(source: bytes) -> Outline:
    """The module level of a file, from its syntax tree: names in `defined` are not told apart by kind."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
    imports: list[Import] = []
    stars: list[str] = []
    defined: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Import):
            imports += [Import(alias.name, None, alias.asname) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            stars += [module for alias in node.names if alias.name == "*"]
            imports += [
                Import(module, a.name, a.asname if a.asname != a.name else None)
                for a in node.names
                if a.name != "*"
            ]
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            defined.append(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            defined += [target.id] if isinstance(target, ast.Name) else []
    return Outline("", tuple(imports), tuple((n, "") for n in defined), None, tuple(stars))  # type: ignore[arg-type]


def test_imports_and_definitions_are_those_of_the_syntax_tree() -> None:
    """All imports; 49 of 50 definitions: a string like '\"\"\"' hides what follows it."""
    total = missing = extra = 0
    for path in sorted({*LIBRARY.glob("*.py"), *LIBRARY.glob("*/*.py")})[::6]:
        source = path.read_bytes()
        try:
            truth = parsed(source)
        except (SyntaxError, UnicodeDecodeError, ValueError):
            continue
        outline = read_outline(path.name, source)
        top_level = {found.what for found in outline.imports if found.top_level}
        assert top_level == set(truth.imports), path
        assert set(outline.star_imports) == set(truth.star_imports), path
        ours, theirs = {name for name, _ in outline.defined}, {name for name, _ in truth.defined}
        total += len(theirs)
        missing += len(theirs - ours)
        extra += len(ours - theirs)
    assert total > 300
    assert missing <= total // 50
    assert extra <= total // 1000


KINDS = """\
import pytest
from dataclasses import (
    dataclass as data,  # not this, comma
    field,
)
from a.b import c, \\
    d as e
if TYPE_CHECKING:
    from typed import Only

def later():
    from inside import deep
try:
    from fast import Thing
except ImportError:
    from slow import Thing

class Plain: pass

@data
class Made(Plain):
    inner = 1

@pytest.fixture
async def client():
    yield

@cache
def cached(): pass

VALUE: int = 1
declared: int
a, b = 1, 2
x == 1
__all__ = ["Plain", 'VALUE']
__all__ += ("cached",)
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"], ids=["", "BOM"])
def test_kinds_levels_and_exports(end: str, bom: bytes) -> None:
    outline = read_outline("pkg/mod.py", bom + KINDS.replace("\n", end).encode())
    assert [(found.what.bound, found.top_level, found.typing_only) for found in outline.imports] == [
        ("pytest", True, False),
        ("data", True, False),
        ("field", True, False),
        ("c", True, False),
        ("e", True, False),
        ("Only", False, True),
        ("deep", False, False),
        ("Thing", False, False),
        ("Thing", False, False),
    ]
    assert dict(outline.defined) == {
        "later": "function",
        "Plain": "class",
        "Made": "decorated",
        "client": "fixture",
        "cached": "decorated",
        "VALUE": "value",
        "__all__": "value",
    }
    assert outline.exports == ("Plain", "VALUE", "cached")


@pytest.mark.parametrize(
    "more",
    [
        "__all__ += other.__all__",
        "__all__.append('x')",
        "__all__.extend(other.__all__)",
        "__all__ = ['a'] + other.__all__",
    ],
)
def test_exports_that_go_on_elsewhere_are_not_known(more: str) -> None:
    assert read_outline("a.py", f"__all__ = ['a']\n{more}\n".encode()).exports is None


QUOTED = [
    b'"""\nimport a\nclass A: pass\n"""\nimport b\n',
    b"'''\nfrom a import c\nx = 1\n'''\nimport b\n",
    b'"""Do not write \'\'\' here."""\nimport b\n',
    b'TEXT = """\nimport a\n"""; import b\nimport b\n',
    b'"""one""" """two\nimport a\n"""\nimport b\n',
    b"# import a\n#: def f():\nimport b  # import c\n",
]


@pytest.mark.parametrize("source", QUOTED)
def test_text_that_looks_like_code_is_none(source: bytes) -> None:
    outline = read_outline("x.py", source)
    assert [found.what.bound for found in outline.imports] == ["b"]
    assert {name for name, _ in outline.defined} <= {"TEXT"}


def test_names_given_to_builtins_are_seen() -> None:
    source = b"import builtins\nbuiltins.one = 1\nsetattr(builtins, 'two', 2)\nif builtins.three == 3: pass\n"
    assert read_outline("conftest.py", source).builtins == {"one", "two"}
    renamed = b"import builtins as b\nb.one = 1\nb.__dict__['two'] = 2\nsetattr(b, 'three', 3)\nab.four = 4\n"
    assert read_outline("conftest.py", renamed).builtins == {"one", "two", "three"}


def test_mentions_are_the_part_of_the_outline_that_is_about_the_names() -> None:
    seen = 0
    for path in sorted({*LIBRARY.glob("*.py"), *LIBRARY.glob("*/*.py")})[::6]:
        source = path.read_bytes()
        whole = read_outline(path.name, source)
        bound = {found.what.bound for found in whole.imports} | {name for name, _ in whole.defined}
        names = frozenset(sorted(bound)[::3])
        part = read_mentions(path.name, source, names)
        imports = [found for found in part.imports if found.what.bound in names]
        assert imports == [found for found in whole.imports if found.what.bound in names], path
        assert part.defined == tuple(pair for pair in whole.defined if pair[0] in names), path
        assert part.builtins == whole.builtins
        seen += len(imports) + len(part.defined)
    assert seen > 1000


def test_what_a_file_imports() -> None:
    source = b"import os.path\ndef f():\n    from a import b as c, d\nfrom x import *\n"
    assert read_imports(source) == {Import("os.path"), Import("a", "b", "c"), Import("a", "d")}
