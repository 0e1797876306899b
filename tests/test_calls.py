"""What is read of calls: who is called, with which keywords, where, and what speaks against judging it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fixer.facts.calls import read_calls
from fixer.facts.definitions import Alias, ClassShape, FunctionShape, Parameters, read_definitions
from fixer.facts.keyword_scan import members_called, own_names_called, passed_keywords

if TYPE_CHECKING:
    from fixer.facts.call_model import Call


def calls(source: str) -> list[Call]:
    """The calls of what the file imports from `lib`, or from `event_loop`."""

    def wanted(path: str, _has_keywords: bool) -> bool:
        return path.startswith(("lib.", ".lib.", "<event_loop>."))

    return list(read_calls(source, "test_a", wanted, frozenset({"lib"})).calls)


def callees(source: str) -> list[str]:
    return [call.callee for call in calls(source) if call.keywords]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import lib\nlib.f(k=1)", "lib.f"),
        ("import lib.sub\nlib.sub.f(k=1)", "lib.sub.f"),
        ("import lib.sub as s\ns.f(k=1)", "lib.sub.f"),
        ("from lib import f as g\ng(k=1)", "lib.f"),
        ("from .lib import f\nf(k=1)", ".lib.f"),
        ("def t():\n    import lib\n    def u():\n        lib.f(k=1)", "lib.f"),
        ("if x:\n    import lib\nlib.f(k=1)", "lib.f"),
        ("try:\n    import lib\nexcept ImportError:\n    lib = None\nlib.f(k=1)", "lib.f"),
        ("import lib\ng = lib.f\nh = g\nh(k=1)", "lib.f"),
        ("import lib, functools\ng = functools.partial(lib.f, 1)\ng(k=1)", "lib.f"),
        ("import lib, functools as f\nf.partial(lib.f, k=1)", "lib.f"),
        ("import lib\nlib.C().m(k=1)", "lib.C().m"),
        ("import lib\nwith lib.C() as c:\n    c.m(k=1)", "lib.C().m"),
        ("import lib\nasync def t():\n    c = await lib.f()\n    c.m(k=1)", "lib.f().m"),
        ("import lib\nasync def t():\n    a, b = await lib.f()\n    b.m(k=1)", "lib.f()[1].m"),
        ("import lib\nclass D(lib.C): pass\nd = D()\nd.m(k=1)", "lib.C().m"),
        (
            "import lib\nclass T:\n  def s(self):\n    self.c = lib.C()\n  def t(self):\n    self.c.m(k=1)",
            "lib.C().m",
        ),
        ("async def t(event_loop):\n    event_loop.m(k=1)", "<event_loop>.m"),
        ("from lib import f\nfrom lib import g as f\nf(k=1)", "lib.g"),
        ("import lib\n[lib.f(k=i) for i in x]", "lib.f"),
        ("import lib\n@lib.d(k=1)\ndef t(lib): pass", "lib.d"),
        ("import lib\ndef t(a=lib.f(k=1)): pass", "lib.f"),
        ("import lib\nif (c := lib.C()):\n    c.m(k=1)", "lib.C().m"),
    ],
)
def test_who_is_called(source: str, expected: str) -> None:
    assert callees(source) == [expected]


@pytest.mark.parametrize(
    "source",
    [
        "lib.f(k=1)",
        "import lib\nlib = 3\nlib.f(k=1)",
        "import lib\ndef t(lib):\n    lib.f(k=1)",
        "import lib\nfor lib in x:\n    lib.f(k=1)",
        "import lib\ndef t():\n    global lib\n    lib = 3\nlib.f(k=1)",
        "try:\n    from lib import f\nexcept ImportError:\n    from lib.old import f\nf(k=1)",
        "from lib import f\ndef f(**kw): pass\nf(k=1)",
        "import lib\nclass T:\n    lib = 3\n    x = lib.f(k=1)",
        "import lib\ng = lib.f if x else h\ng(k=1)",
        "import lib\nclass T:\n def s(self):\n  self.c = lib.C\n  self.c = 3\n def t(self):\n  self.c.m(k=1)",
        "import lib\ndel lib\nlib.f(k=1)",
        "import lib\nmatch x:\n    case lib:\n        lib.f(k=1)",
        "import lib\ntry:\n    pass\nexcept E as lib:\n    lib.f(k=1)",
    ],
)
def test_who_cannot_be_told(source: str) -> None:
    assert callees(source) == []


@pytest.mark.parametrize(
    ("source", "context"),
    [
        ("async def t():\n    await lib.f(k=1)", "await"),
        ("async def t():\n    async with lib.f(k=1): pass", "async with"),
        ("with lib.f(k=1): pass", "with"),
        ("async def t():\n    async for x in lib.f(k=1): pass", "async for"),
        ("def t():\n    yield from lib.f(k=1)", "yield from"),
        ("g(lib.f(k=1))", "argument"),
        ("g(x=lib.f(k=1))", "argument"),
        ("g(*[lib.f(k=1)])", "argument"),
        ("x = lib.f(k=1)", "assign"),
        ("def t():\n    return lib.f(k=1)", "return"),
        ("lib.f(k=1)", "statement"),
        ("lambda: lib.f(k=1)", "other"),
        ("@lib.f(k=1)\ndef t(): pass", "decorator"),
    ],
)
def test_where_it_stands(source: str, context: str) -> None:
    (call,) = calls(f"import lib\n{source}\n")
    assert call.context == context
    assert call.coroutine is ("async def" in source)


LOCAL = "def t():\n    def old():\n        lib.f(k=1)"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("try:\n    lib.f(k=1)\nexcept TypeError:\n    pass", "`try` with `except TypeError`"),
        ("try:\n    pass\nexcept (ValueError, TypeError):\n    lib.f(k=1)", "`try` with `except TypeError`"),
        ("try:\n    lib.f(k=1)\nexcept Exception:\n    pass", None),
        ("try:\n    pass\nexcept TypeError:\n    pass\nelse:\n    lib.f(k=1)", None),
        ("with raises(TypeError):\n    lib.f(k=1)", "a TypeError is expected"),
        ("with raises(expected_exception=TypeError):\n    lib.f(k=1)", "a TypeError is expected"),
        ("with raises(ValueError):\n    lib.f(k=1)", None),
        ("@mark.xfail(raises=TypeError)\ndef t():\n    lib.f(k=1)", "a TypeError is expected"),
        ("if lib.__version__ < '3':\n    lib.f(k=1)", "asks for a version"),
        ("if 'k' in signature(lib.f).parameters:\n    lib.f(k=1)", "asks for a version"),
        ("if ready:\n    lib.f(k=1)", None),
        ("if not hasattr(lib, 'g'):\n    lib.f(k=1)", "asks for a version"),
        ("if not hasattr(self, 'g'):\n    lib.f(k=1)", None),
        ("if IS_LIB_V1:\n    lib.f(k=1)", "asks for a version"),
        ("if LIB_0_28:\n    lib.f(k=1)", "asks for a version"),
        ("if client_1:\n    lib.f(k=1)", None),
        (f"{LOCAL}\n    if lib.__version__ < '3':\n        old()", "asks for a version"),
        (f"{LOCAL}\n    with raises(TypeError):\n        old()", "a TypeError is expected"),
        (f"{LOCAL}\n    if lib.__version__ < '3':\n        old()\n    old()", None),
        (LOCAL, None),
        ("@mark.skipif(lib.__version__ > '3')\ndef t():\n    lib.f(k=1)", "skipped by version"),
        (
            "@mark.skipif(IS_LIB_V2, reason='x')\nclass T:\n  def t(self):\n    lib.f(k=1)",
            "skipped by version",
        ),
        ("@mark.skipif(not READY, reason='x')\ndef t():\n    lib.f(k=1)", None),
        ("@mark.skipif(sys.version_info < (3, 12))\ndef t():\n    lib.f(k=1)", None),
        ("@needs_lib_v1\ndef t():\n    lib.f(k=1)", "skipped by version"),
        ("@marks.needs_lib_v1\ndef t():\n    lib.f(k=1)", "skipped by version"),
        ("@pytest.mark.tier_v1\n@slow\ndef t():\n    lib.f(k=1)", None),
        ("pytestmark = [mark.slow, mark.skipif(LIB_V2)]\ndef t():\n    lib.f(k=1)", "skipped by version"),
        ("def t():\n    with patch('lib.f'):\n        pass\n    lib.f(k=1)", "patched"),
        ("@patch('lib.f')\ndef t(m):\n    lib.f(k=1)", "patched"),
        ("@patch.object(lib, 'f')\nclass T:\n    def t(self):\n        lib.f(k=1)", "patched"),
        ("def t(monkeypatch):\n    monkeypatch.setattr('lib.f', None)\n    lib.f(k=1)", "patched"),
        ("def t(monkeypatch):\n    monkeypatch.setattr(lib, 'f', None)\n    lib.f(k=1)", "patched"),
        ("def t(mocker):\n    mocker.patch('app.lib.f')\n    lib.f(k=1)", "patched"),
        ("def t():\n    lib.f = None\n    lib.f(k=1)", "patched"),
        ("@fixture\ndef x(m):\n    m.setattr(lib, 'f', None)\ndef t(x):\n    lib.f(k=1)", "patched"),
        (
            "class T:\n  def setUp(self):\n    patch('lib.f').start()\n  def t(self):\n    lib.f(k=1)",
            "patched",
        ),
        ("@patch.dict('sys.modules', {'lib': None})\ndef t():\n    lib.f(k=1)", "patched"),
        ("def t():\n    sys.modules['lib'] = None\n    lib.f(k=1)", "patched"),
        ("def other():\n    with patch('lib.f'):\n        pass\ndef t():\n    lib.f(k=1)", None),
        ("@patch('lib.g')\ndef t(m):\n    lib.f(k=1)", None),
        ("@patch('app.f')\ndef t(m):\n    lib.f(k=1)", None),
    ],
)
def test_what_speaks_against_it(source: str, reason: str | None) -> None:
    (call,) = (call for call in calls(f"import lib\n{source}\n") if call.keywords)
    assert (call.guard is not None) == (reason is not None)
    assert reason is None or reason in str(call.guard)


def test_a_name_of_the_file_is_patched_in_the_file() -> None:
    source = "from lib import f\n@patch('tests.{}.f')\ndef t(m):\n    f(k=1)\n"
    assert calls(source.format("test_a"))[0].guard is not None
    assert calls(source.format("test_b"))[0].guard is None


def test_keywords_and_where_they_stand() -> None:
    source = """import lib
