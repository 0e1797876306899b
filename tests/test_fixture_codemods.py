"""The codemods of fixture repairs: literal texts, ruff and the compiler, and both ways to apply them."""

from __future__ import annotations

import re

import pytest

from fixer.codemods.apply import apply_edits, apply_to_module
from fixer.codemods.errors import EditError
from fixer.edits import (
    AddDecorator,
    AddImport,
    AddParameter,
    AddPluginModule,
    Edit,
    NewImport,
    RemoveDefinition,
    RenameName,
    RenameParameter,
)
from fixer.fixture_edits import AddFixture, AddModule, Reference, Table
from fixer.import_statement import Import
from fixer.span import Span


def both(source: str, edits: list[Edit], newline: str | None = None) -> str:
    spliced = apply_edits(source, edits, newline)
    assert apply_to_module(source, edits, newline) == spliced
    return spliced


def place_of(source: str, function: str) -> tuple[int, int]:
    """Line and column (from 1) of the `def` or `async` of the function."""
    match = re.search(rf"(?:async[ ]+)?def[ ]+{function}\b", source)
    assert match is not None
    line_start = max(source.rfind("\n", 0, match.start()), source.rfind("\r", 0, match.start())) + 1
    line = len(re.findall("\r\n|\r|\n", source[: match.start()])) + 1
    return line, match.start() - line_start + 1


def add_parameters(source: str, *names: str, function: str = "f", limit: int = 88) -> list[Edit]:
    place = place_of(source, function)
    return [AddParameter("a.py", *place, function, name, limit) for name in names]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(): pass\n", "def f(db): pass\n"),
        ("def f(\n):\n    pass\n", "def f(\n    db,\n):\n    pass\n"),
        ("def f(\n    # none\n): ...\n", "def f(\n    # none\n    db,\n): ...\n"),
        ("async def f(self):\n    pass\n", "async def f(self, db):\n    pass\n"),
        ("def f(a,):\n    pass\n", "def f(a, db,):\n    pass\n"),
        ("def f( a ):\n    pass\n", "def f( a, db ):\n    pass\n"),
        ("def f(a, b=1):\n    pass\n", "def f(a, db, b=1):\n    pass\n"),
        ("def f(b=1):\n    pass\n", "def f(db, b=1):\n    pass\n"),
        ("def f(*args): pass\n", "def f(db, *args): pass\n"),
        ("def f(self, *, key, **kw): pass\n", "def f(self, db, *, key, **kw): pass\n"),
        ("def f(**kw): pass\n", "def f(db, **kw): pass\n"),
        ("def f(self, /): pass\n", "def f(self, /, db): pass\n"),
        ("def f(self, /, a, b=2, *c): pass\n", "def f(self, /, a, db, b=2, *c): pass\n"),
        ("def f(a: int) -> None:  # why\n    pass\n", "def f(a: int, db) -> None:  # why\n    pass\n"),
        ("@mark(1)\n# c\ndef f(a):\n\treturn a\n", "@mark(1)\n# c\ndef f(a, db):\n\treturn a\n"),
        (
            "class T:\n    def f(\n        self,\n        a,  # of a\n        # last\n    ):\n        pass\n",
            "class T:\n    def f(\n        self,\n        a,  # of a\n"
            "        db,\n        # last\n    ):\n        pass\n",
        ),
        (
            "def f(\n    a,\n    b  # of b\n):\n    pass\n",
            "def f(\n    a,\n    b,  # of b\n    db\n):\n    pass\n",
        ),
        (
            "def f(\n    a,\n    # of b\n    b=1,\n    *,\n    c,\n):\n    pass\n",
            "def f(\n    a,\n    db,\n    # of b\n    b=1,\n    *,\n    c,\n):\n    pass\n",
        ),
        ("def f(a,\n      b):\n    pass\n", "def f(a,\n      b,\n      db):\n    pass\n"),
        (
            "def f(\n    a, b, c,\n    d\n):\n    pass\n",
            "def f(\n    a, b, c,\n    d, db\n):\n    pass\n",
        ),
        ("def f(\n    a, b\n):\n    pass\n", "def f(\n    a, b, db\n):\n    pass\n"),
        ("def f(a):\r\n    pass\r\n", "def f(a, db):\r\n    pass\r\n"),
        ("def f(\r\n    a,\r\n):\r\n    pass\r\n", "def f(\r\n    a,\r\n    db,\r\n):\r\n    pass\r\n"),
        ("if x:\n    def f(a): return a; y = 2\n", "if x:\n    def f(a, db): return a; y = 2\n"),
    ],
)
def test_a_parameter_is_added_in_the_layout_of_the_header(source: str, expected: str) -> None:
    edits = add_parameters(source, "db")
    assert both(source, edits) == expected


