"""What a module's statements need from it: against Python itself, and on texts written by hand."""

from __future__ import annotations

import dis
import types

import pytest

from fixer.facts.top_level import Definition, read_top_level

MODULE = """\
# The file's own comment.
import os
from helpers import make as build

LIMIT = 3
LOW = 1; HIGH = 2


# About the fixture,
# in two lines.
@pytest.fixture(params=[LIMIT for _ in range(2)])
def thing(request: "int", default=build) -> Result:
    global count
    count = 1
    def inner():
        open = 1
        return os.path, open, len
    return inner
    # The end of it.

# Nobody's.

class Helper:
    size = LIMIT
    def method(self):
        return size


if LIMIT:
    LATE = 1
"""


def by_name(text: str) -> dict[str, Definition]:
    return {each.name or each.kind: each for each in read_top_level(text)}


def test_a_function_with_all_that_belongs_to_it() -> None:
    thing = by_name(MODULE)["thing"]
    assert (thing.kind, thing.line, thing.column, thing.first, thing.last) == ("function", 12, 1, 11, 19)
    assert thing.text.startswith("# About the fixture,\n# in two lines.\n@pytest.fixture(")
    assert thing.text.endswith("    return inner\n    # The end of it.\n")
    assert thing.reads == {"pytest", "LIMIT", "range", "build", "Result", "count", "os", "len"}
    assert thing.writes == {"count"}


def test_the_other_kinds() -> None:
    found = by_name(MODULE)
    assert found["LIMIT"].kind == "assignment"
    assert found["Helper"].kind == "class"
    assert found["Helper"].reads == {"LIMIT", "size"}
    assert found["other"].reads == {"LIMIT"}
    assert found["LIMIT"].alone
    assert not found["LOW"].alone
    assert not found["HIGH"].alone


def test_the_comment_of_a_file_belongs_to_no_statement() -> None:
    assert by_name(MODULE)["import"].text != "# The file's own comment.\nimport os\n"
    assert read_top_level(MODULE)[0].text == "import os\n"


def test_code_is_the_same_whatever_the_layout() -> None:
    one = by_name("def f():\n    # why\n    return {'a': 1}\n")["f"]
    other = by_name('# why\ndef f():\n\n    return {\n        "a": 1,\n    }\n')["f"]
    assert one.text != other.text
    assert one.code == other.code


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_do_not_matter(newline: str) -> None:
    assert read_top_level(MODULE.replace("\n", newline)) == read_top_level(MODULE)


@pytest.mark.parametrize("definition", read_top_level(MODULE), ids=lambda each: each.name or each.kind)
def test_reads_has_whatever_python_looks_up_outside(definition: Definition) -> None:
    code = compile(definition.text, "alone.py", "exec", dont_inherit=True)
    own = {definition.name, "method", "__name__", "__module__", "__qualname__"}
    assert set(_global_names(code)) <= definition.reads | own


def _global_names(code: object) -> list[str]:
    assert isinstance(code, types.CodeType)
    found = [
        str(each.argval) for each in dis.get_instructions(code) if each.opname in ("LOAD_GLOBAL", "LOAD_NAME")
    ]
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found += _global_names(constant)
    return found


def test_a_file_that_does_not_parse() -> None:
    with pytest.raises(SyntaxError):
        read_top_level("def f(:\n")