def t():
    kw = {"a": 1, "b": x.y}
    lib.f(1, **kw)
    lib.f(ä := 2, c=-1.5, **{"d": None})
    lib.f(*rest, e=g(), **other)
"""
    first, second, third = calls(source)
    assert [(each.name, each.kind, each.place, each.span.line) for each in first.keywords] == [
        ("a", "number", "dict", 3),
        ("b", "attribute", "dict", 3),
    ]
    assert first.positional == 1 and first.first == "number" and not first.open_ended
    assert [(each.name, each.value, each.kind, each.place) for each in second.keywords] == [
        ("c", "-1.5", "number", "call"),
        ("d", "None", "none", "splat"),
    ]
    assert (second.keywords[0].span.column, second.keywords[1].span.column) == (19, 30)
    assert third.open_ended and third.keyword("e") is not None and third.keyword("x") is None


@pytest.mark.parametrize(
    "source",
    [
        "def t(b):\n    kw = {'a': 1}\n    kw[b] = 2\n    lib.f(**kw)",
        "def t():\n    kw = {'a': 1}\n    lib.f(**kw)\n    lib.f(**kw)",
        "def t():\n    kw = {'a': 1}\n    kw = {}\n    lib.f(**kw)",
        "def t():\n    kw = {'a': 1, **more}\n    lib.f(**kw)",
        "def t(kw):\n    lib.f(**kw)",
        "kw = {'a': 1}\nlib.f(**kw)",
    ],
)
def test_a_dictionary_that_cannot_be_read(source: str) -> None:
    call = calls(f"import lib\n{source}\n")[0]
    assert call.open_ended and not call.keywords


def test_a_function_that_hands_its_keywords_on() -> None:
    source = "import lib\ndef dial(a, **kw):\n    return lib.f(a, **kw)\ndial(a=1)\ndial(1, k=2)\n"
    inner, outer = calls(source)
    assert inner.open_ended and not outer.open_ended
    assert (outer.callee, outer.spelled, outer.context) == ("lib.f", "dial", "through")
    assert [each.name for each in outer.keywords] == ["k"]


def test_what_is_visible() -> None:
    (call,) = calls("import lib as l\nfrom lib import C\ndef t(x, C):\n    l.f(k=1)\n")
    assert call.visible == (("lib", "l"),)
    assert {"x", "C", "t"} <= call.taken


def test_definitions() -> None:
    source = """