@pytest.mark.parametrize(
    ("source", "limit", "expected"),
    [
        ("def f(aaaa, bbbb):\n    pass\n", 22, "def f(aaaa, bbbb, db):\n    pass\n"),
        ("def f(aaaa, bbbb):\n    pass\n", 21, "def f(\n    aaaa, bbbb, db\n):\n    pass\n"),
        ("def f(aaaa, bbbb):\n    pass\n", 18, "def f(\n    aaaa, bbbb, db\n):\n    pass\n"),
        ("def f(aaa, bbb):\n    pass\n", 16, "def f(\n    aaa, bbb, db\n):\n    pass\n"),
        (
            "def f(a, b) -> X:\n    pass\n",
            17,
            "def f(\n    a, b, db\n) -> X:\n    pass\n",
        ),
        (
            "class T:\n    def f(self, alpha, *beta):\n        pass\n",
            31,
            "class T:\n    def f(\n        self, alpha, db, *beta\n    ):\n        pass\n",
        ),
        (
            "class T:\n    def f(s, alpha, *beta) -> X:\n        pass\n",
            32,
            "class T:\n    def f(\n        s, alpha, db, *beta\n    ) -> X:\n        pass\n",
        ),
        ("def f(aaaa, bbbb):\n    pass\n", 15, "def f(aaaa, bbbb, db):\n    pass\n"),  # it was too long
        ("def f(a):  # noqa: X\n    pass\n", 14, "def f(a, db):  # noqa: X\n    pass\n"),
        ("def f(a): return a\n", 18, "def f(a, db): return a\n"),
        (
            "def f(\n    aaaa, bbbb\n):\n    pass\n",
            17,
            "def f(\n    aaaa,\n    bbbb,\n    db,\n):\n    pass\n",
        ),
        (
            "def f(aaaa, bbbb,\n      cccc):\n    pass\n",
            17,
            "def f(aaaa, bbbb,\n      cccc, db):\n    pass\n",
        ),
        (
            "def f(aaaa, bbbb,\n      cccc, ddd):\n    pass\n",
            17,
            "def f(aaaa, bbbb,\n      cccc, ddd,\n      db):\n    pass\n",
        ),
    ],
)
def test_a_header_that_grows_too_long_is_wrapped(source: str, limit: int, expected: str) -> None:
    assert both(source, add_parameters(source, "db", limit=limit)) == expected


def test_members_that_have_no_room_on_one_line_stand_one_a_line() -> None:
    source = "class T:\n    def f(self, alpha, *beta):  # why\n        pass\n"
    expected = (
        "class T:\n    def f(\n        self,\n        alpha,\n"
        "        connection,\n        *beta,\n    ):  # why\n"
        "        pass\n"
    )
    assert both(source, add_parameters(source, "connection", limit=36)) != expected  # it was too long before
    assert both(source, add_parameters(source, "connection", limit=37)) == expected


def test_several_parameters_stand_in_the_order_of_the_edits() -> None:
    source = "def f(self, tail=()):\n    pass\n\n\ndef g():\n    pass\n"
    edits = [*add_parameters(source, "one", "two"), *add_parameters(source, "three", "four", function="g")]
    expected = "def f(self, one, two, tail=()):\n    pass\n\n\ndef g(three, four):\n    pass\n"
    assert both(source, edits) == expected
    grown = add_parameters(source, "first", "second", limit=34)
    assert both(source, grown).startswith("def f(\n    self, first, second, tail=()\n):\n")


