"""Modules whose names lead in circles, by imports, aliases and base classes: every question ends."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from cli_runner import write_files
from hypothesis import given, settings
from hypothesis import strategies as st

import fixer

NAMES = ("one", "two", "three")
MODULES = ("conftest", "tests.helpers", "tests.test_a", "tests")
STATEMENTS = (
    "{a} = {b}",
    "{a} = {b}.{c}",
    "{a} = {b}({c})",
    "{a} = pytest.fixture({b})",
    "{a} = partial({b}, 1)",
    "{a} = {b} if {c} else {a}",
    "if {c}:\n    {a} = {b}.{a}",
    "if {c}:\n    {a} = {b}\nelse:\n    {a} = {a}.{b}",
    "for {a} in {b}.{c}:\n    pass",
    "import {m}",
    "import {m} as {a}",
    "from {m} import {a}",
    "from {m} import {a} as {b}",
    "from {m} import *",
    "__all__ = ['{a}', '{b}'] + {c}.__all__",
    "pytest_plugins = ['{m}', {a}]",
    "pytestmark = {a}.{b}({c})",
    "class {a}({b}):\n    {c} = {a}",
    "class {a}({b}.{c}, {c}):\n    {b} = {b}.{a}\n    def test_x(self, {c}):\n        {a}({b}={c})",
    "class Test{a}({b}):\n    class Test{c}({a}):\n        def test_x(self, {b}):\n            {c}.{a}()",
    "@{a}.{b}\ndef test_{c}({b}, {c}={a}):\n    {a}({b}=1)\n    missing",
    "@{a}\ndef {b}({c}):\n    return {b}.{a}({c}=2)",
    "@pytest.fixture\ndef {a}({a}, {b}):\n    return missing",
    "@pytest.mark.skipif({a}.{b} or {c}, reason='')\ndef test_{b}({a}):\n    patch",
    "@pytest.mark.parametrize({a}, {b}.{c}, indirect={c})\ndef test_{b}({a}):\n    {c}()",
    "@pytest.mark.parametrize('{a}', {a}.{a})\ndef test_{b}({b}):\n    {c}()",
    "test_{a} = {b}.{c}",
    "def pytest_configure(config):\n    config.pluginmanager.register({a}())",
    "def pytest_generate_tests(metafunc):\n    {a}(metafunc)",
    "def {a}(metafunc):\n    {b}(metafunc)\n    metafunc.parametrize('{c}', [1])",
    "class {a}({b}):\n    {c} = pytest.fixture(len)\n    def pytest_exception_interact(self):\n        pass",
    "test_{a} = partial({b}.{c}, 1)",
)


@st.composite
def sources(draw: st.DrawFn) -> str:
    words = {key: st.sampled_from(NAMES) for key in "abc"} | {"m": st.sampled_from(MODULES)}
    filled = st.builds(str.format, st.sampled_from(STATEMENTS), **words)
    return "\n".join(draw(st.lists(filled, max_size=12))) + "\n"


@settings(max_examples=60)
@given(conftest=sources(), helpers=sources(), package=sources(), test=sources())
def test_every_question_ends(conftest: str, helpers: str, package: str, test: str) -> None:
    check(
        {
            "conftest.py": conftest,
            "tests/__init__.py": package,
            "tests/helpers.py": helpers,
            "tests/test_a.py": test,
        }
    )


@pytest.mark.parametrize(
    "source",
    [
        "x = make()\nif x:\n    x = x.parent\n\n\n@x.option\ndef test_a():\n    pass\n",
        "class A(B):\n    pass\n\n\nclass B(A):\n    pass\n\n\ndef pytest_configure(config):\n"
        "    config.pluginmanager.register(A())\n\n\ndef test_a(db):\n    pass\n",
        "Base = Other\nOther = Base\n\n\nclass TestA(Base):\n    def test_a(self, db):\n        pass\n",
        "\n".join(f"if x:\n    x = x.a{n}" for n in range(40)) + "\n\n\n@x.y.z\ndef test_a():\n    pass\n",
    ],
)
def test_known_circles(source: str) -> None:
    check({"tests/test_a.py": source})


def check(files: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), {path: text.encode() for path, text in files.items()})
        report = fixer.check(cwd=Path(folder))
        assert not report.errors, report.errors
        assert report.files_checked
