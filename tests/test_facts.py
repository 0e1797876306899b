"""What is read of one file, held against the compiler's bytecode, `tokenize`, `ast` and ruff."""

from __future__ import annotations

import ast
import codecs
import dis
import io
import json
import os
import re
import subprocess
import sys
import tokenize
import unicodedata
import warnings
from functools import lru_cache
from pathlib import Path
from random import Random
from types import CodeType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixer.facts import words
from fixer.facts.builtin_names import BUILTIN_NAMES
from fixer.facts.read import read_facts
from fixer.facts.symbols import DEF_BOUND, Table, module_names, read_scopes, unbound_by_scope
from fixer.facts.text import decode, encode, lines_of
from fixer.facts.uses import _uses_in, find_uses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixer.facts.model import Use

REPOSITORY = Path(__file__).parent.parent
LIBRARY = Path(os.__file__).parent


@lru_cache(maxsize=1)
def real_files() -> tuple[Path, ...]:
    """This repository, and a part of the running Python's own tests and modules that never changes."""
    own = [path for folder in ("fixer", "tests") for path in sorted((REPOSITORY / folder).rglob("*.py"))]
    tests = sorted(LIBRARY.glob("test/test_*.py"))[::5]
    # The large ones are full of scopes; all together they would only take long.
    return (*own, *tests, *sorted(LIBRARY.glob("*.py"))[::2])


def used_lines(uses: tuple[Use, ...]) -> set[tuple[int, str]]:
    return {(use.span.line, use.name) for use in uses}


def is_placed(use: Use, lines: list[str]) -> bool:
    """Whether the span holds the name: identifiers are compared in normal form KC (PEP 3131)."""
    span = use.span
    written = lines[span.line - 1][span.column - 1 : span.end_column - 1]
    return span.line == span.end_line and unicodedata.normalize("NFKC", written) == use.name


# -- The compiler's bytecode: what a module loads as a global, and stores nowhere.