def rename(source: str, old: str, new: str) -> list[Edit]:
    return [RenameParameter("a.py", *place_of(source, "f"), "f", old, new)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(old): return old\n", "def f(new): return new\n"),
        (
            "async def f(self, *, old: old = old) -> old:\n    await old.old(old=old)  # old\n",
            "async def f(self, *, new: old = old) -> old:\n    await new.old(old=new)  # old\n",
        ),
        (
            "@use('old', old)\ndef f(\n    old,  # old\n):\n    'old'\n    return f'{old.x}', 'old'\n",
            "@use('old', old)\ndef f(\n    new,  # old\n):\n    'old'\n    return f'{new.x}', 'old'\n",
        ),
        (
            "def f(old):\n    def g(a=old): return old, a\n"
            "    def h(old): return old\n    return lambda: old\n",
            "def f(new):\n    def g(a=new): return new, a\n"
            "    def h(old): return old\n    return lambda: new\n",
        ),
        (
            "def f(old):\n    x = [old for old in old]\n"
            "    return [y + old for y in x if old], lambda old: old\n",
            "def f(new):\n    x = [old for old in new]\n"
            "    return [y + new for y in x if new], lambda old: old\n",
        ),
        (
            "def f(old):\n    old = old or 1\n    for old in old: del old\n    with x as old: old += 1\n",
            "def f(new):\n    new = new or 1\n    for new in new: del new\n    with x as new: new += 1\n",
        ),
        (
            "def f(old):\n    try: pass\n    except E as old: print(old)\n    class C:\n        a = old\n",
            "def f(new):\n    try: pass\n    except E as new: print(new)\n    class C:\n        a = new\n",
        ),
        (
            "class T:\r\n\tdef f(self, *old):\r\n\t\treturn old\r\n\r\n\told = 1\r\n",
            "class T:\r\n\tdef f(self, *new):\r\n\t\treturn new\r\n\r\n\told = 1\r\n",
        ),
    ],
)
def test_a_parameter_is_renamed_with_what_refers_to_it(source: str, expected: str) -> None:
    assert both(source, rename(source, "old", "new")) == expected


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("new()", "has a use for the name `new` already"),
        ("g(new=new)", "has a use for the name `new` already"),
        ("new = 1", "has a use for the name `new` already"),
        ("import new", "has a use for the name `new` already"),
        ("def g():\n        nonlocal old\n        old = 1", "binds `old` anew by `global` or `nonlocal`"),
        ("x = [(old := y) for y in z]", "binds `old` anew by `:=`"),
        ("import old", "binds `old` anew by an import or a definition"),
        ("from m import x as old", "binds `old` anew by an import or a definition"),
        ("def old(): pass", "binds `old` anew by an import or a definition"),
        ("class C:\n        old = old", "has a class in it that binds `old` anew"),
        ("match x:\n        case [old, *_]: pass", "binds `old` anew by a pattern"),
        ("match x:\n        case {'k': 1, **old}: pass", "binds `old` anew by a pattern"),
    ],
)
def test_a_rename_that_would_change_the_meaning_is_refused(body: str, message: str) -> None:
    source = f"def f(old):\n    {body}\n"
    for apply in (apply_edits, apply_to_module):
        with pytest.raises(EditError, match=re.escape(f"`f` {message}")):
            apply(source, rename(source, "old", "new"))


@pytest.mark.parametrize(
    "body", ["g(new=1)", "x.new", "'new'", "x = {'new': 1}  # new", "def g(): x.new = 1"]
)
def test_the_new_word_elsewhere_is_no_obstacle(body: str) -> None:
    source = f"def f(old):\n    {body}\n    return old\n"
    assert both(source, rename(source, "old", "new")) == f"def f(new):\n    {body}\n    return new\n"


def decorate(source: str, decorator: str = "pytest.fixture") -> list[Edit]:
    return [AddDecorator("a.py", *place_of(source, "f"), "f", decorator)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(): pass\n", "@pytest.fixture\ndef f(): pass\n"),
        (
            "x = 1\n\n\n# about f\n@first  # why\n# between\n@second(\n    1\n)\nasync def f():\n    pass\n",
            "x = 1\n\n\n# about f\n@pytest.fixture\n@first  # why\n# between\n@second(\n    1\n)\n"
            "async def f():\n    pass\n",
        ),
        (
            "class T:\r\n\t# of f\r\n\tdef f(self):\r\n\t\tpass\r\n",
            "class T:\r\n\t# of f\r\n\t@pytest.fixture\r\n\tdef f(self):\r\n\t\tpass\r\n",
        ),
        (
            "class T:\n    @staticmethod\n    def f(): pass\n",
            "class T:\n    @pytest.fixture\n    @staticmethod\n    def f(): pass\n",
        ),
    ],
)
def test_a_decorator_becomes_the_outermost(source: str, expected: str) -> None:
    assert both(source, decorate(source)) == expected


