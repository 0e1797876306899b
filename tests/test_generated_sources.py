"""A few of the sources that `tests/tools/generated_sources.py` makes by the thousand, and bytes at random."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import generated_sources
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fixer.facts.model import Parts
from fixer.facts.outline import read_imports, read_mentions, read_outline
from fixer.facts.read import read_facts

if TYPE_CHECKING:
    import random

WORDS = [
    *(
        b"import ",
        b"from ",
        b" import ",
        b"def ",
        b"class ",
        b"lambda ",
        b"f'",
        b'"""',
        b"'",
        b"\\\n",
        b"\n    ",
        b"\n",
    ),
    *(
        b"\r",
        b"\x0c",
        b"\0",
        b"\t",
        b"(",
        b")",
        b"[",
        b"]",
        b"{",
        b"}",
        b":",
        b"=",
        b",",
        b"*",
        b"@",
        b"#",
        b"x",
        b"mock",
    ),
    *(
        b"# coding: latin-1\n",
        b"# coding: utf-16\n",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xef\xac\x81",
        b"\xe9",
        b"patch",
    ),
    *(
        b"@pytest.fixture\n",
        b"timeout=",
        b"TYPE_CHECKING:",
        b"__all__ = ",
        b"globals()[",
        b"# noqa: TF101",
        b"match x:",
    ),
]


@pytest.mark.parametrize("seed", ["suite:0", "suite:1"])
def test_a_project_of_generated_sources(tmp_path: Path, seed: str) -> None:
    found, counts = generated_sources.problems(generated_sources.batch(seed, 25), tmp_path / "suite")
    assert found == []
    assert counts["compile"] >= 10 and counts["changed"] >= 5  # else nothing was tried


@given(st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_a_generated_source(chance: random.Random) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found, _ = generated_sources.problems([generated_sources.generate(chance)], Path(folder) / "suite")
    assert found == []


def test_the_checks_see_damage() -> None:
    """What is held against the sources would notice each kind of harm."""
    wrong = generated_sources._wrong
    before = b"import os\n\nx = 1\ny = os\n"
    assert list(wrong(before, before.replace(b"import os", b"import os\nimport re"), [])) == []
    assert "does not any more" in next(wrong(before, before + b"(", []))
    assert "no Python" in next(wrong(b"(", b"()", []))
    assert "was not to be edited" in next(wrong(before, before.replace(b"x = 1", b"x = 2"), []))
    assert "more than imports" in next(wrong(before, before + b"z = 1\n", []))


@given(st.lists(st.sampled_from(WORDS) | st.binary(max_size=3), max_size=40).map(b"".join))
@example(b"\xef\xbb\xbf# coding: latin-1\n\xe9")
@example(b"# coding: \xff\n")
@example(b"\x0c\0")
@settings(max_examples=300)
def test_the_reader_takes_any_bytes(source: bytes) -> None:
    facts = read_facts("tests/test_a.py", source, Parts(*[True] * len(Parts._fields)))
    assert facts.path == "tests/test_a.py"
    read_outline("a.py", source)
    read_mentions("a.py", source, frozenset(["patch", "ﬁ"]))
    read_imports(source)
