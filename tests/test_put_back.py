"""The benchmark's own arithmetic: what it takes away, and how it judges what comes back."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from putback.mutation import targets, without
from putback.names import undefined_names
from putback.origin import Imported, Repository
from putback.score import RIGHT, SYNTAX_ERROR, UNREPAIRED, WRONG, judge
from putback.trial import Trial, kind_of, rounds


def take(source: str, name: str) -> str | None:
    tree = ast.parse(source)
    target = next(target for target in targets(tree) if target.bound == name)
    left = without(source.encode(), tree, target)
    return None if left is None else left.decode()


@pytest.mark.parametrize(
    ("source", "name", "left"),
    [
        ("import os\nimport re  # needed\n\nx = 1\n", "re", "import os\n\nx = 1\n"),
        ("import os, re\n", "os", "import re\n"),
        ("import os, re\n", "re", "import os\n"),
        ("from a import b as c, d\r\nx = 1\r\n", "c", "from a import d\r\nx = 1\r\n"),
        ("from a import (b, c,)\n", "c", "from a import (b,)\n"),
        ("from a import b, \\\n    c\n", "c", "from a import b\n"),
        (
            "from a import (  # why\n    b,  # b\n    c  # c\n)\n",
            "b",
            "from a import (  # why\n    c  # c\n)\n",
        ),
        ("from a import (b,  # of b\n    c)\n", "c", None),
        ("from a import (\n    b,\n    c\n)\n", "c", "from a import (\n    b,\n)\n"),
        ("from a import (\n    b,\n)\nx = 1\n", "b", "x = 1\n"),
        ('"""é""" ; import os\n', "os", None),
        ("import os; import re\n", "os", None),
        ("import os", "os", ""),
    ],
)
def test_take_away(source: str, name: str, left: str | None) -> None:
    assert take(source, name) == left


def test_stars_and_future_imports_stay() -> None:
    tree = ast.parse(
        "from __future__ import annotations\nfrom a import *\ntry:\n    import b\nfinally:\n    pass\n"
    )
    assert list(targets(tree)) == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("print(a)\n", {"a"}),
        ("def f():\n    global a\n    a = 1\nprint(a)\n", set()),
        ("class C:\n    a = 1\n    b = list(a for _ in c)\n", {"a", "c"}),
        ("x: 'a' = 1\n", set()),
        ("try:\n    import a\nexcept ImportError:\n    b = 1\na, b\n", set()),
        ("class C:\n    def f(self):\n        return __class__, __file__, super()\n", set()),
    ],
)
def test_undefined_names(source: str, names: set[str]) -> None:
    assert undefined_names(source.encode()) == names


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    files = {
        "src/app/__init__.py": "from app.core import Thing\nfrom .extra import *\n",
        "src/app/core.py": "import json\nclass Thing: ...\nclass Other: ...\n",
        "src/app/extra.py": "from app.core import Other\nclass Extra: ...\n",
        "src/app/compat.py": "try:\n    import tomllib\nexcept ImportError:\n    import tomli as tomllib\n",
        "tests/__init__.py": "",
        "tests/tools.py": "from unittest import mock\nhelp = 1\n",
        "tests/unit/__init__.py": "",
        "loose/near.py": "x = 1\n",
        "loose/test_b.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return Repository.read(tmp_path)


PATH = "tests/unit/test_a.py"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Imported("app", "Thing"), Imported("app.core", "Thing"), True),
        (Imported("app", "Other"), Imported("app.core", "Other"), True),  # through a star
        (Imported("app", "Extra"), Imported("app.extra", "Extra"), True),
        (Imported("app", "Thing"), Imported("app", "Other"), False),
        (Imported("app", "core"), Imported("app.core", None, "core"), True),
        (Imported("..tools", "help"), Imported("tests.tools", "help"), True),
        (Imported("..tools", "mock"), Imported("unittest", "mock"), True),
        (Imported("unittest.mock", None, "mock"), Imported("unittest", "mock"), True),
        (Imported("mock"), Imported("unittest", "mock"), False),
        (Imported("app.compat", "tomllib"), Imported("tomllib"), False),  # one of two
        (Imported("os.path"), Imported("os"), True),
        (Imported("xml.etree"), Imported("xml"), False),
        (Imported("datetime"), Imported("datetime", "datetime"), False),
        (Imported("numpy", "testing"), Imported("app", "testing"), False),
    ],
)
def test_same_origin(repository: Repository, one: Imported, other: Imported, same: bool) -> None:
    assert (repository.origin(PATH, one) == repository.origin(PATH, other)) is same


@pytest.mark.parametrize(
    ("path", "what", "kind"),
    [
        (PATH, Imported("unittest", "mock"), "mock"),
        (PATH, Imported("mock", "patch"), "mock"),
        (PATH, Imported("pytest"), "pytest"),
        (PATH, Imported("json", "loads"), "stdlib"),
        (PATH, Imported("numpy", None, "np"), "third party"),
        (PATH, Imported("app.core", "Thing"), "project"),
        (PATH, Imported(".", "x"), "project"),
        (PATH, Imported("near", "x"), "third party"),
        ("loose/test_b.py", Imported("near", "x"), "project"),
    ],
)
def test_kinds(repository: Repository, path: str, what: Imported, kind: str) -> None:
    assert kind_of(repository, path, what) == kind


BROKEN = "import os\n\nfrom app.core import (\n    Other,  # why\n)\n\n\ndef test():\n    Other, os, Thing\n"


@pytest.mark.parametrize(
    ("old", "new", "outcome", "other_lines"),
    [
        ("", "", UNREPAIRED, 0),
        ("    Other,", "    Thing,\n    Other,", RIGHT, 0),
        ("from app.core import (\n    Other,  # why\n)", "from app.core import Other, Thing", RIGHT, 3),
        ("import os\n", "import os\n\nfrom app import Thing\n", RIGHT, 0),
        ("import os\n", "import os\n\n\n\nfrom ..unit.nothing import Thing\n", WRONG, 0),
        ("import os\n", "import os\nThing = None\n", WRONG, 1),
        ("import os\n", "import os\nif os:\n    from app import Thing\n", WRONG, 2),
        ("import os\n", "import os\nfrom app import Thing\nThing = Thing or None\n", WRONG, 1),
        ("    Other, os", "    from app import Thing\n    Other, os", WRONG, 1),
        ("import os\n", "import os\nfrom app import Thing, Extra\n", RIGHT, 1),
        ("    Other,  # why", "    Thing,", WRONG, 1),
        ("import os\n", "import os, \n", SYNTAX_ERROR, 2),
        ("import os\n", "import  os\n", UNREPAIRED, 2),
        ("def test():\n", "def test() -> None:\n", UNREPAIRED, 2),
        ("\n\n\ndef", "\n\n\nfrom app import Thing\n\n\ndef", RIGHT, 0),
        ("import os\n", "from app import Thing\nimport  os\n", RIGHT, 2),
    ],
)
def test_judge(repository: Repository, old: str, new: str, outcome: str, other_lines: int) -> None:
    result = BROKEN.replace(old, new, 1) if old else BROKEN
    verdict = judge(
        repository, PATH, "Thing", Imported("app.core", "Thing"), BROKEN.encode(), result.encode()
    )
    assert (verdict.outcome, verdict.other_lines) == (outcome, other_lines)


def test_an_import_below_its_first_use_is_wrong(repository: Repository) -> None:
    def outcome(source: str) -> str:
        mutated = source.replace("from app import Thing\n", "").encode()
        return judge(repository, PATH, "Thing", Imported("app", "Thing"), mutated, source.encode()).outcome

    assert outcome("class A(Thing): ...\nfrom app import Thing\n") == WRONG
    assert outcome("@Thing\ndef f(): ...\nfrom app import Thing\n") == WRONG
    assert outcome("def f(): return Thing\nfrom app import Thing\n") == RIGHT


def test_rounds_break_few_files_at_once() -> None:
    trials = [
        Trial("r", f"test_{number % 7}.py", "x", "stdlib", Imported("x"), b"", b"") for number in range(20)
    ]
    groups = rounds(trials, 40, 0.05)
    assert sorted(trial.path for group in groups for trial in group) == sorted(t.path for t in trials)
    assert all(len({trial.path for trial in group}) == len(group) <= 2 for group in groups)