def code_objects(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from code_objects(constant)


def operations(code: CodeType) -> Iterator[tuple[str, str, int]]:
    """Each operation on a name, with the name and its line."""
    line = code.co_firstlineno
    starts = dict(dis.findlinestarts(code))
    for instruction in dis.get_instructions(code):
        line = starts.get(instruction.offset) or line
        if isinstance(instruction.argval, str):
            yield instruction.opname, instruction.argval, line


def unbound_by_bytecode(source: str) -> set[tuple[int, str]]:
    """(line, name) of each load that finds neither a binding of the module nor a builtin."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = compile(source, "<generated>", "exec", dont_inherit=True)
    loads: set[tuple[int, str]] = set()
    bound: set[str] = set()
    for code in code_objects(module):
        own = {name for operation, name, _ in operations(code) if operation in ("STORE_NAME", "DELETE_NAME")}
        if code is module:
            bound |= own
        for operation, name, line in operations(code):
            if operation in ("STORE_GLOBAL", "DELETE_GLOBAL"):
                bound.add(name)
            elif operation in ("LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS") or (
                operation == "LOAD_NAME" and (code is module or name not in own)
            ):
                loads.add((line, name))
    return {(line, name) for line, name in loads if name not in bound | BUILTIN_NAMES}


# -- Modules made of scopes in scopes. `random` makes them from a seed: hypothesis would take minutes.

NAMES = ("a", "b", "c", "dé", "xx", "ﬁ")  # "ﬁ" is read as "fi"
PADDING = ("", "'é€𝄞', ", "'\\N{BULLET}', ", "(), \\\n     ")


def expression(pick: Random, depth: int = 2) -> str:
    name, target = pick.choice(NAMES), pick.choice(NAMES)
    if depth == 0:
        return name
    # Read nowhere else: from 3.12 on, the table of a module does not tell a comprehension's target from the
    # same name read by another comprehension of that module.
    local = pick.choice(("t1", "t2"))
    inner, other = expression(pick, depth - 1), expression(pick, depth - 1)
    forms = (
        name,
        f"{name}.a({inner})",
        f"({pick.choice(PADDING)}{inner})",
        f"(lambda {target}, zz={inner}: ({other}, {name}))",
        f"[({inner}, {local}) for {local} in {other} if {name}]",
        f"{{{inner}: {name} for {local} in {name} for t3 in {other}}}",
        f"list(({inner}, {local}) for {local}, t4 in {other})",
        f"({target} := {inner})",
        f"f'{{{name}}} {{{target}!r}}'",
    )
    return pick.choice(forms)


def block(pick: Random, depth: int = 3, indent: str = "") -> list[str]:
    lines: list[str] = []
    inner = indent + "    "
    kinds = ("use", "bind", "if", "for", "with", "import", "try", "def", "def", "class", "lambda")
    for kind in pick.choices(kinds, k=pick.randint(1, 3)):
        name, value = pick.choice(NAMES), expression(pick)
        inside = block(pick, depth - 1, inner) if depth else [f"{inner}{value}"]
        if kind == "use":
            lines.append(f"{indent}{value}")
        elif kind == "bind":
            lines.append(f"{indent}{name} = {value}")
        elif kind == "import":
            lines.append(f"{indent}import os.path as {name}")
        elif kind == "lambda":
            lines.append(f"{indent}{name} = lambda *{name}: {value}")
        elif kind == "if":
            lines += [f"{indent}if {value}:", *inside]
        elif kind == "for":
            lines += [f"{indent}for {name}, *c in {value}:", *inside]
        elif kind == "with":
            lines += [f"{indent}with {value} as {name}:", *inside]
        elif kind == "try":
            lines += [f"{indent}try:", *inside, f"{indent}except {name} as b:", f"{inner}{value}"]
        elif kind == "def":
            heads = ("", f"{inner}global {name}", f"{inner}nonlocal {name}", f"{inner}'''\n)text\n{inner}'''")
            arguments = f"zz, *, c={pick.choice(NAMES)}"
            lines += [
                f"{indent}@{pick.choice(NAMES)}",
                f"{indent}def {name}({arguments}) -> {pick.choice(NAMES)}:",
                pick.choices(heads, weights=(4, 2, 1, 2))[0],
                *inside,
            ]
        elif kind == "class":
            lines += [f"{indent}class {name}({pick.choice(NAMES)}, m={value}):", *inside]
    return lines


@lru_cache(maxsize=1)
def modules() -> tuple[str, ...]:
    return tuple(source for source in map(generated, range(400)) if source is not None)


def generated(seed: int) -> str | None:
    """A module, None where it would not compile: `:=` and `nonlocal` are not allowed everywhere."""
    source = "\n".join(block(Random(seed))) + "\n"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, "<generated>", "exec", dont_inherit=True)
        except SyntaxError:
            return None
    return source


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_names_are_unbound_where_the_bytecode_says_so(end: str) -> None:
    assert len(modules()) > 100
    for number, source in enumerate(modules()):
        bom = codecs.BOM_UTF8 if number % 2 else b""
        facts = read_facts("test_x.py", bom + source.replace("\n", end).encode())
        assert facts.problem is None, source
        assert used_lines(facts.undefined) == unbound_by_bytecode(source), source
        assert all(is_placed(use, lines_of(source)) for use in facts.undefined), source


def test_the_names_that_a_module_binds_are_those_its_bytecode_stores() -> None:
    for source in modules():
        module = compile(source, "<generated>", "exec", dont_inherit=True)
        stored = {
            name for operation, name, _ in operations(module) if operation in ("STORE_NAME", "DELETE_NAME")
        }
        bound = module_names(read_scopes(source.encode()))
        by_function = {
            name
            for code in code_objects(module)
            for operation, name, _ in operations(code)
            if operation == "STORE_GLOBAL"
        }
        assert stored <= bound <= stored | by_function, source


# -- Real files.


def test_leaving_functions_out_of_the_tree_changes_nothing() -> None:
    several = 0
    for path in real_files():
        source = path.read_bytes()
        try:
            scopes, text = read_scopes(source), decode(source)
        except (SyntaxError, UnicodeDecodeError):
            continue
        if scopes.unbound:
            whole = _uses_in(text, lines_of(text), unbound_by_scope(scopes), scopes, None)
            assert find_uses(text, scopes) == whole, path
            assert all(is_placed(use, lines_of(text)) for use in whole), path
            several += 1
    assert several > 10


def test_ruff_finds_the_same_names_undefined(tmp_path: Path) -> None:
    """But for what ruff takes for a type, for what it reads in the order of the statements, and for a name
    whose NameError the file itself catches."""
    facts = {str(path): read_facts(path.name, path.read_bytes()) for path in real_files()}
    facts = {path: f for path, f in facts.items() if f.problem is None and not f.star_imports}
    listed = tmp_path / "files"
    listed.write_text("\n".join(facts), encoding="utf-8")
    version = "py{}{}".format(*sys.version_info)
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--no-cache",
        "--exit-zero",
        "--ignore-noqa",
    ]
    command += ["--select", "F821", "--target-version", version, "--output-format", "json", f"@{listed}"]
    found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    theirs = {
        (item["filename"], item["location"]["row"], item["location"]["column"])
        for item in found
        if item["code"] == "F821"
    }
    ours = {(path, use.span.line, use.span.column): use for path, f in facts.items() for use in f.undefined}
    assert len(ours.keys() & theirs) > 20
    # Ruff does not normalise identifiers, takes `global` for a binding, and knows `except NameError`.
    alone = {place: use for place, use in ours.items() if place not in theirs and not use.guarded}
    assert [place for place, use in alone.items() if _is_plain(place, use.name)] == []
    # Names in strings are never evaluated. What some scope binds, ruff follows in the order of the file.
    missed = [place for place in theirs - ours.keys() if not _in_string_or_bound(*place)]
    assert missed == []


def _is_plain(place: tuple[str, int, int], name: str) -> bool:
    source = Path(place[0]).read_bytes()
    return name.encode() in lines_of_bytes(source)[place[1] - 1] and b"global " + name.encode() not in source


def lines_of_bytes(source: bytes) -> list[bytes]:
    return source.replace(b"\r\n", b"\n").split(b"\n")


def _in_string_or_bound(path: str, line: int, column: int) -> bool:
    source = Path(path).read_bytes()
    text = lines_of(decode(source))[line - 1]
    name = unicodedata.normalize("NFKC", re.match(r"\w+", text[column - 1 :])[0])  # type: ignore[index]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
    offset = len(text[: column - 1].encode())
    read = any(
        isinstance(node, ast.Name) and node.lineno == line and node.col_offset == offset
        for node in ast.walk(tree)
    )
    return not read or any(
        table.symbols.get(name, 0) & DEF_BOUND for table in all_tables(read_scopes(source).table)
    )


def all_tables(table: Table) -> Iterator[Table]:
    yield table
    for child in table.children:
        yield from all_tables(child)


# -- Odd files.

MANY = "(" * 400 + ")" * 400
PROBLEMS = {
    "UTF-16": ("x = 1\n".encode("utf-16"), "UTF-16", 1, False),
    "null byte": (b"x = 1\ny = '\0'\n", "null byte", 2, False),
    "not UTF-8": (b"x = 1\n\ny = '\xe9'\n", "utf-8", 3, False),
    "unknown encoding": (b"# coding: klingon\nx\n", "klingon", 1, False),
    "broken": (b"x = 1\ndef f(:\n", "", 2, True),
    "brackets": (MANY.encode(), "", 1, None),
    "a long sum": (b"x = " + b"-" * 100_000 + b"1\n", "", 1, None),
    "a long call chain": (b"x" + b".y()" * 100_000 + b"\n", "", 1, None),
}


@pytest.mark.parametrize(("source", "says", "line", "syntax"), PROBLEMS.values(), ids=list(PROBLEMS))
def test_what_cannot_be_read_is_a_problem(source: bytes, says: str, line: int, syntax: bool | None) -> None:
    problem = read_facts("test_x.py", source).problem
    assert problem is not None
    assert says in problem.message
    assert problem.line == line
    assert syntax is None or problem.syntax is syntax


PLACES = {
    "behind text": ("x = 'é𝄞', foo\n", 1, 11),
    "behind a tab": ("if 1:\n\tfoo\n", 2, 2),
    "below a form feed": ("x = 1\n\f\nfoo\n", 3, 1),
    "behind a form feed": ("x = 1\n\f  \nif x:\n    def f():\n        foo\n", 5, 9),
    "behind a line separator in a string": ("x = '\u2028\x85'; foo\n", 1, 11),
    "CR": ("x = 1\rfoo\r", 2, 1),
    "CRLF in a string": ("x = '''\r\n\r\n'''\r\nfoo\r\n", 4, 1),
    "continued": ("x = 1 + \\\n  foo", 2, 3),
    "latin-1": ("# coding: latin-1\nx = 'é', foo\n", 2, 10),
    "in an f-string": ("'é', f'é{1}{foo}'\n", 1, 13),
    "an annotation binds nothing": ("foo: int\ndef f():\n    return foo\n", 3, 12),
    "a comprehension binds nothing": ("[foo for foo in ()]\ndef f():\n    return foo\n", 3, 12),
    "global alone binds nothing": ("def f():\n    global foo\n    foo()\n", 3, 5),
}


@pytest.mark.parametrize(("text", "line", "column"), PLACES.values(), ids=list(PLACES))
def test_lines_and_columns_count_characters(text: str, line: int, column: int) -> None:
    encoding = "latin-1" if "latin-1" in text else "utf-8"
    facts = read_facts("test_x.py", text.encode(encoding))
    spans = [(use.span.line, use.span.column, use.span.end_column) for use in facts.undefined]
    assert spans == [(line, column, column + 3)]


# -- Text.

COOKIES = st.sampled_from(
    ["latin-1", "utf-8", "UTF8", "utf_8_sig", "cp1252", "nonsense", "iso-8859-15-unix", ""]
)
FIRST = st.sampled_from(["", "#!/bin/sh\n", "\n", "x = 1\n", "\f# a\n", '"""\n', " \t# b\r\n", "# c\r"])


@given(
    first=FIRST,
    before=st.sampled_from(
        ["# -*- coding: ", "#vim: fileencoding=", "  # coding:", "# coding :", "x # coding="]
    ),
    cookie=COOKIES,
    bom=st.booleans(),
)
def test_the_encoding_is_the_one_that_tokenize_detects(
    first: str, before: str, cookie: str, bom: bool
) -> None:
    source = codecs.BOM_UTF8 * bom + f"{first}{before}{cookie}\nx = 1\n".encode()
    try:
        compile(source, "<generated>", "exec", dont_inherit=True)
    except SyntaxError:
        assert read_facts("test_x.py", source).problem is not None
        return
    unix = source.replace(b"\r\n", b"\n").replace(b"\r", b"\n")  # the compiler's lines end there too
    expected = tokenize.detect_encoding(io.BytesIO(unix).readline)[0]
    assert decode(source) == source.decode(expected)
    assert encode(decode(source), source) == source


PIECES = st.sampled_from(
    ["\n", "\r\n", "\r", "\f", "\v", "\x1c", "\x85", "\u2028", "#", "é", " ", "'''\n'''"]
)


@given(pieces=st.lists(PIECES, max_size=8))
def test_lines_are_those_that_the_compiler_counts(pieces: list[str]) -> None:
    above = "'''" + "".join(pieces).replace("'''", "") + "'''\n"
    tree = ast.parse(above + "x = 1\n")
    assert lines_of(above + "x = 1\n")[tree.body[-1].lineno - 1] == "x = 1"


@given(text=st.text("ab_.( ", max_size=14), word=st.sampled_from(["a", "ab", "b(", "_a"]))
def test_words_are_found_where_a_word_begins(text: str, word: str) -> None:
    """What is searched backwards from a literal, for speed, is what a boundary in front of it would find."""
    content = text.encode()
    plain = re.compile(rb"\b" + re.escape(word.encode()))
    assert words.occurrences(content, word) == len(plain.findall(content))
    assert words.is_mentioned(content, word) == bool(re.search(plain.pattern + rb"\b", content))
