"""The codemods of fixture repairs against what has the last word: ruff's formatter and the compiler."""

from __future__ import annotations

import ast
import dis
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import fixer
from fixer.codemods.apply import apply_edits, apply_to_module
from fixer.codemods.errors import EditError
from fixer.edits import AddDecorator, AddParameter, AddPluginModule, Edit, RemoveDefinition, RenameParameter
from fixer.fixture_edits import AddFixture

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = sorted(Path(fixer.__file__).parent.rglob("*.py"))[::7]
NEW = "renamed_parameter"
_LOCAL = ("FAST", "DEREF", "CLOSURE", "CELL", "CLASSDEREF")


def functions(source: str) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    """Every function with the column (from 1, in characters) of its `def` or `async`."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, len(lines[node.lineno - 1].encode()[: node.col_offset].decode()) + 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_splicing_is_the_codemod_over_the_whole_module(path: Path) -> None:
    source = path.read_bytes().decode()
    choice = random.Random(path.name)
    edits: list[Edit] = [AddFixture("", "@fixture\ndef db(): ...\n", "db"), AddPluginModule("", "m")]
    removable = {node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    gone = {node.name for node in removable if choice.random() < 0.3}
    for node, column in functions(source):
        where = ("", node.lineno, column, node.name)
        if node.name in gone and column == 1:
            edits.append(RemoveDefinition("", node.lineno, column, node.name))
            continue
        kinds = choice.sample(("parameter", "decorator", "rename"), choice.randint(0, 3))
        if "parameter" in kinds:
            edits += [AddParameter(*where, "db", 110), AddParameter(*where, "other_fixture", 60)]
        if "decorator" in kinds:
            edits.append(AddDecorator(*where, "pytest.fixture(scope='module')"))
        if "rename" in kinds and node.args.args:
            edits += renamed(source, RenameParameter(*where, node.args.args[0].arg, NEW))
    spliced = apply_edits(source, edits)
    compile(spliced, path.name, "exec", dont_inherit=True)
    assert apply_to_module(source, edits) == spliced


def renamed(source: str, edit: RenameParameter) -> list[RenameParameter]:
    """The edit, unless it is refused."""
    try:
        apply_edits(source, [edit])
    except EditError:
        return []
    return [edit]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_compiler_sees_the_same_program_after_a_rename(path: Path) -> None:
    source = path.read_bytes().decode()
    before = compiled(source)
    for node, column in list(functions(source))[::6]:
        for argument in (*node.args.args, *node.args.kwonlyargs):
            edit = RenameParameter("", node.lineno, column, node.name, argument.arg, NEW)
            for _ in renamed(source, edit):
                after = compiled(apply_edits(source, [edit]))
                assert NEW in {name for code in codes(after) for name in code.co_varnames}
                assert_same(before, after, argument.arg)


def compiled(source: str) -> CodeType:
    """The program without what holds the name of a parameter as a constant: the annotations of functions, and
    the defaults of keyword-only parameters."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.arguments):
            node.kw_defaults = [None] * len(node.kwonlyargs)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
    return compile(tree, "a.py", "exec", dont_inherit=True)


def codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def assert_same(before: CodeType, after: CodeType, old: str) -> None:
    """The same instructions, but for the name of a local variable. Cells are sorted by name: order is not
    compared."""
    for left, right in zip(codes(before), codes(after), strict=True):
        assert left.co_name == right.co_name
        assert instructions(left, NEW, old) == instructions(right, NEW, old)


def instructions(code: CodeType, new: str, old: str) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    listed = list(dis.get_instructions(code))
    for each, following in zip(listed, [*listed[1:], None], strict=True):
        if following is not None and following.argval == "__static_attributes__":
            continue  # from 3.13 the attributes that methods set on what they call `self`, and only on that
        value = each.argval
        if isinstance(value, CodeType):
            value = value.co_name
        local = any(word in each.opname for word in _LOCAL)
        names = value if isinstance(value, tuple) else (value,)
        for name in names:
            found[each.opname, repr(old if local and name == new else name)] += 1
    return found


NAMES = st.sampled_from(["self", "a", "request", "monkeypatch", "tmp_path_factory", "database_connection"])
ANNOTATIONS = st.sampled_from(["", "", ": int", ": dict[str, list[int]]", ": 'Connection | None'"])


@st.composite
def headers(draw: st.DrawFn) -> str:
    """A function, its header in any shape the formatter makes of it."""
    names = draw(st.lists(NAMES, max_size=5, unique=True))
    required = draw(st.integers(0, len(names)))
    params = [
        name + draw(ANNOTATIONS) + ("" if index < required else " = 1") for index, name in enumerate(names)
    ]
    if required and draw(st.integers(0, 5)) == 0:
        params.insert(draw(st.integers(1, required)), "/")
    params += draw(st.sampled_from([[], [], ["*args"], ["*", "key"], ["*args", "key=2", "**options"]]))
    comma = "," if params and draw(st.booleans()) else ""
    result = draw(st.sampled_from(["", "", " -> None", " -> Iterator[tuple[str, int]]"]))
    keyword = draw(st.sampled_from(["def", "async def"]))
    text = f"{keyword} test_it({', '.join(params)}{comma}){result}:\n    pass\n"
    if draw(st.booleans()):
        text = "class TestIt:\n" + "".join(f"    {line}\n" for line in text.splitlines())
    return text


@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # shrinking would start ruff hundreds of times
    suppress_health_check=list(HealthCheck),
)
@given(
    sources=st.lists(headers(), min_size=80, max_size=80),
    length=st.sampled_from([60, 79, 88]),
    name=st.sampled_from(["db", "real_services", "postgres_connection_pool"]),
)
def test_a_formatted_header_stays_formatted(sources: list[str], length: int, name: str) -> None:
    before = formatted("\n\n".join(sources), length)
    edits = [
        AddParameter("", node.lineno, column, node.name, name, length) for node, column in functions(before)
    ]
    after = apply_edits(before, edits)
    assert formatted(after, length).split("\n\n\n") == after.split("\n\n\n")
    for old, new in zip(functions(before), functions(after), strict=True):
        assert ast.dump(old[0]) != ast.dump(new[0])
        new[0].args.args = [each for each in new[0].args.args if each.arg != name]
        assert ast.dump(old[0]) == ast.dump(new[0])


def formatted(source: str, length: int) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--isolated", f"--line-length={length}", "-"]
    done = subprocess.run(command, input=source.encode(), capture_output=True, check=True)
    return done.stdout.decode()
