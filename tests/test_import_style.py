"""Import styles from settings; sections as ruff sees them."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from fixer.facts.import_order import FIRST_PARTY, LOCAL, STDLIB, THIRD_PARTY, ImportStyle
from fixer.project.import_style import is_first_party, own_modules, read_import_style, section_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("pyproject", "isort", "expected"),
    [
        ({}, None, {"line_length": 88, "target": 10}),
        ({"tool": {"black": {"line-length": 100}}}, None, {"line_length": 100}),
        ({"tool": {"ruff": {"line-length": 120}, "black": {"line-length": 99}}}, None, {"line_length": 120}),
        ({"project": {"requires-python": ">= 3.12, <4"}}, None, {"target": 12}),
        ({"tool": {"ruff": {"isort": {"combine-as-imports": True}}}}, None, {"combine_as_imports": True}),
        ({"tool": {"ruff": {"lint": {"select": ["E", "F"]}}}}, None, {"late_imports": False}),
        ({"tool": {"ruff": {"lint": {"select": ["F"]}}}}, None, {"late_imports": True}),
        ({"tool": {"ruff": {"lint": {"ignore": ["E402"]}}}}, None, {"late_imports": True}),
        ({"tool": {"isort": {"profile": "black"}}}, None, {"line_length": 88, "force_wrap": 0}),
        ({"tool": {"isort": {"profile": "attrs"}}}, None, {"force_wrap": 2, "lines_between_types": 1}),
        (
            {"tool": {"ruff": {"lint": {"extend-select": ["I"]}}, "isort": {"force_single_line": True}}},
            None,
            {"force_single_line": False},
        ),
        (
            {},
            {"line_length": "79", "known_first_party": "a,\n b", "force_sort_within_sections": "true"},
            {"line_length": 79, "known": ((FIRST_PARTY, ("a", "b")),), "force_sort_within_sections": True},
        ),
        (
            {},
            {"sections": "FUTURE,STDLIB,DJANGO,THIRDPARTY,FIRSTPARTY,LOCALFOLDER", "known_django": "django"},
            {
                "section_order": (STDLIB, "django", THIRD_PARTY, FIRST_PARTY, LOCAL),
                "known": (("django", ("django",)),),
            },
        ),
        ({"tool": {"ruff": {"line-length": "wide", "lint": 3, "src": 1}}}, None, {"line_length": 88}),
    ],
)
def test_reading_settings(
    pyproject: dict[str, Any], isort: dict[str, Any] | None, expected: dict[str, object]
) -> None:
    style = read_import_style(pyproject, None, isort)
    assert {name: getattr(style, name) for name in expected} == expected


FILES = (
    "pkg/__init__.py",
    "pkg/core.py",
    "src/lib/api.py",
    "tests/__init__.py",
    "tests/unit/test_a.py",
    "one.py",
)
MODULES = (
    *("os", "os.path", "tomllib", "distutils", "imp", "aifc", "xdrlib", "unittest.mock", "pytest"),
    *("pkg", "pkg.core", "pkg.none", "lib.api", "lib", "one", "tests.unit", "tests"),
    *("known.sub", "known", "other.deep.er"),
)


@pytest.mark.parametrize("target", [9, 10, 11, 12, 13])
def test_sections_are_those_of_ruff(target: int, tmp_path: Path) -> None:
    for name in FILES:
        tmp_path.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        tmp_path.joinpath(name).touch()
    options = '[lint.isort]\nknown-first-party = ["known.sub"]\nknown-third-party = ["other.*.er"]\n'
    tmp_path.joinpath("ruff.toml").write_text(f'target-version = "py3{target}"\n{options}', encoding="utf-8")
    path = tmp_path / "tests" / "unit" / "test_a.py"
    path.write_text("".join(f"import {module}\n" for module in MODULES), encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "I", "-v", "tests"]
    log = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stderr
    said = dict(re.findall(r"Categorized '([\w.]+)' as Known\((\w+)\)", log))
    names = {"StandardLibrary": STDLIB, "ThirdParty": THIRD_PARTY, "FirstParty": FIRST_PARTY}
    style = read_import_style(
        {},
        {
            "target-version": f"py3{target}",
            "lint": {"isort": {"known-first-party": ["known.sub"], "known-third-party": ["other.*.er"]}},
        },
    )
    own = own_modules(FILES)
    mine = {
        module: section_of(module, style, lambda name: is_first_party(name, FILES[4], style, own))
        for module in MODULES
    }
    assert mine == {module: names[said[module]] for module in MODULES}


def test_sections_that_are_left_out_fall_to_the_default() -> None:
    style = ImportStyle(section_order=("future", STDLIB, THIRD_PARTY))
    assert section_of(".mod", style, lambda _: True) == THIRD_PARTY
    assert section_of("own", ImportStyle(no_sections=True), lambda _: False) == FIRST_PARTY
