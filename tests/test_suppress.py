"""Suppressing comments mean what they mean to ruff; and they are comments, not text in strings."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fixer.config import Config
from fixer.finding import Finding
from fixer.span import Span
from fixer.suppress import FileIgnores, Suppressions


def finding(line: int, code: str = "TF101", rule: str = "undefined-name", path: str = "test_a.py") -> Finding:
    return Finding(code, rule, path, Span(line, 1, line, 2), "x", "")


def suppressed(source: str) -> list[int]:
    """The lines on which TF101 is suppressed."""
    read = Suppressions.read(source)
    return [line for line in range(1, source.count("\n") + 2) if read.covering(finding(line))]


RUFF = [
    "x  # noqa",
    "x  #noqa",
    "x  # NoQA",
    "x  # noqa: F821",
    "x  # noqa:F821",
    "x  # noqa : F821",
    "x  # noqa: f821",
    "x  # noqa: E501",
    "x  # noqa: E501,F821",
    "x  # noqa: E501 F821",
    "x  # noqa: E501, F821 because of this",
    "x  # why not  # noqa: F821",
    "x  # noqa: because",
    "x  # noqa:",
    "x  # noqa because",
    "x  # noqax",
    "x, '# noqa'",
    'x, """\n# noqa\n"""',
    'x, """\n"""  # noqa',
    "x = (\n    y,  # noqa\n    z,\n)",
    "# ruff: noqa\nx",
    "# ruff: noqa: F821\nx",
    "# ruff: noqa: E501\nx",
    "# ruff: noqa:\nx",
    "# flake8: noqa\nx",
    "# flake8: noqa: F821\nx",
    "    # ruff: noqa\nx\n",
    "x  # ruff: noqa",
    "x\n# noqa",
    "'''\n# ruff: noqa\n'''\nx",
    "x\ny\r\nz  # noqa\r\n",
    "# é\f\nx = 'é'; y  # noqa",
]


@pytest.mark.parametrize("source", RUFF)
def test_noqa_as_ruff_reads_it(source: str) -> None:
    command = [shutil.which("ruff", path=str(Path(sys.executable).parent)) or "ruff", "check", "--isolated"]
    command += ["--select=F821", "--output-format=json", "--exit-zero", "--stdin-filename=test_a.py", "-"]
    reported = []
    for options in (["--ignore-noqa"], []):
        run = subprocess.run([*command, *options], input=source.encode(), capture_output=True, check=True)
        reported.append({item["location"]["row"] for item in json.loads(run.stdout)})
    every, left = reported
    assert every
    assert {line for line in every if line not in suppressed(source)} == left


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("x  # noqa: TF101", [1]),
        ("x  # noqa: TF102", []),
        ("x  # type: ignore[name-defined]", [1]),
        ("x  # type: ignore[attr-defined, name-defined]", [1]),
        ("x  # type: ignore", []),
        ("x  # testfix: ignore", [1]),
        ("x  # testfix:ignore[undefined-name, TF201]", [1]),
        ("x  # testfix: ignore[TF1] for now", [1]),
        ("x  # testfix: ignore[missing-fixture]", []),
        ("x  # testfix: ignore[]", []),
        ("x  # testfix: ignored", []),
        ("x\n# testfix: ignore-file", [1, 2]),
        ("x\n# testfix: ignore-file[TF101]\ny", [1, 2, 3]),
        ("x\ny  # testfix: ignore-file", []),
        ("x = (\n    y,\n    z,\n)  # noqa: TF101\nw", [1, 2, 3, 4]),
        ("def f(\n    a=x,\n):  # noqa: TF101\n    y", [1, 2, 3]),
        ("x = 1 + \\\n    y  # testfix: ignore\n# noqa\nz", [1, 2, 3]),
        ("x  # noqa: TF101\ny = (", [1]),
        ("x\ry  # noqa\rz", [2]),
    ],
)
def test_where_comments_reach(source: str, lines: list[int]) -> None:
    assert suppressed(source.replace("\r", "\n")) == suppressed(source) or "\r" in source
    read = Suppressions.read(source)
    assert [
        line for line in range(1, 9) if line <= len(source.splitlines()) and read.covering(finding(line))
    ] == lines


def test_the_comment_is_named_so_that_unused_ones_can_be_reported() -> None:
    read = Suppressions.read("é = x  # why  # noqa: F821,TF101\n")
    (found,) = read.covering(finding(1))
    assert (found.span, found.codes) == (Span(1, 15, 1, 33), ("F821", "TF101"))
    assert read.covering(finding(1, "TF201", "missing-fixture")) == []


def test_per_file_ignores(tmp_path: Path) -> None:
    def ignored(path: str, folder: Path = tmp_path, **patterns: tuple[str, ...]) -> bool:
        entries = tuple(
            (key.replace("__", "/").replace("STAR", "*").replace("NOT", "!"), words)
            for key, words in patterns.items()
        )
        return FileIgnores.read(Config(folder=folder, per_file_ignores=entries), tmp_path).covers(
            finding(1, path=path)
        )

    assert ignored("pkg/tests/conftest.py", conftestSTAR=("TF101",))
    assert ignored("pkg/tests/deep/test_a.py", pkg__tests__STAR=("undefined-name",))
    assert not ignored("pkg/tests/test_a.py", tests__STAR=("TF101",))
    assert ignored("pkg/tests/test_a.py", tmp_path / "pkg", tests__STAR=("TF101",))
    assert not ignored("tests/test_a.py", tmp_path / "pkg", tests__STAR=("TF101",))
    assert not ignored("tests/test_a.py", tests__STAR=("TF2",))
    assert ignored("other/test_a.py", NOTtests__STAR=("TF1",))
    assert not ignored("tests/test_a.py", NOTtests__STAR=("TF1",))
