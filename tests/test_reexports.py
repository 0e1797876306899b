"""Imports that are there for others to see: ruff and autoflake leave them alone."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from prologues import STYLES, prologues, ruff, section

from fixer.codemods.apply import apply_edits, apply_to_module
from fixer.compose import compose
from fixer.edits import AddImport
from fixer.facts.import_order import ImportStyle
from fixer.facts.placement import place_imports
from fixer.facts.prologue import read_prologue
from fixer.finding import Fix, Safety
from fixer.import_statement import Import
from fixer.project.modules import Modules

if TYPE_CHECKING:
    from pathlib import Path

DB, CACHE = Import("proj.core", "db"), Import("proj.core", "cache")


def reexported(source: str, wanted: list[Import], style: ImportStyle | None = None) -> str:
    """The source with all of `wanted` that has a place in it."""
    style = style or ImportStyle()
    places = place_imports(
        wanted, read_prologue(source), style, lambda module: section(module, style), reexports=wanted
    )
    edits = [
        AddImport("conftest.py", what, place, "", True)
        for what, place in places.items()
        if not isinstance(place, str)
    ]
    spliced = apply_edits(source, edits)
    if not re.search("^\x0c", source, re.MULTILINE):  # LibCST loses form feeds at the start of a line
        assert apply_to_module(source, edits) == spliced
    return spliced


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", "from proj.core import cache, db  # noqa: F401\n"),
        ("import os\n", "import os\n\nfrom proj.core import cache, db  # noqa: F401\n"),
        (
            "from proj.core import app  # noqa: F401\n",
            "from proj.core import app, cache, db  # noqa: F401\n",
        ),
        (
            "from proj.core import (  # noqa\n    app,\n    zoo,\n)\n",
            "from proj.core import (  # noqa\n    app,\n    cache,\n    db,\n    zoo,\n)\n",
        ),
        (
            "from proj.core import App\n\nApp()\n",
            "from proj.core import (\n    App,\n    cache,  # noqa: F401\n    db,  # noqa: F401\n)\n"
            "\nApp()\n",
        ),
        (
            "from proj.core import App  # why\n",
            "from proj.core import (  # why\n    App,\n    cache,  # noqa: F401\n    db,  # noqa: F401\n)\n",
        ),
        (
            "from proj.core import (\n    App,  # of App\n    # of zoo\n    zoo\n)  # end\n",
            "from proj.core import (\n    App,  # of App\n    cache,  # noqa: F401\n    db,  # noqa: F401\n"
            "    # of zoo\n    zoo,\n)  # end\n",
        ),
        (
            "import proj; from proj.core import App\n",
            "import proj; from proj.core import App\nfrom proj.core import cache, db  # noqa: F401\n",
        ),
        (
            "import os\n\nx = 1\n\nimport proj.late  # noqa: E402\n",
            "import os\n\nx = 1\n\nimport proj.late  # noqa: E402\n"
            "from proj.core import cache, db  # noqa: E402, F401\n",
        ),
    ],
)
def test_the_mark(source: str, expected: str) -> None:
    assert reexported(source, [DB, CACHE]) == expected


def test_a_statement_that_is_too_long_is_marked_behind_its_parenthesis() -> None:
    assert reexported("", [DB, CACHE], ImportStyle(line_length=30)) == (
        "from proj.core import (  # noqa: F401\n    cache,\n    db,\n)\n"
    )


def test_a_name_that_the_file_uses_itself_needs_no_mark() -> None:
    fixes = [
        Fix("seen", (AddImport("conftest.py", DB, reexport=True),), Safety.SAFE, ""),
        Fix("used", (AddImport("conftest.py", DB), AddImport("conftest.py", CACHE)), Safety.SAFE, ""),
    ]
    composed = compose(
        fixes, lambda path: read_prologue(""), lambda *_: None, lambda _: ImportStyle(), Modules([], {})
    )
    assert apply_edits("", composed.edits["conftest.py"]) == "from proj.core import cache, db\n"


@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # shrinking would start the tools hundreds of times
    suppress_health_check=list(HealthCheck),
)
@given(
    sources=st.lists(prologues(), min_size=25, max_size=25),
    wanted=st.sets(
        st.sampled_from([DB, CACHE, Import("unittest.mock", "patch"), Import("proj.core", "helper")]),
        min_size=1,
    ),
    style=st.sampled_from(STYLES),
)
def test_ruff_and_autoflake_leave_them_alone(
    sources: list[str], wanted: set[Import], style: tuple[ImportStyle, str], tmp_path: Path
) -> None:
    (tmp_path / "proj").mkdir(exist_ok=True)
    for name in ("__init__", "core"):
        (tmp_path / "proj" / f"{name}.py").touch()
    (tmp_path / "ruff.toml").write_text(f"[lint.isort]\n{style[1]}\n", encoding="utf-8")
    for number, source in enumerate(sources):
        (tmp_path / f"conftest_{number}.py").write_bytes(source.encode())
    ruff(tmp_path, "--select", "I,F401", "--fix", "--unsafe-fixes")
    added: dict[Path, set[str]] = {}
    paths = sorted(tmp_path.glob("conftest_*.py"))
    before = {path: path.read_bytes().decode() for path in paths}
    counts = ruff(tmp_path, "--select", "I")
    for path, source in before.items():
        path.write_bytes(reexported(source, sorted(wanted), style[0]).encode())
        old, new = names(source), names(path.read_bytes().decode())
        added[path] = new - old
    assert any(added.values())
    for name, found in ruff(tmp_path, "--select", "I").items():
        assert found == counts.get(name), (tmp_path / name).read_text(encoding="utf-8")
    for options in (("F401",), ("F401,RUF100", "--unsafe-fixes"), ("F,I,E402,RUF100", "--unsafe-fixes")):
        ruff(tmp_path, "--fix", "--select", *options)
    autoflake = [sys.executable, "-m", "autoflake", "--in-place", "--remove-all-unused-imports"]
    subprocess.run([*autoflake, *map(str, paths)], check=True, capture_output=True)
    for path, kept in added.items():
        text = path.read_bytes().decode()
        assert kept <= names(text), f"{before[path]}\n=====\n{text}"


def names(source: str) -> set[str]:
    """Module and name of everything imported above the first definition."""
    return {
        f"{what.module}.{what.name}"
        for statement in read_prologue(source).statements
        for what in statement.names
    }
