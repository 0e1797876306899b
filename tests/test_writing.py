"""What writes to the disk, on a real one."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from fixer.files import Files
from fixer.writing import Replacement, together, write_all
from tests.cli_runner import write_files

if TYPE_CHECKING:
    from pathlib import Path

OLD, NEW = b"x = 1\r\n", b"import os\r\nx = 1\r\n"
links = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    root = write_files(tmp_path / "a project", {"tests/test_a.py": OLD})
    return Files(root)


def write(files: Files, path: str) -> None:
    failed = write_all(files.root, [[Replacement(path, files.before[path], files.after[path])]])
    if failed:
        raise OSError(failed[path])


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


def test_nothing_reaches_the_disk_before_write(files: Files) -> None:
    path = files.root / "tests/test_a.py"
    files.replace("tests/test_a.py", b"something else")
    files.replace("tests/test_a.py", NEW)
    assert path.read_bytes() == OLD
    assert files.read("tests/test_a.py") == NEW
    assert files.before == {"tests/test_a.py": OLD}
    write(files, "tests/test_a.py")
    assert path.read_bytes() == NEW
    assert names(files.root) == {"tests/test_a.py"}


def test_a_reader_who_has_the_file_open_reads_it_whole(files: Files) -> None:
    path = files.root / "tests/test_a.py"
    files.replace("tests/test_a.py", NEW)
    if sys.platform == "win32":
        path.read_bytes()  # Windows lets nobody rename over an open file
        write(files, "tests/test_a.py")
        return
    with path.open("rb") as reader:
        write(files, "tests/test_a.py")
        assert reader.read() == OLD


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o664])
def test_the_mode_is_kept(files: Files, mode: int) -> None:
    path = files.root / "tests/test_a.py"
    path.chmod(mode)
    before = stat.S_IMODE(path.stat().st_mode)
    files.replace("tests/test_a.py", NEW)
    write(files, "tests/test_a.py")
    assert stat.S_IMODE(path.stat().st_mode) == before


def test_a_file_that_changed_meanwhile_is_left_alone(files: Files) -> None:
    files.replace("tests/test_a.py", NEW)
    (files.root / "tests/test_a.py").write_bytes(b"y = 2\n")
    with pytest.raises(OSError, match="changed by something else"):
        write(files, "tests/test_a.py")
    assert (files.root / "tests/test_a.py").read_bytes() == b"y = 2\n"
    assert names(files.root) == {"tests/test_a.py"}


def test_a_file_that_vanished_is_not_made_again(files: Files) -> None:
    files.replace("tests/test_a.py", NEW)
    (files.root / "tests/test_a.py").unlink()
    with pytest.raises(OSError, match="No such file"):
        write(files, "tests/test_a.py")
    assert names(files.root) == set()


def test_a_read_only_file_is_left_alone(files: Files) -> None:
    """Renaming over it would work; that is no reason to."""
    path = files.root / "tests/test_a.py"
    path.chmod(0o444)
    files.replace("tests/test_a.py", NEW)
    with pytest.raises(OSError, match="read-only"):
        write(files, "tests/test_a.py")
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
            write(files, "tests/test_a.py")
    assert (files.root / "tests/test_a.py").read_bytes() == OLD
    assert names(files.root) == {"tests/test_a.py"}


@links
def test_a_link_inside_the_project_stays_a_link(files: Files) -> None:
    link = files.root / "test_link.py"
    link.symlink_to("tests/test_a.py")
    files.replace("test_link.py", NEW)
    write(files, "test_link.py")
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
    with pytest.raises(OSError, match="outside the project"):
        write(files, name)
    assert outside.read_bytes() == OLD
    assert names(outside.parent) == {"test_b.py"}


@links
def test_the_project_itself_may_be_reached_by_a_link(files: Files, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(files.root)
    linked = Files(tmp_path / "link")
    linked.replace("tests/test_a.py", NEW)
    write(linked, "tests/test_a.py")
    assert (files.root / "tests/test_a.py").read_bytes() == NEW


# -- New files.


def test_a_new_file_gets_the_mode_that_new_files_get(files: Files) -> None:
    files.replace("tests/conftest.py", NEW)
    assert files.before["tests/conftest.py"] is None
    assert files.created() == ["tests/conftest.py"]
    assert names(files.root) == {"tests/test_a.py"}
    write(files, "tests/conftest.py")
    (files.root / "usual").write_bytes(b"")
    path = files.root / "tests/conftest.py"
    assert path.read_bytes() == NEW
    assert path.stat().st_mode == (files.root / "usual").stat().st_mode
    assert names(files.root) == {"tests/test_a.py", "tests/conftest.py", "usual"}


def test_a_new_file_never_takes_the_place_of_another(files: Files) -> None:
    files.replace("tests/conftest.py", NEW)
    (files.root / "tests/conftest.py").write_bytes(OLD)
    with pytest.raises(OSError, match="was created by something else"):
        write(files, "tests/conftest.py")
    assert (files.root / "tests/conftest.py").read_bytes() == OLD
    assert names(files.root) == {"tests/test_a.py", "tests/conftest.py"}


@links
def test_a_new_file_does_not_take_the_place_of_a_link_either(files: Files) -> None:
    files.replace("tests/conftest.py", NEW)
    (files.root / "tests/conftest.py").symlink_to("nowhere")
    with pytest.raises(OSError, match="by something else"):
        write(files, "tests/conftest.py")
    assert (files.root / "tests/conftest.py").is_symlink()


@links
def test_no_new_file_through_a_link_out_of_the_project(files: Files, tmp_path: Path) -> None:
    outside = write_files(tmp_path / "outside", {"test_b.py": OLD})
    (files.root / "linked").symlink_to(outside)
    files.replace("linked/conftest.py", NEW)
    with pytest.raises(OSError, match="outside the project"):
        write(files, "linked/conftest.py")
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
    write(files, "tests/conftest.py")
    assert names(files.root) == {"tests/test_a.py", "tests/conftest.py"}
    files.replace("tests/other.py", NEW)
    (files.root / "tests/other.py").write_bytes(OLD)
    with pytest.raises(OSError, match="by something else"):
        write(files, "tests/other.py")


# -- Hard links and owners: written in place.


@links
@pytest.mark.parametrize("after", [NEW, b"", b"y"], ids=["longer", "empty", "shorter"])
def test_a_hard_link_stays_one(files: Files, after: bytes) -> None:
    path = files.root / "tests/test_a.py"
    (files.root / "other_name.py").hardlink_to(path)
    files.replace("tests/test_a.py", after)
    write(files, "tests/test_a.py")
    assert (files.root / "other_name.py").read_bytes() == after
    assert path.samefile(files.root / "other_name.py")
    assert names(files.root) == {"other_name.py", "tests/test_a.py"}


@links
def test_a_full_disk_leaves_a_hard_linked_file_as_it_was(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = files.root / "tests/test_a.py"
    (files.root / "other_name.py").hardlink_to(path)
    files.replace("tests/test_a.py", NEW)
    real, calls = os.write, []

    def write_some(handle: int, content: bytes) -> int:
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        return real(handle, content[:3])

    monkeypatch.setattr(os, "write", write_some)
    with pytest.raises(OSError, match="No space left"):
        write(files, "tests/test_a.py")
    assert len(calls) > 2  # the failure came in the midst
    assert path.read_bytes() == OLD
    assert names(files.root) == {"other_name.py", "tests/test_a.py"}


@pytest.mark.skipif(not hasattr(os, "chown") or os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_is_kept(files: Files) -> None:
    path = files.root / "tests/test_a.py"
    os.chown(path, 65534, 65534)
    files.replace("tests/test_a.py", NEW)
    write(files, "tests/test_a.py")
    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65534)
    assert path.read_bytes() == NEW


# -- Groups: all or none.


def pair(root: Path) -> list[Replacement]:
    write_files(root, {"a.py": OLD, "b.py": OLD})
    return [Replacement("a.py", OLD, NEW), Replacement("new.py", None, NEW), Replacement("b.py", OLD, NEW)]


def test_a_group_is_written(tmp_path: Path) -> None:
    assert write_all(tmp_path, [pair(tmp_path)]) == {}
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == dict.fromkeys(
        ("a.py", "b.py", "new.py"), NEW
    )


def test_a_group_in_which_one_cannot_be_prepared_stays_untouched(tmp_path: Path) -> None:
    group = pair(tmp_path)
    (tmp_path / "b.py").write_bytes(b"changed")
    failed = write_all(tmp_path, [group])
    assert failed.keys() == {"a.py", "b.py", "new.py"}
    assert "changed by something else" in failed["b.py"]
    assert "shares a repair with b.py" in failed["a.py"]
    assert names(tmp_path) == {"a.py", "b.py"}
    assert (tmp_path / "a.py").read_bytes() == OLD


@pytest.mark.parametrize("linked", [False, True], ids=["renamed", "in place"])
def test_a_group_in_which_the_last_rename_fails_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linked: bool
) -> None:
    group = pair(tmp_path)
    if linked:
        (tmp_path / "link.py").hardlink_to(tmp_path / "a.py")
    before = (tmp_path / "a.py").stat().st_ino
    real = os.replace

    def refuse(self: Path, target: Path) -> None:
        if target.name == "b.py" and "testfix" in self.name:
            raise OSError(5, "Input/output error")
        real(self, target)

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    failed = write_all(tmp_path, [group])
    assert "Input/output error" in failed["b.py"]
    assert failed.keys() == {"a.py", "b.py", "new.py"}
    assert names(tmp_path) == {"a.py", "b.py", *(["link.py"] if linked else [])}
    assert (tmp_path / "a.py").read_bytes() == OLD
    assert (tmp_path / "a.py").stat().st_ino == before


def test_another_group_is_written_all_the_same(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.py": OLD, "b.py": OLD})
    groups = [[Replacement("gone/a.py", OLD, NEW)], [Replacement("b.py", OLD, NEW)]]
    assert write_all(tmp_path, groups).keys() == {"gone/a.py"}
    assert (tmp_path / "b.py").read_bytes() == NEW


def test_what_belongs_together() -> None:
    files = [Replacement(name, OLD, NEW) for name in "abcde"]
    groups = together(files, [{"a", "c"}, {"d"}, {"c", "e", "not changed"}, set()])
    assert [[file.path for file in group] for group in groups] == [["a", "c", "e"], ["b"], ["d"]]
