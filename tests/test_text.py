"""Text of every kind comes through byte for byte: all that a repair adds is its import, all else stays."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from cli_runner import run_testfix, write_files

if TYPE_CHECKING:
    from pathlib import Path

BOM = b"\xef\xbb\xbf"
BODY = "def test_a():\n    assert Mock()\n"
DEEP = "(" * 150 + "1" + ")" * 150
TEXTS: dict[str, bytes] = {
    "UTF-8 with a byte order mark": f"\ufeff# ü\n\n{BODY}".encode(),
    "declared as latin-1": f"# -*- coding: latin-1 -*-\nname = 'é'\n\n\n{BODY}".encode("latin-1"),
    "declared as cp1252, on the second line": f"#!x\n# coding=cp1252 :\nx = '€“'\n{BODY}".encode("cp1252"),
    "CRLF": BODY.replace("\n", "\r\n").encode(),
    "CR": f"x = 1\n\n\n{BODY}".replace("\n", "\r").encode(),
    "mixed line ends": f"x = 1\r\ny = 2\rz = 3\n{BODY}# end\r\n".encode(),
    "CR above a blank line that ends in CRLF": f'"""Tests."""\r\r\n{BODY}'.encode(),
    "CR, and LF for a blank line": f'"""Tests."""\r\nx = 1\ry = 2\rz = 3\r{BODY}'.encode(),
    "no last line end": BODY.rstrip().encode(),
    "no last line end, behind a backslash": f"{BODY}x = \\\n    1".encode(),
    "tabs": BODY.replace("    ", "\t").encode() + b"\tx\t=\t1\t\n",
    "form feeds": f"x = 1\n\x0c\n\x0cdef helper():\n    return 2\n\x0c\n{BODY}\x0c".encode(),
    "other characters that end lines elsewhere": f"x = 'a\x0bb\x1cc\x85d\u2028e'\n{BODY}".encode(),
    "trailing blanks": f"x = 1   \n\t\n   \n{BODY}  \n\t".encode(),
    "a hundred thousand lines": f"x = 1\n{BODY}".encode() + b"y = 2\n" * 100_000,
    "a line of ten thousand characters": f"x = '{'ä' * 10_000}'\n{BODY}".encode(),
    "names that are not ASCII": f"größe = 1\nﬁ = fi = 2\n{BODY}    assert größe, ﬁ\n".encode(),
    "a name that NFKC makes Mock (PEP 3131)": "def test_a():\n    assert \uff2dock()\n".encode(),
    "lines continued by backslashes": f"x = \\\n  1 \\\n  + 2\n{BODY}    y = \\\n        Mock()\n".encode(),
    "several statements on a line": b"x = 1; y = 2 ;z = 3\ndef test_a(): x = Mock(); assert x ; return\n",
    "deeply nested": f"x = {DEEP}\n{BODY}".encode(),
    "a control character in a string": f"x = '\x1b[31m\x07'\n{BODY}".encode(),
}
REFUSED: dict[str, tuple[bytes, str]] = {
    "UTF-16": (BODY.encode("utf-16"), "is UTF-16, which Python does not read; save it as UTF-8"),
    "a null byte": (f"{BODY}# \0\n".encode(), "contains a null byte"),
    "not UTF-8": (f"{BODY}# é\n".encode("latin-1"), "utf-8"),
    "an unknown encoding": (f"# coding: nonsense\n{BODY}".encode(), "unknown encoding"),
    "a byte order mark beside another encoding": (
        f"\ufeff# coding: latin-1\n{BODY}".encode(),
        "encoding problem",
    ),
    "null bytes alone": (b"\0" * 100, "contains a null byte"),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_only_the_import_is_new(tmp_path: Path, kind: str) -> None:
    before = TEXTS[kind]
    suite = write_files(tmp_path / "suite", {"tests/test_a.py": before})
    done = run_testfix(["--no-undo"], suite)
    assert done.status == 0, done.text
    after = (suite / "tests/test_a.py").read_bytes()
    shorter = min(len(before), len(after))
    head = next((n for n in range(shorter) if before[n] != after[n]), shorter)
    added = after[head : head + len(after) - len(before)]
    assert before == after[:head] + after[head + len(added) :]  # an insertion and nothing else
    assert added.split() == b"from unittest.mock import Mock".split()
    lines = [
        re.findall(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", each.removeprefix(BOM)) for each in (before, after)
    ]
    assert not Counter(lines[0]) - Counter(lines[1])  # no line got another end
    ends = [end for end in (b"\r\n", b"\n", b"\r") if end in before]
    assert any(not added.replace(end, b"").strip(b" ").count(b"\n") for end in ends)
    assert run_testfix(["--check"], suite).status == 0


@pytest.mark.parametrize("kind", REFUSED)
def test_what_cannot_be_read_is_left_alone_with_a_sentence(tmp_path: Path, kind: str) -> None:
    before, sentence = REFUSED[kind]
    suite = write_files(tmp_path / "suite", {"tests/test_a.py": before, "tests/test_b.py": BODY.encode()})
    done = run_testfix(["--no-undo"], suite)
    assert done.status == 1
    assert "TF001" in done.text and sentence in done.text
    assert (suite / "tests/test_a.py").read_bytes() == before
    assert b"import Mock" in (suite / "tests/test_b.py").read_bytes()
