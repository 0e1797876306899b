"""Where imports go, held against ruff: a sorted file stays sorted, and no import comes late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from prologues import STYLES, WANTED, planned, prologues, ruff, section

from fixer.codemods.apply import apply_edits, split_lines
from fixer.edits import AddImport, JoinImport
from fixer.facts.import_order import ImportStyle
from fixer.facts.placement import place_imports
from fixer.facts.prologue import read_prologue
from fixer.import_statement import Import

if TYPE_CHECKING:
    from pathlib import Path

_FILES = st.lists(
    st.tuples(prologues(), st.lists(st.sampled_from(WANTED), min_size=1, max_size=6, unique=True)),
    min_size=30,
    max_size=30,
)
_RULES = ("--select", "I,E402,F811", "--target-version", "py311")


@pytest.mark.parametrize(("style", "options"), STYLES, ids=[options or "defaults" for _, options in STYLES])
@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # shrinking would start ruff hundreds of times
    suppress_health_check=list(HealthCheck),
)
@given(files=_FILES)
def test_ruff_finds_nothing_new(
    style: ImportStyle, options: str, files: list[tuple[str, list[Import]]], tmp_path: Path
) -> None:
    tmp_path.joinpath("proj").mkdir(exist_ok=True)
    tmp_path.joinpath("proj", "__init__.py").touch()
    tmp_path.joinpath("proj", "core.py").touch()
    tmp_path.joinpath("ruff.toml").write_text(f"[lint.isort]\n{options}\n", encoding="utf-8")
    sorted_folder = tmp_path / "sorted"
    sorted_folder.mkdir(exist_ok=True)
    for number, (source, _) in enumerate(files):
        for folder in (tmp_path, sorted_folder):
            folder.joinpath(f"test_{number}.py").write_bytes(source.encode())
    ruff(sorted_folder, "--select", "I", "--fix")
    for folder in (tmp_path, sorted_folder):
        before = ruff(folder, *_RULES, "--exclude", "sorted") if folder is tmp_path else ruff(folder, *_RULES)
        sources = {}
        for number, (_, wanted) in enumerate(files):
            path = folder / f"test_{number}.py"
            sources[path.name] = source = path.read_bytes().decode()
            changed = apply_edits(source, planned(source, wanted, style))
            path.write_bytes(changed.encode())
            compile(changed, path.name, "exec", dont_inherit=True)
        after = ruff(folder, *_RULES, "--exclude", "sorted") if folder is tmp_path else ruff(folder, *_RULES)
        for name, source in sources.items():
            old, new = before.get(name, {}), after.get(name, {})
            worse = [code for code in ("E402", "F811") if new.get(code, 0) > old.get(code, 0)]
            if "I001" in new and "I001" not in old:
                worse.append("I001")
            assert not worse, (
                f"{worse}\n{source}\n===== became =====\n{(folder / name).read_bytes().decode()}"
            )


@given(source=prologues(), wanted=st.lists(st.sampled_from(WANTED), min_size=1, unique=True))
@settings(deadline=None)
def test_only_import_statements_change(source: str, wanted: list[Import]) -> None:
    """What is left when the touched statements are taken away is what was there before."""
    edits = planned(source, wanted, ImportStyle())
    joined = {edit.place.line for edit in edits if isinstance(edit.place, JoinImport)}
    prologue = read_prologue(source)
    touched = {
        line
        for statement in prologue.statements
        if statement.line in joined
        for line in range(statement.line, statement.end_line + 1)
    }
    kept = [line.rstrip("\n") for number, line in enumerate(split_lines(source), 1) if number not in touched]
    result = iter(line.rstrip("\n") for line in split_lines(apply_edits(source, edits)))
    assert all(line in result for line in kept)  # each found behind the one before it


def _place(source: str, *wanted: Import, style: ImportStyle = ImportStyle(), **options: object) -> str:  # noqa: B008
    """The source with the imports, or the first reason why not."""
    places = place_imports(wanted, read_prologue(source), style, lambda m: section(m, style), **options)  # type: ignore[arg-type]
    for place in places.values():
        if isinstance(place, str):
            return place
    return apply_edits(source, [AddImport("a.py", what, place) for what, place in places.items()])  # type: ignore[arg-type]


PATCH = Import("unittest.mock", "patch")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", "from unittest.mock import patch\n"),
        ('"""d"""', '"""d"""\n\nfrom unittest.mock import patch'),
        ("'a' 'b'\nx = 1\n", "'a' 'b'\n\nfrom unittest.mock import patch\n\nx = 1\n"),
        ("#!/bin/python\nx = 1\n", "#!/bin/python\nfrom unittest.mock import patch\n\nx = 1\n"),
        (
            "# Licence.\n\n# about x\nx = 1\n",
            "# Licence.\n\nfrom unittest.mock import patch\n\n# about x\nx = 1\n",
        ),
        (
            "try:\n    from unittest.mock import Mock\nexcept ImportError:\n    Mock = None\n",
            "from unittest.mock import patch\n\n"
            "try:\n    from unittest.mock import Mock\nexcept ImportError:\n    Mock = None\n",
        ),
        (
            "import os\n\nif TYPE_CHECKING:\n    from unittest.mock import Mock\n",
            "import os\nfrom unittest.mock import patch\n\n"
            "if TYPE_CHECKING:\n    from unittest.mock import Mock\n",
        ),
        ("import os; import re\n", "import os; import re\nfrom unittest.mock import patch\n"),
        (
            "import b\nimport a\n\nimport proj.x\n",
            "from unittest.mock import patch\n\nimport b\nimport a\n\nimport proj.x\n",
        ),
        (
            "from unittest.mock import *\nimport a\n",
            "from unittest.mock import *\nfrom unittest.mock import patch\nimport a\n",
        ),
        (
            "import os\n\n# third party\nimport pytest\n",
            "import os\nfrom unittest.mock import patch\n\n# third party\nimport pytest\n",
        ),
        ("# isort: off\nimport os\n", "# isort: off\n\nfrom unittest.mock import patch\n\nimport os\n"),
    ],
)
def test_places(source: str, expected: str) -> None:
    assert _place(source, PATCH) == expected


def test_above_the_first_use() -> None:
    source = "import os\n\nMOCK = patch('a')\n\nfrom unittest.mock import Mock\n"
    assert _place(source, PATCH, first_use=lambda _: 3).startswith(
        "import os\nfrom unittest.mock import patch\n"
    )
    assert "import Mock, patch" in _place(source, PATCH)


def test_below_a_path_change() -> None:
    source = "import sys\n\nsys.path.insert(0, 'src')\n\nimport pytest\n"
    result = _place(
        source,
        Import("time"),
        Import("httpx"),
        Import("proj.core", "x"),
        needs_path_change=lambda what: what.module.startswith("proj"),
    )
    assert result == (
        "import sys\nimport time\n\nsys.path.insert(0, 'src')\n\n"
        "import httpx\nimport pytest\n\nfrom proj.core import x\n"
    )


def test_no_late_import_where_the_neighbours_are_late() -> None:
    source = "import sys\n\nROOT = 'src'\nsys.path.insert(0, ROOT)\n\nfrom proj.core import a{}\n"
    needs = {"needs_path_change": lambda what: what.module.startswith("proj")}
    assert "E402" in _place(source.format(""), Import("proj.late", "x"), **needs)
    noted = _place(source.format("  # noqa: E402"), Import("proj.late", "x"), **needs)
    assert noted.endswith("from proj.core import a  # noqa: E402\nfrom proj.late import x  # noqa: E402\n")
    assert _place(source.format(""), Import("proj.core", "x"), **needs).endswith("import a, x\n")
    ignored = _place(
        source.format(""), Import("proj.late", "x"), style=ImportStyle(late_imports=True), **needs
    )
    assert ignored.endswith("from proj.core import a\nfrom proj.late import x\n")


def test_a_name_that_is_there_is_refused() -> None:
    assert _place("from unittest.mock import patch\n", PATCH) == "line 1 already imports it"