FIXTURE = "@pytest.fixture\ndef db():\n    return 1\n"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", FIXTURE),
        ("import pytest\n", f"import pytest\n\n\n{FIXTURE}"),
        ("import pytest", f"import pytest\n\n\n{FIXTURE[:-1]}"),
        ("x = 1\n\n", f"x = 1\n\n\n{FIXTURE}"),
        ("x = 1\n\n\n\n", f"x = 1\n\n\n\n{FIXTURE}"),
        ("# a comment\n", f"# a comment\n\n\n{FIXTURE}"),
        ("\n", f"\n{FIXTURE}"),
        ("def g():\n    pass\n    # end of g\n", f"def g():\n    pass\n    # end of g\n\n\n{FIXTURE}"),
        ("def g():\n    pass\n    \n# end\n", f"def g():\n    pass\n    \n# end\n\n\n{FIXTURE}"),
        ("def g():\n    pass\n    \n", f"def g():\n    pass\n    \n\n{FIXTURE}"),
        ("\ufeffx = 1\r\n", f"\ufeffx = 1\r\n\r\n\r\n{FIXTURE}".replace("\n", "\r\n").replace("\r\r", "\r")),
    ],
)
def test_a_fixture_becomes_the_end_of_the_file(source: str, expected: str) -> None:
    assert both(source, [AddFixture("a.py", FIXTURE, "db")]) == expected


RECIPE = """SERVICES: dict = {}  # filled in
NAMES = None


@pytest.fixture
def url():
    # Where it is.
    service = ""
    other = {"service": ""}
    return SERVICES[service]
"""


def test_a_recipe_is_filled_with_names_and_values() -> None:
    long = Table(
        (("url", "http://localhost:8000/with/a/path/that/is/long"), ("health", Reference("is_server_up")))
    )
    short = Table((("start", ("run", "-v")), ("env", Table(())), ("none", None)))
    services = Table((("a", short), ("b", long)))
    values = (("SERVICES", services), ("service", 'it\'s "a"\n'), ("NAMES", ("x", "it's")))
    filled = """SERVICES: dict = {
    "a": {"start": ["run", "-v"], "env": {}, "none": None},
    "b": {
        "url": "http://localhost:8000/with/a/path/that/is/long",
        "health": is_server_up,
    },
}  # filled in
NAMES = ["x", "it's"]


@pytest.fixture
def a_url():
    # Where it is.
    service = 'it\\'s "a"\\n'
    other = {"service": ""}
    return SERVICES[service]
"""
    edit = AddFixture("a.py", RECIPE, "a_url", ("SERVICES", "a_url"), "url", values)
    assert both("", [edit]) == filled
    assert both("x = 1\r\n", [edit]) == f"x = 1\n\n{filled}".replace("\n", "\r\n")


def test_a_file_of_its_own_with_its_imports() -> None:
    source = f"\n# How long.\nWAIT = 3\n\n\n{FIXTURE}"
    edits: list[Edit] = [
        AddImport("conftest.py", Import("pytest"), NewImport(1)),
        AddFixture("conftest.py", source, "db"),
        AddFixture("conftest.py", "@pytest.fixture\ndef more(db): ...", "more"),
    ]
    expected = (
        f"import pytest\n\n# How long.\nWAIT = 3\n\n\n{FIXTURE}\n\n@pytest.fixture\ndef more(db): ...\n"
    )
    assert both("", edits) == expected
    assert both("", edits, "\r\n") == expected.replace("\n", "\r\n")


def remove(source: str, *names: str) -> list[Edit]:
    edits: list[Edit] = []
    for name in names:
        match = re.search(rf"^(?:async def|def)? ?{name}\b", source, re.MULTILINE)
        assert match is not None
        edits.append(RemoveDefinition("a.py", source.count("\n", 0, match.start()) + 1, 1, name))
    return edits