def f(a, /, b, *args, c=1): pass
def g(**kw): pass
@cached
def h(x): pass
def twice(): pass
if x:
    def twice(): pass
class C(Base, pkg.Mixin[int]):
    def __init__(self, a, *, b): pass
@dataclass(frozen=True)
class D:
    x: int
    y: ClassVar[int]
    z: int = field(init=False)
class M(metaclass=Meta): pass
class N:
    def __new__(cls): pass
    @classmethod
    def make(cls, a): pass
    @staticmethod
    def read(a): pass
    @property
    def p(self): pass
E = D
F = pkg.mod.D
E2 = f()
if x:
    G = D
"""
    found = read_definitions(source)
    assert found["f"] == FunctionShape(2, Parameters(("b", "c")), ())
    assert found["g"] == FunctionShape(3, Parameters((), True), ())
    assert found["h"] == FunctionShape(5, Parameters(("x",)), ("cached",))
    assert "twice" not in found
    of_class, of_data, no_methods = frozenset({"__init__"}), frozenset("xyz"), ()
    init = Parameters(("a", "b"))
    assert found["C"] == ClassShape(9, ("Base", "pkg.Mixin"), (), init, (), no_methods, of_class, False)
    fields = (("x", True), ("z", False))
    assert found["D"] == ClassShape(12, (), ("dataclass",), None, fields, no_methods, of_data, False)
    made = found["N"]
    assert isinstance(made, ClassShape) and found["M"].special and made.special  # type: ignore[union-attr]
    assert dict(made.methods) == {
        "make": FunctionShape(20, Parameters(("a",)), ("classmethod",)),
        "read": FunctionShape(22, Parameters(("a",)), ("staticmethod",)),
    }
    assert found["E"] == Alias("D") and found["F"] == Alias("pkg.mod.D")
    assert not {"E2", "G"} & found.keys()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"f(a=1, b = 2)", "a b"),
        (b"f(g(a=1), b=2)", "b"),
        (b"f(x == 1, a=[{'b': 2}], c=3)", "a c"),
        (b'f(\'a=1)\', """b=2)\n""", r\'\\\', c=3)', "c"),
        (b"f(  # a=1)\n  b=2)", "b"),
        (b"gf(a=1) + x.f(b=2) + f(c=3)", "c"),
        (b"f(a=1)\nf(b=2)", "a b"),
        (b"f", ""),
    ],
)
def test_the_search_for_keywords(source: bytes, expected: str) -> None:
    assert passed_keywords(source, "f") == set(expected.split())


def test_the_search_for_members() -> None:
    assert members_called(b"m.f(1) + m.g (2) + x.m.h(3) + m.n.o(4) + mm.p(5)", "m") == {"f", "n.o"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"def f(a, b=1):\n    pass\nf(b=2)\n", ""),
        (b"def f(a, b=1):\n    c = 1\nf(c=2)\n", "f"),
        (b"def f(\n    a: int,\n    b: int,\n) -> None:\n    c = 1\nf(a=2, b=1)\n", ""),
        (b"def f(\r\n    a,\r\n    b):\r\n    c = 1\r\nf(c=1)\r\n", "f"),
        (b"@dataclass\nclass f:\n    a: int\n\n    b: int\n\nf(a=2, b=1)\nf(c=1)\n", "f"),
        (b"class f:\n    def __init__(self, a):\n        b = a\n\n    c: int\n\nf(a=2, c=1)\n", ""),
        (b"class f:\n    def __init__(self, a):\n        b = a\n\nf(b=2)\n", "f"),
        (b"class f(Base, metaclass=M):\n    def __init__(self, a):\n        pass\n", ""),
        (b"async def f(a): # :\n    b\nawait f(b=1)\n", "f"),
        (b"x = f(b=1)\n", "f"),
    ],
)
def test_the_search_for_own_names(source: bytes, expected: str) -> None:
    assert own_names_called(source, ["f", "g"]) == set(expected.split())
