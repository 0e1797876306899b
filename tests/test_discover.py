"""Which files a run looks at. git says what is ignored, pytest what is a test, ruff what its globs mean."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fixer.config import Config, ConfigError
from fixer.discover import discover, project_files
from fixer.root import find_root, start_folder


def tree(root: Path, *names: str, **texts: str) -> None:
    for name in (*names, *texts):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts.get(name, ""), encoding="utf-8")


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def found(root: Path, *paths: str, config: Config | None = None) -> list[str]:
    return list(discover(paths or (".",), config or Config(folder=root), root, root).files)


# --- ignore files


def git(root: Path, *words: str) -> str:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(
        ["git", "-c", "core.quotePath=false", *words],
        cwd=root,
        env=environment,
        check=True,
        capture_output=True,
    ).stdout.decode()


def git_files(root: Path) -> list[str]:
    names = git(root, "ls-files", "-o", "--exclude-standard", "-z").split("\0")
    return sorted(name for name in names if name.endswith(".py"))


TREE = [
    f"{folder}{name}.py"
    for folder in ("", "a/", "b/", "a/b/", "a/b/a/", "b/ab/")
    for name in ("a", "b", "ab", "a b")
]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    tree(root, *TREE)
    git(root, "init", "-q")
    return root


piece = st.sampled_from(
    ["a", "b", "ab", "*", "?", "a*", "*b", "[ab]", "[!a]", "a.py", "*.py", "b?py", "**", "\\a", "a b.py"]
)
pattern = st.builds(
    lambda no, start, pieces, end: no + start + "/".join(pieces) + end,
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "", "/"]),
    st.lists(piece, min_size=1, max_size=3),
    st.sampled_from(["", "", "/", " ", "\\ "]),
)
lines = st.lists(pattern, max_size=4).map("\n".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(top=lines, below=lines, info=lines)
@example(top="*\n!*/\n!*.py\nb.py", below="", info="")
@example(top="a/**\n!a/a.py", below="", info="")
@example(top="*.py", below="!a.py\n", info="")
@example(top="# a\n\\#a\n\ufeffa.py\r\n!b.py\r\n", below="", info="ab.py")
def test_ignored_as_git_does(repository: Path, top: str, below: str, info: str) -> None:
    (repository / ".gitignore").write_text(top, encoding="utf-8", newline="")
    (repository / "a" / ".gitignore").write_text(below, encoding="utf-8", newline="")
    (repository / ".git" / "info" / "exclude").write_text(info, encoding="utf-8", newline="")
    assert project_files(repository, Config(folder=repository)) == git_files(repository)


def test_ignore_files_count_without_git_and_from_above_and_can_be_left_aside(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            ".gitignore": "gone/\n*_old.py\n",
            "pkg/.ignore": "!test_b_old.py\ntest_c.py\n",
            "gone/test_a.py": "",
            "pkg/tests/test_b_old.py": "",
            "pkg/tests/test_c.py": "",
            "pkg/tests/test_d_old.py": "",
            "pkg/tests/test_e.py": "",
        },
    )
    assert (
        found(tmp_path) == found(tmp_path, "pkg/tests") == ["pkg/tests/test_b_old.py", "pkg/tests/test_e.py"]
    )
    assert len(found(tmp_path, config=Config(folder=tmp_path, respect_gitignore=False))) == 5
    named = Config(folder=tmp_path, force_exclude=True)  # a hook gets the files that git tracks
    assert found(tmp_path, "gone/test_a.py", config=named) == ["gone/test_a.py"]


# --- exclusions


@pytest.mark.parametrize(
    "glob",
    [
        "tests/*.py",
        "data",
        "tests/data/",
        "tests/**/x.py",
        "te?ts",
        "{a,b}.py",
        "**/sub",
        "./tests",
        "tests/su*",
        "[ab].py",
    ],
)
def test_exclude_means_what_it_means_to_ruff(tmp_path: Path, glob: str) -> None:
    tree(tmp_path, "tests/x.py", "tests/y.py", "tests/sub/x.py", "tests/sub/deep/z.py", "tests/data/n.py")
    tree(tmp_path, "data/m.py", "a.py", "b.py", "c.py")
    (tmp_path / "ruff.toml").write_text(f'exclude = ["{glob}"]\ninclude = ["*.py"]\n', encoding="utf-8")
    output = subprocess.run(
        [shutil.which("ruff", path=Path(sys.executable).parent) or "ruff", "check", "--show-files", "."],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    ruff = sorted(Path(line).relative_to(tmp_path.resolve()).as_posix() for line in output.splitlines())
    assert project_files(tmp_path, Config(folder=tmp_path, exclude=(glob,))) == ruff


def test_usual_exclusions_and_virtual_environments(tmp_path: Path) -> None:
    tree(tmp_path, "t/test_a.py", "dist/test_b.py", "node_modules/m/test_c.py", ".testfix/undo/test_d.py")
    tree(tmp_path, "env/lib/test_e.py", "env/pyvenv.cfg", "more/test_f.py")
    config = Config(folder=tmp_path, extend_exclude=("more",))
    assert found(tmp_path, config=config) == ["t/test_a.py"]
    assert found(tmp_path, config=replace(config, exclude=("t",))) == [
        "dist/test_b.py",
        "node_modules/m/test_c.py",
    ]


def test_what_is_named_is_taken_even_if_excluded_unless_forced(tmp_path: Path) -> None:
    tree(tmp_path, "data/test_a.py", "env/test_b.py", "env/pyvenv.cfg", "test_c.py", "dist/deep/test_d.py")
    config = Config(folder=tmp_path, extend_exclude=("data/test_a.py",))
    paths = ("data/test_a.py", "env", "test_c.py", "dist/deep/test_d.py")
    assert len(found(tmp_path, *paths, config=config)) == 4
    assert found(tmp_path, *paths, config=replace(config, force_exclude=True)) == ["test_c.py"]


def test_globs_count_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    tree(tmp_path, "pkg/tests/test_a.py", "tests/test_b.py")
    for folder, glob in (
        (tmp_path / "pkg", "tests/*"),
        (tmp_path, "pkg/tests/*"),
        (tmp_path.parent, f"{tmp_path.name}/pkg"),
    ):
        assert found(tmp_path, config=Config(folder=folder, exclude=(glob,))) == ["tests/test_b.py"]


# --- what pytest takes for a test

INI = {
    "pytest.ini": "[pytest]\npython_files =\n    check_*.py\n    # a comment\n    *_spec.py tests.py\n",
    "tox.ini": "[pytest]\npython_files: check_*.py deep/x*.py\n",
    "setup.cfg": "[metadata]\nname = x\n[tool:pytest]  ; ours\npython_files = 'check_*.py'\n",
    "pyproject.toml": '[tool.pytest.ini_options]\npython_files = ["check_*.py", "*/deep/*.py"]\n',
    ".pytest.ini": "",
    "pytest.toml": '[pytest]\npython_files = ["*_spec.py"]\n',
}


@pytest.mark.parametrize(
    "present",
    [
        ["pytest.ini"],
        ["tox.ini"],
        ["setup.cfg"],
        ["pyproject.toml"],
        [".pytest.ini", "tox.ini"],
        ["setup.cfg", "tox.ini"],
        [],
    ],
)
def test_test_files_are_those_that_pytest_collects(tmp_path: Path, present: list[str]) -> None:
    write(tmp_path, {name: INI[name] for name in present})
    body = "def test(): pass\n"
    names = ["test_a.py", "a_test.py", "check_b.py", "c_spec.py", "tests.py", "Test_e.py", "plain.py"]
    write(tmp_path, dict.fromkeys([*names, "sub/deep/x.py", "sub/deep/xy.py", "sub/test_d.py"], body))
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": ""}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        "--import-mode=importlib",
    ]
    output = subprocess.run(
        [*command, "."], cwd=tmp_path, env=environment, capture_output=True, text=True
    ).stdout
    assert found(tmp_path) == sorted(
        {line.partition("::")[0] for line in output.splitlines() if "::" in line}
    )


def test_pytest_toml_goes_before_pytest_ini(tmp_path: Path) -> None:  # pytest 9.0 on, so not by experiment
    write(
        tmp_path,
        {
            "pytest.toml": INI["pytest.toml"],
            "pytest.ini": INI["pytest.ini"],
            "c_spec.py": "",
            "check_b.py": "",
        },
    )
    assert found(tmp_path) == ["c_spec.py"]


def test_the_nearest_pytest_configuration_decides_and_conftest_always_counts(tmp_path: Path) -> None:
    write(tmp_path, {"pytest.ini": "[pytest]\nnorecursedirs = data\n", "app/tox.ini": INI["tox.ini"]})
    tree(
        tmp_path,
        "test_a.py",
        "app/x/test_b.py",
        "app/x/check_c.py",
        "app/x/conftest.py",
        "sub/data/test_d.py",
    )
    expected = ["app/x/check_c.py", "app/x/conftest.py", "test_a.py"]
    assert found(tmp_path) == expected
    everything = project_files(tmp_path, Config(folder=tmp_path))
    assert len(everything) == 5
    assert found(tmp_path, *everything, config=Config(folder=tmp_path, force_exclude=True)) == expected
    assert (
        found(tmp_path, config=Config(folder=tmp_path, test_files=("app/x/test_b.py",)))[1]
        == "app/x/conftest.py"
    )


def test_a_broken_pytest_configuration_stops_the_run_only_at_the_root(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"data/pyproject.toml": "[tool.pytest", "data/test_a.py": "", "tox.ini": "[pytest]\nnonsense\n"},
    )
    with pytest.raises(ConfigError, match=r"tox\.ini, line 2"):
        found(tmp_path)
    (tmp_path / "tox.ini").unlink()
    assert found(tmp_path) == ["data/test_a.py"]


def test_all_files_takes_helpers_below_folders_that_hold_tests(tmp_path: Path) -> None:
    tree(
        tmp_path,
        "conftest.py",
        "src/app.py",
        "tests/helpers/deep/h.py",
        "checks/test_a.py",
        "checks/lib/h.py",
        "tests/d.txt",
    )
    config = Config(folder=tmp_path, all_files=True)
    expected = ["checks/lib/h.py", "checks/test_a.py", "conftest.py", "tests/helpers/deep/h.py"]
    assert found(tmp_path, config=config) == expected
    everything = [*project_files(tmp_path, config), "tests/d.txt"]
    assert found(tmp_path, *everything, config=replace(config, force_exclude=True)) == expected
    assert found(tmp_path, "src/app.py", config=config) == ["src/app.py"]
    assert found(tmp_path, "src/app.py", "tests/helpers/deep/h.py") == []


# --- odd entries


def test_a_path_that_does_not_exist_is_a_sentence(tmp_path: Path) -> None:
    for path in ("nope.py", "no\nline", "nul\0"):
        with pytest.raises(ConfigError, match=r"^The path '.*' .*\.$"):
            found(tmp_path, path)


@pytest.mark.skipif(sys.platform == "win32", reason="needs links, pipes and names of bytes")
def test_links_pipes_and_odd_names(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    tree(root, "t/test_a.py", "t/plain.py", "t/test_\n.py")
    tree(outside, "test_x.py")
    (root / "t" / "loop").symlink_to(root / "t", target_is_directory=True)
    (root / "link").symlink_to(outside, target_is_directory=True)
    (root / "a_test.py").symlink_to(root / "t" / "test_a.py")
    (root / "test_plain.py").symlink_to("t/plain.py")
    (root / "test_out.py").symlink_to(outside / "test_x.py")
    (root / "test_broken.py").symlink_to("nowhere")
    (root / "test_folder.py").mkdir()
    os.mkfifo(root / "test_pipe.py")
    (root / "t" / "test_\udcff.py").touch()  # a byte that is not UTF-8
    expected = sorted(["t/test_a.py", "t/test_\n.py", "t/test_\udcff.py", "test_plain.py"])
    assert found(root) == found(root, ".", "t", "t/loop", "t/test_a.py", "a_test.py") == expected
    assert found(root, "t/loop/loop/test_a.py", "t/../t/test_a.py") != []
    assert found(root, "link") == ["link/test_x.py"]
    named = discover(["test_pipe.py"], Config(folder=root), root, root)
    assert (named.files, [error.path for error in named.errors]) == ((), ["test_pipe.py"])


@pytest.mark.skipif(sys.platform == "win32", reason="paths have no such limit there")
def test_a_folder_that_cannot_be_read_is_an_error_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(tmp_path, "b/test_b.py")
    monkeypatch.chdir(tmp_path)
    for _ in range(20):  # deeper than any path may be long
        Path("a" * 250).mkdir()
        os.chdir("a" * 250)
    result = discover(["."], Config(folder=tmp_path), tmp_path, tmp_path)
    assert result.files == ("b/test_b.py",)
    assert [error.message for error in result.errors] == ["The folder cannot be read: File name too long."]


# --- the root


def test_the_root_does_not_depend_on_which_files_are_named(tmp_path: Path) -> None:
    tree(
        tmp_path,
        "repo/.git/HEAD",
        "repo/pkg/setup.py",
        "repo/pkg/tests/test_a.py",
        "repo/test_b.py",
        "free/test_c.py",
        "p/tox.ini",
        "p/t/test_d.py",
    )
    repo = tmp_path / "repo"
    for cwd in (repo, repo / "pkg", tmp_path):
        for names in (["pkg/tests/test_a.py"], ["test_b.py"], ["pkg", "test_b.py"]):
            assert find_root([str(repo / name) for name in names], cwd) == repo
    assert find_root(["."], repo / "pkg") == repo
    assert (
        find_root(["t/test_d.py"], tmp_path / "p") == find_root(["p/t/test_d.py"], tmp_path) == tmp_path / "p"
    )
    assert (
        find_root(["test_c.py"], tmp_path / "free")
        == find_root(["."], tmp_path / "free")
        == tmp_path / "free"
    )
    assert find_root(["t/test_d.py"], tmp_path / "p", tmp_path / "testfix.toml") == tmp_path
    assert start_folder(["pkg"], repo) == repo / "pkg"
    assert start_folder(["pkg/tests/test_a.py"], repo) == start_folder(["test_b.py", "pkg"], repo) == repo
    assert start_folder([str(repo / "test_b.py")], tmp_path / "free") == repo