@pytest.mark.parametrize(
    ("source", "names", "expected"),
    [
        ("def f():\n    pass\n", ["f"], ""),
        ("X = 1\n\n\ndef f():\n    pass\n\n\ny = 2\n", ["f"], "X = 1\n\n\ny = 2\n"),
        ("X = 1\n\n\ndef f():\n    pass\n", ["f"], "X = 1\n"),
        ("X = 1\n\n\ndef f():\n    pass", ["f"], "X = 1"),
        ("X = 1\n\n\ndef f():\n    pass\n", ["X"], "def f():\n    pass\n"),
        ("import x\n\nX = 1\nY = 2\n", ["X"], "import x\n\nY = 2\n"),
        ("import x\n\nX: int = 1\n\n\ndef f(): pass\n", ["X"], "import x\n\n\ndef f(): pass\n"),
        (
            "a = 1\n# of a\n\n# of f\n# too\n@deco(\n    1\n)\n# inner\n"
            "async def f():\n    pass\n    # end\n\n# of b\nb = 1\n",
            ["f"],
            "a = 1\n# of a\n\n# of b\nb = 1\n",
        ),
        (
            "#!/usr/bin/env python\n# Licence\ndef f(): pass\n\n\nx = 1\n",
            ["f"],
            "#!/usr/bin/env python\n# Licence\n\n\nx = 1\n",
        ),
        (
            "import x\n\nA = 1\n\n\ndef f():\n    return A\n\n\ndef g(): pass\n",
            ["A", "f"],
            "import x\n\n\ndef g(): pass\n",
        ),
        ("A = 1\n\n\ndef f(): pass\n\n\n# end\n", ["A", "f"], "# end\n"),
        ("A = 1\n\n\ndef f(): pass\n\n", ["f"], "A = 1\n\n"),
    ],
)
def test_a_definition_goes_with_its_comments(source: str, names: list[str], expected: str) -> None:
    assert both(source, remove(source, *names)) == expected
    windows = source.replace("\n", "\r\n")
    assert both(windows, remove(source, *names)) == expected.replace("\n", "\r\n")


LONG = "tests.fixtures.databases.postgres"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", 'pytest_plugins = ["m.x"]\n'),
        ('"""Doc."""\n', '"""Doc."""\n\npytest_plugins = ["m.x"]\n'),
        ("# Licence\n\nx = 1\n", '# Licence\n\npytest_plugins = ["m.x"]\n\nx = 1\n'),
        (
            "import a\nfrom b import (\n    c,\n)\n\n\ndef f(): pass\n",
            'import a\nfrom b import (\n    c,\n)\n\npytest_plugins = ["m.x"]\n\n\ndef f(): pass\n',
        ),
        ("import a\nx = 1\n", 'import a\n\npytest_plugins = ["m.x"]\n\nx = 1\n'),
        ("import a\nclass C: pass\n", 'import a\n\npytest_plugins = ["m.x"]\n\n\nclass C: pass\n'),
        ("import a\r\n", 'import a\r\n\r\npytest_plugins = ["m.x"]\r\n'),
        ("import a", 'import a\n\npytest_plugins = ["m.x"]'),
        ("pytest_plugins = ['a']  # why\n", "pytest_plugins = ['a', 'm.x']  # why\n"),
        ("pytest_plugins = []\n", 'pytest_plugins = ["m.x"]\n'),
        ("pytest_plugins = 'a'\n", "pytest_plugins = ['a', 'm.x']\n"),
        ('pytest_plugins = "a,b"\n', 'pytest_plugins = ["a", "b", "m.x"]\n'),
        ('pytest_plugins = ("a",)\n', 'pytest_plugins = ("a", "m.x")\n'),
        ('pytest_plugins = "a", "b"\n', 'pytest_plugins = "a", "b", "m.x"\n'),
        ('pytest_plugins: list[str] = ["a", "b",]\n', 'pytest_plugins: list[str] = ["a", "b", "m.x",]\n'),
        (
            'x = 1\npytest_plugins = [\n    "a",  # of a\n    # last\n]\n',
            'x = 1\npytest_plugins = [\n    "a",  # of a\n    "m.x",\n    # last\n]\n',
        ),
        (
            'pytest_plugins = (\n    "a",\n    "b"\n)\n',
            'pytest_plugins = (\n    "a",\n    "b",\n    "m.x"\n)\n',
        ),
        ('pytest_plugins = (\n    "a",\n)\n', 'pytest_plugins = (\n    "a",\n    "m.x",\n)\n'),
        (
            f'pytest_plugins = ["{LONG}", "{LONG}1"]\n',
            f'pytest_plugins = [\n    "{LONG}",\n    "{LONG}1",\n    "m.x",\n]\n',
        ),
    ],
)
def test_pytest_plugins_gains_a_module(source: str, expected: str) -> None:
    assert both(source, [AddPluginModule("conftest.py", "m.x")]) == expected


def test_an_import_stands_above_new_pytest_plugins() -> None:
    edits: list[Edit] = [
        AddPluginModule("conftest.py", "m.x"),
        AddImport("conftest.py", Import("b"), NewImport(2)),
    ]
    assert both("import a\n", edits) == 'import a\nimport b\n\npytest_plugins = ["m.x"]\n'


