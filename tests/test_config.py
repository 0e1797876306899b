"""`[tool.testfix]`: where it is found, what it may hold, and what the sentences say when it does not fit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from fixer import selectors
from fixer.config import Config, ConfigError, check_selectors, find, load
from fixer.import_statement import Import

if TYPE_CHECKING:
    from pathlib import Path

RULES = [
    ("TF101", "undefined-name"),
    ("TF102", "mock-backport"),
    ("TF103", "mock-style"),
    ("TF201", "missing-fixture"),
]


def test_every_key(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        """
        [tool.testfix]
        select = ["TF1", "missing-fixture"]
        extend-select = ["TF103"]
        ignore = ["ALL"]
        per-file-ignores = { "tests/legacy/*" = ["TF101"], "!tests/*" = ["TF102"] }
        exclude = ["build"]
        extend-exclude = ["{a,b}.py"]
        force-exclude = true
        respect-gitignore = false
        test-files = ["check_*.py"]
        all-files = true
        unsafe-fixes = true
        mock-style = "module"
        python = ".venv/bin/python"
        jobs = 2
        cache-dir = "cache"
        output-format = "concise"
        [tool.testfix.imports]
        Invoice = "shop.models"
        Bill = "shop.models:Invoice"
        np = "import numpy as np"
        os = "import os.path"
        tz = "from django.utils import timezone as tz"
        [tool.testfix.renames]
        AsyncNone = "AsyncMock"
        """,
        encoding="utf-8",
    )
    assert load(tmp_path) == Config(
        file=tmp_path / "pyproject.toml",
        folder=tmp_path,
        select=("TF1", "missing-fixture"),
        extend_select=("TF103",),
        ignore=("ALL",),
        per_file_ignores=(("tests/legacy/*", ("TF101",)), ("!tests/*", ("TF102",))),
        exclude=("build",),
        extend_exclude=("{a,b}.py",),
        force_exclude=True,
        respect_gitignore=False,
        test_files=("check_*.py",),
        all_files=True,
        unsafe_fixes=True,
        imports={
            "Invoice": Import("shop.models", "Invoice"),
            "Bill": Import("shop.models", "Invoice", "Bill"),
            "np": Import("numpy", None, "np"),
            "os": Import("os.path"),
            "tz": Import("django.utils", "timezone", "tz"),
        },
        renames={"AsyncNone": "AsyncMock"},
        mock_style="module",
        python=tmp_path / ".venv/bin/python",
        jobs=2,
        cache_dir=tmp_path / "cache",
        output_format="concise",
    )
    check_selectors(load(tmp_path), RULES)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("selct = []", "unknown key `selct` in [tool.testfix]; did you mean `select`?"),
        (
            "force_exclude = true",
            "unknown key `force_exclude` in [tool.testfix]; did you mean `force-exclude`?",
        ),
        ("zzz = 1", "unknown key `zzz` in [tool.testfix]."),
        ("select = 'TF101'", "`select` in [tool.testfix] must be a list of strings, not a string ('TF101')."),
        ("select = ['TF101', 3]", "must be a list of strings that are not empty; it holds a number (3)."),
        ("force-exclude = 'yes'", "must be true or false, not a string ('yes')."),
        ("jobs = true", "must be a whole number from 1, not a boolean (True)."),
        ("jobs = 0", "must be a whole number from 1, not a number (0)."),
        ("python = ''", "must be a string that is not empty"),
        ("mock-style = 'x'", "must be one of from, module, dotted, not a string ('x')."),
        ("exclude = ['a[']", "holds a mistake: the pattern `a[` cannot be read: a `[` is not closed."),
        ("exclude = ['[b-a]']", "the pattern `[b-a]` cannot be read"),
        ("per-file-ignores = []", "must be a table, not a list ([])."),
        ("renames = { a = 'not a name' }", "maps a name to a name; `a` = 'not a name' does not."),
        ("renames = { a = 'class' }", "maps a name to a name"),
        ("imports = { A = 'a b' }", "maps a name to the module it comes from"),
        ("imports = { A = '.mod' }", "holds a word that cannot be a name in `A` = '.mod'."),
        ("imports = { A = 'import pkg.b' }", "says `A` = 'import pkg.b', but that import binds `pkg`."),
        ("imports = { A = 3 }", "maps a name to the module it comes from"),
        ("select = [", "is not valid TOML: "),
        ("a = 1\na = 2", "(at line 3, "),
    ],
)
def test_a_mistake_is_a_sentence_that_names_the_file(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text(f"[tool.testfix]\n{text}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(sentence)) as error:
        load(tmp_path)
    assert str(error.value).startswith(str(path))
    assert str(error.value).endswith((".", "?"))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    for content, sentence in (
        (b"[tool.testfix]\n\nselect = ['\xff']\n", "is not UTF-8 text (line 3)"),
        (b"# testfix\n" + b"#" * 5_000_000, "is too large"),
        (b"tool.testfix = 3\n", "must be a table, not a number (3)"),
        (b"x = " + b"[" * 100_000 + b"# testfix", "is nested too deeply"),
    ):
        path.write_bytes(content)
        with pytest.raises(ConfigError, match=re.escape(sentence)):
            load(tmp_path)
    path.write_bytes(b"this is not toml")  # and none of our business
    assert load(tmp_path) == Config(folder=tmp_path)
    with pytest.raises(ConfigError, match=r"nowhere\.toml does not exist"):
        load(tmp_path, tmp_path / "nowhere.toml")


def test_the_nearest_file_counts(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "pyproject.toml").write_text("[project]\nname = 'testfix'\n", encoding="utf-8")
    (tmp_path / "a" / "pyproject.toml").write_bytes(b"\xef\xbb\xbf[tool.testfix]\r\njobs = 1\r\n")
    assert find(inner) == tmp_path / "a" / "pyproject.toml"
    assert load(inner).folder == tmp_path / "a"
    for name, jobs in ((".testfix.toml", 2), ("testfix.toml", 3)):
        (tmp_path / "a" / name).write_text(f"jobs = {jobs}\n", encoding="utf-8")
        assert load(inner).jobs == jobs
    assert load(inner, isolated=True) == Config(folder=inner)
    named = load(inner, tmp_path / "a" / "pyproject.toml")
    assert (named.jobs, named.folder) == (1, inner)
    assert load(inner, inner / "pyproject.toml").jobs is None


def test_a_word_that_names_no_rule(tmp_path: Path) -> None:
    (tmp_path / "testfix.toml").write_text(
        'per-file-ignores = { "a.py" = ["undefned-name"] }', encoding="utf-8"
    )
    sentence = (
        "testfix.toml: `per-file-ignores` names no rule with `undefned-name`; did you mean `undefined-name`?"
    )
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        check_selectors(load(tmp_path), RULES)


@pytest.mark.parametrize(
    ("select", "extend", "ignore", "expected"),
    [
        (None, [], [], "TF101 TF102 TF201"),
        (None, ["TF103"], [], "TF101 TF102 TF103 TF201"),
        (None, [], ["TF1"], "TF201"),
        (None, ["undefined-name"], ["TF1"], "TF101 TF201"),
        (["TF1"], [], [], "TF101 TF102 TF103"),
        (["TF1"], [], ["TF101"], "TF102 TF103"),
        (["TF101"], [], ["TF1"], "TF101"),
        (["TF101"], [], ["undefined-name"], ""),
        (["ALL"], [], ["TF1", "ALL"], ""),
        (["mock-style"], ["TF2"], [], "TF103 TF201"),
        ([], [], [], ""),
    ],
)
def test_selection(select: list[str] | None, extend: list[str], ignore: list[str], expected: str) -> None:
    chosen = [
        code for code, name in RULES if selectors.enabled(code, name, code != "TF103", select, extend, ignore)
    ]
    assert " ".join(chosen) == expected
