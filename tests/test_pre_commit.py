"""The hooks under the real pre-commit, which installs them from a git repository made of this tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli_runner import contents, run_testfix, write_files

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
PARTS = ("fixer", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
BROKEN = b"def test_a():\n    assert Mock()\n"
SOUND = b"from unittest.mock import Mock\n\n\n" + BROKEN
LONG = "a_name_that_is_as_long_as_names_of_tests_are_where_people_say_everything_in_them_" * 2

Done = subprocess.CompletedProcess[str]


def run(folder: Path, *command: str, home: Path | None = None) -> Done:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    people = {
        f"GIT_{who}_{what}": "a@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **people}
    if home is not None:
        own["PRE_COMMIT_HOME"] = str(home)
    return subprocess.run(
        command,
        cwd=folder,
        env=kept | own,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def committed(folder: Path, home: Path | None = None) -> Done:
    assert run(folder, "git", "add", "--all").returncode == 0
    return run(folder, "git", "commit", "--quiet", "--message", "a change", home=home)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environments that it makes."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A git repository of this tree, and its commit."""
    folder = tmp_path_factory.mktemp("testfix")
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    assert run(folder, "git", "init", "--quiet").returncode == 0
    done = committed(folder)
    assert done.returncode == 0, done.stderr
    return str(folder), run(folder, "git", "rev-parse", "HEAD").stdout.strip()


@pytest.fixture
def project(tmp_path: Path, source: tuple[str, str], home: Path) -> Callable[[str], Path]:
    """A repository that has one of the hooks, installed as its people do."""

    def make(hook: str) -> Path:
        repository, commit = source
        config = f"repos:\n- repo: {repository}\n  rev: {commit}\n  hooks:\n  - id: {hook}\n"
        folder = write_files(
            tmp_path / "shop", {".pre-commit-config.yaml": config.encode(), "pyproject.toml": b""}
        )
        assert run(folder, "git", "init", "--quiet").returncode == 0
        done = run(folder, sys.executable, "-m", "pre_commit", "install", home=home)
        assert done.returncode == 0, done.stderr
        return folder

    return make


def test_the_first_commit_is_repaired_and_refused_and_the_second_passes(
    project: Callable[[str], Path], home: Path
) -> None:
    shop = project("testfix")
    helper = b"def total():\n    return Mock()\n"  # pytest takes no tests from it
    write_files(shop, {"tests/test_a.py": BROKEN, "shop/helper.py": helper, "notes.md": b"Mock()\n"})
    first = committed(shop, home)
    assert first.returncode == 1
    assert "Fixed tests/test_a.py: from unittest.mock import Mock" in first.stderr, first.stderr
    assert (shop / "tests/test_a.py").read_bytes() == SOUND
    assert (shop / "shop/helper.py").read_bytes() == helper
    assert run(shop, "git", "rev-parse", "HEAD").returncode != 0
    second = committed(shop, home)
    assert second.returncode == 0, second.stderr
    assert run(shop, "git", "status", "--porcelain").stdout == ""  # `.testfix` is ignored

    # What a commit renames or deletes is no path that the hook could miss.
    assert run(shop, "git", "mv", "tests/test_a.py", "tests/test_renamed.py").returncode == 0
    write_files(shop, {"tests/test_gone.py": b"def test_gone():\n    pass\n"})
    assert committed(shop, home).returncode == 0
    (shop / "tests/test_gone.py").unlink()
    (shop / "tests/test_renamed.py").rename(shop / "tests/test_ü b.py")
    (shop / "tests/test_ü b.py").write_bytes(BROKEN)
    refused = committed(shop, home)
    assert refused.returncode == 1
    assert (shop / "tests/test_ü b.py").read_bytes() == SOUND
    passed = committed(shop, home)
    assert passed.returncode == 0, passed.stderr


def test_batches_give_what_one_run_gives(project: Callable[[str], Path], home: Path, tmp_path: Path) -> None:
    """More names than one command line holds: pre-commit starts testfix several times."""
    shop = project("testfix")
    lender = b"import pytest\n\n\n@pytest.fixture\ndef lent():\n    return 1\n"
    files = {f"tests/test_{number:04}_{LONG}.py": BROKEN for number in range(900)}
    files["tests/conftest.py"] = lender
    files["tests/test_zzz.py"] = b"def test_z():\n    assert lent == 1\n"
    assert sum(map(len, files)) > 1 << 17  # bytes of arguments that pre-commit hands over at once
    write_files(shop, files)
    once = shutil.copytree(shop, tmp_path / "once")
    assert run_testfix(["--no-undo"], once).status == 0
    assert run(shop, "git", "add", "--all").returncode == 0
    done = run(shop, sys.executable, "-m", "pre_commit", "run", "--all-files", home=home)
    assert done.returncode == 1
    assert done.stdout.count("Nothing left.") > 1, done.stdout[-2000:]
    assert contents(shop) == contents(once)


def test_the_other_hook_only_reports(project: Callable[[str], Path], home: Path) -> None:
    shop = project("testfix-check")
    write_files(shop, {"tests/test_a.py": BROKEN})
    done = committed(shop, home)
    assert done.returncode == 1
    assert "tests/test_a.py:2:12: TF101 `Mock` is not defined" in done.stderr
    assert (shop / "tests/test_a.py").read_bytes() == BROKEN
    write_files(shop, {"tests/test_a.py": SOUND})
    assert committed(shop, home).returncode == 0
