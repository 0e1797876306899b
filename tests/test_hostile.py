"""A repository made to hurt: no hang, no crash, no raw escapes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_runner import write_files

ROOT = Path(__file__).parent.parent
SOUND = b"def test_a():\n    assert Mock()\n"


def check(folder: Path, *words: str, mode: str = "--check") -> subprocess.CompletedProcess[bytes]:
    """`testfix --check` (or another mode) in a process of its own: a crash of the interpreter is one, too."""
    return subprocess.run(
        [sys.executable, "-m", "fixer", mode, "--jobs", "1", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("name", ["conftest.py", "tests/conftest.py", "requirements.txt", "pytest.ini"])
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_what_is_no_regular_file_is_not_waited_for(tmp_path: Path, name: str, kind: str) -> None:
    write_files(tmp_path, {"tests/test_a.py": SOUND})
    if kind == "pipe":
        os.mkfifo(tmp_path / name)
    else:
        (tmp_path / name).symlink_to("/dev/zero")
    done = check(tmp_path, "tests/test_a.py")
    assert done.returncode == 1, done.stderr
    assert b"`Mock` is not defined" in done.stdout


@pytest.mark.parametrize("opening, closing", [(b"(", b")"), (b"[", b"]"), (b"{", b"}")])
def test_deep_nesting_is_reported(tmp_path: Path, opening: bytes, closing: bytes) -> None:
    """LibCST, asked for a second opinion, would overflow the stack."""
    deep = b"x = " + opening * 5000 + closing * 5000 + b"\n"
    write_files(tmp_path, {"tests/test_a.py": SOUND, "tests/test_deep.py": deep})
    done = check(tmp_path)
    assert done.returncode == 1, done.stderr
    assert b"TF001" in done.stdout
    assert b"`Mock` is not defined" in done.stdout


DEEP = {
    "and": lambda depth: " and ".join(["a"] * depth),
    "plus": lambda depth: "+".join(["a"] * depth),
    "not": lambda depth: "not " * depth + "a",
    "lambda": lambda depth: "lambda: " * depth + "a",
    "call": lambda depth: "f(" * depth + "a" + ")" * depth,
    "chain": lambda depth: "a" + ".b()" * depth,
    "strings": lambda depth: "'a' " * depth,
    "f-string": lambda depth: "f'{" + "not " * depth + "a}'",
}


def test_deep_nesting_behind_a_blank_line_that_ends_in_cr(tmp_path: Path) -> None:
    deep = b"\r\rx = " + b"f(" * 8000 + b")" * 8000 + b"\r"
    write_files(tmp_path, {"tests/test_a.py": SOUND, "tests/test_deep.py": deep})
    done = check(tmp_path)
    assert done.returncode == 1, done.stderr
    assert b"TF001" in done.stdout


@pytest.mark.parametrize("depth", [90, 190, 2500, 8000])
def test_a_deep_expression_is_edited_or_refused(tmp_path: Path, depth: int) -> None:
    """The edits are in the deep statements; a file beside them is repaired whatever becomes of those."""
    rename = b"[tool.testfix.renames]\nnobody = 'pytest'\n"
    write_files(tmp_path, {"pyproject.toml": rename, "tests/test_a.py": SOUND})
    for shape, made in DEEP.items():
        text = f"import pytest\na = f = 1\n\n\ndef test_a():\n    nobody(), {made(depth)}\n"
        write_files(tmp_path, {f"tests/test_{shape}.py": text.encode()})
    done = check(tmp_path, mode="--no-undo")
    assert done.returncode == (0 if depth == 90 else 1), done.stderr
    assert b"itself failed" not in done.stderr
    assert b"Fixed tests/test_a.py" in done.stdout
    for shape in DEEP:
        edited = b"    pytest(), " in (tmp_path / f"tests/test_{shape}.py").read_bytes()
        assert edited or f"tests/test_{shape}.py:".encode() in done.stdout
        assert edited or depth > 90


def test_nested_data_files_do_not_stop_a_run(tmp_path: Path) -> None:
    files = {"Pipfile.lock": b"[" * 100_000, "poetry.lock": b"a = " + b"[" * 100_000}
    write_files(tmp_path, {"tests/test_a.py": b"def test_a():\n    assert mock\n", **files})
    done = check(tmp_path)
    assert done.returncode == 1, done.stderr
    assert b"itself failed" not in done.stderr


def test_a_bomb_of_patterns_is_cut_with_a_sentence(tmp_path: Path) -> None:
    patterns = "".join(f"a{number}*b?/c[{number}]\n" for number in range(100_000))
    write_files(tmp_path, {"tests/test_a.py": SOUND, ".gitignore": f"{patterns}named.py\n".encode()})
    write_files(tmp_path, {"tests/named.py": b"", "tests/test_b/named.py": SOUND})
    done = check(tmp_path)
    assert done.returncode == 1, done.stderr
    assert b".gitignore: error: Only the first 5,000 patterns with wildcards count." in done.stdout
    assert b"`Mock` is not defined" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
@pytest.mark.parametrize("form", ["text", "concise", "github"])
def test_names_do_not_reach_the_terminal_as_they_are(tmp_path: Path, form: str) -> None:
    write_files(tmp_path, {"tests/test_\x1b[31m\nred.py": SOUND})
    done = check(tmp_path, "--output-format", form)
    assert done.returncode == 1
    assert b"\x1b" not in done.stdout + done.stderr
    assert b"\\x1b[31m" in done.stdout
