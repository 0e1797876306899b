"""Where a name comes from, held against what a running Python imports."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from fixer.facts.outline import read_outline
from fixer.facts.symbols import module_names, read_scopes
from fixer.import_statement import Import
from fixer.project.modules import Modules
from fixer.project.origins import Origins
from tests.cli_runner import write_files

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "shop/__init__.py": "from shop._cart import Cart, add as put\nfrom .pay import *\nfrom . import tax\n",
    "shop/_cart.py": "class Cart: pass\ndef add(): pass\ndef _hidden(): pass\n",
    "shop/pay/__init__.py": "from .card import Card, charge\nfrom .cash import *\n_private = 1\n",
    "shop/pay/card.py": "from json import loads as charge\nclass Card: pass\n",
    "shop/pay/cash.py": "__all__ = ['Coin']\nclass Coin: pass\nclass Note: pass\n",
    "shop/tax.py": "try: from fast import rate\nexcept ImportError: from ._cart import add as rate\n",
    "tests/test_a.py": "",
}
# The name, and the module of the project where Python says that its object was made.
PROBE = """
import importlib, json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
found = {}
for module, name in json.loads(sys.argv[2]):
    try:
        value = getattr(importlib.import_module(module), name, None)
        value = value or importlib.import_module(f"{module}.{name}")
    except ImportError:
        continue
    if isinstance(value, type(sys)):
        found[f"{module}.{name}"] = [value.__name__, False]
    else:
        found[f"{module}.{name}"] = [value.__module__, value.__name__]
print(json.dumps(found))
"""
ASKED = [
    (module, name)
    for module in ("shop", "shop._cart", "shop.pay", "shop.pay.card", "shop.pay.cash")
    for name in (
        "Cart",
        "put",
        "add",
        "Card",
        "charge",
        "Coin",
        "Note",
        "tax",
        "pay",
        "_hidden",
        "no",
    )
]


@pytest.fixture
def origins() -> Origins:
    def outline(path: str):  # type: ignore[no-untyped-def]
        return read_outline(path, FILES[path].encode()) if path in FILES else None

    def bound_names(path: str) -> frozenset[str]:
        return module_names(read_scopes(FILES[path].encode()))

    return Origins(Modules(FILES), outline, bound_names)


def test_a_name_comes_from_where_python_says_its_object_was_made(origins: Origins, tmp_path: Path) -> None:
    root = write_files(tmp_path / "project", {path: text.encode() for path, text in FILES.items()})
    command = [sys.executable, "-I", "-c", PROBE, str(root), json.dumps(ASKED)]
    truth = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert len(truth) > 15
    for module, name in ASKED:
        origin = origins.of(Import(module, name), "tests/test_a.py")
        if f"{module}.{name}" not in truth:
            assert origin is None, (module, name, origin)
            continue
        made_in, made_as = truth[f"{module}.{name}"]
        assert origin is not None, (module, name)
        if origin.kind == "external":  # `json.loads` was made in `json`
            assert (origin.place, origin.name) == (made_in, made_as)
        else:
            stem = origin.place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            assert (stem, origin.name or False) == (made_in, made_as), (module, name)


def test_a_star_brings_what_python_says(origins: Origins, tmp_path: Path) -> None:
    root = write_files(tmp_path / "project", {path: text.encode() for path, text in FILES.items()})
    for module in ("shop", "shop._cart", "shop.pay.card", "shop.pay.cash", "json", "unittest.mock"):
        code = (
            f"import sys; sys.dont_write_bytecode = True; sys.path.insert(0, {str(root)!r})\n"
            f"names = {{}}\nexec('from {module} import *', names)\nprint(*names)"
        )
        done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
        brought = set(done.stdout.split()) - {"__builtins__"}
        ours = origins.exports(module, "tests/test_a.py")
        assert ours is not None
        # A package also has the submodules that somebody imported before.
        ours -= {"ThreadingMock"}  # of Python 3.13; testfix knows the names of every version
        assert brought - {"pay", "card", "cash", "ThreadingMock"} == ours, module


CYCLE = {
    "a.py": "from b import *\nfrom b import there\n",
    "b.py": "from a import *\nfrom a import there\n",
    "lazy.py": "def __getattr__(name): return name\n",
    "test_x.py": "",
}


def test_circles_and_lazy_modules_end() -> None:
    outlines = {path: read_outline(path, text.encode()) for path, text in CYCLE.items()}
    origins = Origins(Modules(CYCLE), outlines.get, lambda path: None)
    assert origins.of(Import("a", "nowhere"), "test_x.py") is not None  # nobody can say that it is not there
    found = origins.of(Import("a", "there"), "test_x.py")
    assert found is not None and found.kind == "value"
    lazy = origins.of(Import("lazy", "anything"), "test_x.py")
    assert lazy is not None and lazy.kind == "value"
    assert origins.exports("a", "test_x.py") is None


def test_what_lies_outside_the_project_is_external(origins: Origins) -> None:
    here = "tests/test_a.py"
    mock = origins.of(Import("mock", "patch"), here)
    unittest_mock = origins.of(Import("unittest.mock", "patch"), here)
    assert mock == unittest_mock
    assert mock is not None and mock.kind == "external"
    assert origins.of(Import("..nothing", "x"), here) is None
    assert origins.of(Import("shop.missing", "x"), here) is not None
