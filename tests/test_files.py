"""The only place that writes to the disk, on a real one."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from fixer.files import ChangedMeanwhileError, Files
from tests.cli_runner import write_files

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW = b"x = 1\r\n", b"import os\r\nx = 1\r\n"
links = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    root = write_files(tmp_path / "a project", {"tests/test_a.py": OLD})
    return Files(root)


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def test_nothing_reaches_the_disk_before_write(files: Files) -> None:
    path = files.root / "tests/test_a.py"
    files.replace("tests/test_a.py", b"something else")
    files.replace("tests/test_a.py", NEW)
    assert path.read_bytes() == OLD
    assert files.read("tests/test_a.py") == NEW
    assert files.before == {"tests/test_a.py": OLD}
    files.write("tests/test_a.py")
    assert path.read_bytes() == NEW
    assert names(files.root) == {"tests/test_a.py"}


def test_a_reader_who_has_the_file_open_reads_it_whole(files: Files) -> None:
    path = files.root / "tests/test_a.py"
    files.replace("tests/test_a.py", NEW)
    if sys.platform == "win32":
        path.read_bytes()  # Windows lets nobody rename over an open file
        files.write("tests/test_a.py")
        return
    with path.open("rb") as reader:
        files.write("tests/test_a.py")
        assert reader.read() == OLD


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o664])
def test_the_mode_is_kept(files: Files, mode: int) -> None:
    path = files.root / "tests/test_a.py"
    path.chmod(mode)
    before = stat.S_IMODE(path.stat().st_mode)
    files.replace("tests/test_a.py", NEW)
    files.write("tests/test_a.py")
    assert stat.S_IMODE(path.stat().st_mode) == before


def test_a_file_that_changed_meanwhile_is_left_alone(files: Files) -> None:
    files.replace("tests/test_a.py", NEW)
    (files.root / "tests/test_a.py").write_bytes(b"y = 2\n")
    with pytest.raises(ChangedMeanwhileError, match="changed by something else"):
        files.write("tests/test_a.py")
    assert (files.root / "tests/test_a.py").read_bytes() == b"y = 2\n"
    assert names(files.root) == {"tests/test_a.py"}


def test_a_file_that_vanished_is_not_made_again(files: Files) -> None:
    files.replace("tests/test_a.py", NEW)
    (files.root / "tests/test_a.py").unlink()
    with pytest.raises(FileNotFoundError):
        files.write("tests/test_a.py")
    assert names(files.root) == set()


def test_a_read_only_file_is_left_alone(files: Files) -> None:
    """Renaming over it would work; that is no reason to."""
    path = files.root / "tests/test_a.py"
    path.chmod(0o444)
    files.replace("tests/test_a.py", NEW)
    with pytest.raises(PermissionError, match="read-only"):
        files.write("tests/test_a.py")
    assert path.read_bytes() == OLD
    path.chmod(0o644)


def test_a_rename_that_fails_leaves_nothing_behind(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no space left")

    files.replace("tests/test_a.py", NEW)
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refuse)
        patch.setattr("pathlib.Path.replace", refuse)
        with pytest.raises(OSError, match="no space"):
            files.write("tests/test_a.py")
    assert (files.root / "tests/test_a.py").read_bytes() == OLD
    assert names(files.root) == {"tests/test_a.py"}


@links
def test_a_link_inside_the_project_stays_a_link(files: Files) -> None:
    link = files.root / "test_link.py"
    link.symlink_to("tests/test_a.py")
    files.replace("test_link.py", NEW)
    files.write("test_link.py")
    assert link.is_symlink()
    assert (files.root / "tests/test_a.py").read_bytes() == NEW
    assert names(files.root) == {"test_link.py", "tests/test_a.py"}


@links
@pytest.mark.parametrize("through", ["file", "folder"])
def test_a_link_out_of_the_project_is_not_written_through(files: Files, tmp_path: Path, through: str) -> None:
    write_files(tmp_path / "a project that is another", {"test_b.py": OLD})  # begins like the project
    outside = tmp_path / "a project that is another" / "test_b.py"
    name = "test_b.py" if through == "file" else "linked/test_b.py"
    (files.root / name.partition("/")[0]).symlink_to(outside if through == "file" else outside.parent)
    files.replace(name, NEW)
    with pytest.raises(PermissionError, match="outside the project"):
        files.write(name)
    assert outside.read_bytes() == OLD
    assert names(outside.parent) == {"test_b.py"}


@links
def test_the_project_itself_may_be_reached_by_a_link(files: Files, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(files.root)
    linked = Files(tmp_path / "link")
    linked.replace("tests/test_a.py", NEW)
    linked.write("tests/test_a.py")
    assert (files.root / "tests/test_a.py").read_bytes() == NEW


# -- New files.


def test_a_new_file_gets_the_mode_that_new_files_get(files: Files) -> None:
    files.replace("tests/conftest.py", NEW)
    assert files.before["tests/conftest.py"] is None
    assert files.created() == ["tests/conftest.py"]
    assert names(files.root) == {"tests/test_a.py"}
    files.write("tests/conftest.py")
    (files.root / "usual").write_bytes(b"")
    path = files.root / "tests/conftest.py"
    assert path.read_bytes() == NEW
    assert path.stat().st_mode == (files.root / "usual").stat().st_mode
    assert names(files.root) == {"tests/test_a.py", "tests/conftest.py", "usual"}


def test_a_new_file_never_takes_the_place_of_another(files: Files) -> None:
    files.replace("tests/conftest.py", NEW)
    (files.root / "tests/conftest.py").write_bytes(OLD)
    with pytest.raises(ChangedMeanwhileError, match="was created by something else"):
        files.write("tests/conftest.py")
    assert (files.root / "tests/conftest.py").read_bytes() == OLD
    assert names(files.root) == {"tests/test_a.py", "tests/conftest.py"}


@links
def test_a_new_file_does_not_take_the_place_of_a_link_either(files: Files) -> None:
    files.replace("tests/conftest.py", NEW)
    (files.root / "tests/conftest.py").symlink_to("nowhere")
    with pytest.raises(ChangedMeanwhileError):
        files.write("tests/conftest.py")
    assert (files.root / "tests/conftest.py").is_symlink()


@links
def test_no_new_file_through_a_link_out_of_the_project(files: Files, tmp_path: Path) -> None:
    outside = write_files(tmp_path / "outside", {"test_b.py": OLD})
    (files.root / "linked").symlink_to(outside)
    files.replace("linked/conftest.py", NEW)
    with pytest.raises(PermissionError, match="outside the project"):
        files.write("linked/conftest.py")
    assert names(outside) == {"test_b.py"}


def test_no_folder_is_made_for_a_new_file(files: Files) -> None:
    with pytest.raises(FileNotFoundError):
        files.replace("elsewhere/conftest.py", NEW)
    assert files.read_any("tests/conftest.py") is None


def test_a_new_file_where_there_are_no_hard_links(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("Operation not permitted")

    monkeypatch.setattr("pathlib.Path.hardlink_to", refuse)
    files.replace("tests/conftest.py", NEW)
    files.write("tests/conftest.py")
    assert names(files.root) == {"tests/test_a.py", "tests/conftest.py"}
    files.replace("tests/other.py", NEW)
    (files.root / "tests/other.py").write_bytes(OLD)
    with pytest.raises(ChangedMeanwhileError):
        files.write("tests/other.py")