def test_many_edits_of_one_file() -> None:
    source = (
        "import pytest\n\nWAIT = 1\n\n\ndef f(old):\n    return old(Old)\n\n\nclass T:\n"
        "    def g(self):\n        return Old\n"
    )
    edits: list[Edit] = [
        *rename(source, "old", "new"),
        *add_parameters(source, "db"),
        *decorate(source),
        *add_parameters(source, "db", function="g"),
        RenameName("a.py", Span(7, 16, 7, 19), "Old", "New"),
        RenameName("a.py", Span(12, 16, 12, 19), "Old", "New"),
        *remove(source, "WAIT"),
        AddFixture("a.py", FIXTURE, "db"),
        AddImport("a.py", Import("os"), NewImport(1, 0, 1)),
        AddPluginModule("a.py", "m.x"),
    ]
    expected = (
        'import os\n\nimport pytest\n\npytest_plugins = ["m.x"]\n\n\n@pytest.fixture\ndef f(new, db):\n'
        "    return new(New)\n\n\nclass T:\n    def g(self, db):\n        return New\n\n\n" + FIXTURE
    )
    assert apply_edits(source, edits) == expected


@pytest.mark.parametrize(
    ("source", "edit", "message"),
    [
        ("def f(db): pass\n", AddParameter("", 1, 1, "f", "db"), "`f` has a parameter `db` already"),
        ("def f(*, db): pass\n", AddParameter("", 1, 1, "f", "db"), "`f` has a parameter `db` already"),
        (
            "def f(a=1, /): pass\n",
            AddParameter("", 1, 1, "f", "db"),
            "positional-only parameters with defaults",
        ),
        (
            "def f(): pass\n",
            AddParameter("", 1, 1, "g", "db"),
            "line 1, column 1: no function `g` starts here",
        ),
        (
            "def f(): pass\n",
            AddParameter("", 1, 2, "f", "db"),
            "line 1, column 2: no function `f` starts here",
        ),
        ("def f(a): pass\n", RenameParameter("", 1, 1, "f", "b", "c"), "`f` has no parameter `b`"),
        ("@a.b\ndef f(): pass\n", AddDecorator("", 2, 1, "f", "a.b"), "is decorated with `@a.b` already"),
        ("", AddFixture("", "def f(:", "f"), "the text of fixture `f` is no Python"),
        ("", AddFixture("", "# nothing", "f"), "the text of fixture `f` has no statement in it"),
        ("f = 1; g = 2\n", RemoveDefinition("", 1, 1, "f"), "no definition of `f` stands here by itself"),
        ("if x:\n    f = 1\n", RemoveDefinition("", 2, 5, "f"), "no definition of `f` stands here by itself"),
        ("f = g = 1\n", RemoveDefinition("", 1, 1, "f"), "no definition of `f` stands here by itself"),
        ("class f: pass\n", RemoveDefinition("", 1, 1, "f"), "no definition of `f` stands here by itself"),
        ("pytest_plugins = a + ['b']\n", AddPluginModule("", "m"), "is no literal list, tuple or string"),
        ("pytest_plugins = ['m']\n", AddPluginModule("", "m"), "`pytest_plugins` names `m` already"),
        (
            "if x:\n    pytest_plugins = []\n",
            AddPluginModule("", "m"),
            "is bound in a way that cannot be added",
        ),
        ("pytest_plugins = []\npytest_plugins += x\n", AddPluginModule("", "m"), "cannot be added to"),
        ("from m import pytest_plugins\n", AddPluginModule("", "m"), "cannot be added to"),
    ],
)
def test_an_edit_that_does_not_fit(source: str, edit: Edit, message: str) -> None:
    for apply in (apply_edits, apply_to_module):
        with pytest.raises(EditError, match=re.escape(message)):
            apply(source, [edit])


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_new_module_has_the_line_ends_of_the_suite(newline: str) -> None:
    edits = [AddModule("helpers.py", "import os\n\nHERE = os.curdir\n")]
    expected = "import os\n\nHERE = os.curdir\n".replace("\n", newline)
    assert apply_edits("", edits, newline) == apply_to_module("", edits, newline) == expected


def test_a_new_module_replaces_nothing() -> None:
    with pytest.raises(EditError, match="there is a file of that name already"):
        apply_edits("import os\n", [AddModule("helpers.py", "import sys\n")])
