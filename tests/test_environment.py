"""What the files of an environment say is installed; where it is this one, importlib.metadata agrees."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from pathlib import Path

import pytest

from fixer.environment import EntryPoint, Environment, read_environment
from fixer.project.requirements import normalised

PYVENV = "home = /usr/bin\nversion = 3.12.1\ninclude-system-site-packages = false\n"
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: not-this\n"
LAYOUTS = ("lib/python3.12/site-packages", "Lib/site-packages")


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def distribution(name: str, version: str, plugins: str = "") -> dict[str, str]:
    """The metadata of an installed distribution, relative to its site-packages."""
    folder = f"{name}-{version}.dist-info"
    files = {f"{folder}/METADATA": METADATA.format(name=name, version=version)}
    if plugins:
        files[f"{folder}/entry_points.txt"] = plugins
    return files


def environment(folder: Path, files: dict[str, str], packages: str = LAYOUTS[0]) -> Path:
    write(folder, {"pyvenv.cfg": PYVENV})
    write(folder / packages, files)
    return folder


def test_this_environment_as_importlib_sees_it() -> None:
    found = read_environment(Path("/nowhere"), Path(sys.executable))
    expected = {normalised(one.name): one for one in importlib.metadata.distributions() if one.name}
    assert found.problem is None
    assert found.python == sys.version_info[:2]
    assert {name: one.version for name, one in found.distributions.items()} == {
        name: one.version for name, one in expected.items()
    }
    plugins = {
        (name, plugin.name, plugin.module)
        for name, one in found.distributions.items()
        for plugin in one.plugins
    }
    assert plugins == {
        (name, point.name, point.module)
        for name, one in expected.items()
        for point in one.entry_points
        if point.group == "pytest11"
    }
    assert any(name == "hypothesis" for name, _, _ in plugins)


@pytest.mark.parametrize(
    "module", ["pytest", "_pytest.fixtures", "hypothesis.strategies", "fixer.project", "click"]
)
def test_modules_are_found_where_python_finds_them(module: str) -> None:
    spec = importlib.util.find_spec(module)
    assert spec and spec.origin
    found = read_environment(Path("/nowhere"), Path(sys.executable)).find_module(module)
    assert found is not None
    assert Path(found).resolve() == Path(spec.origin).resolve()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", [".venv", "venv"])
def test_the_environment_in_the_project(tmp_path: Path, name: str, layout: str) -> None:
    plugins = "[scripts]\nx = y:z\n\n[pytest11]\n# comment\nshop = shop.plugin:hooks [extra]\n[other]\na=b\n"
    files = {**distribution("Shop_Kit.extra", "1.2", plugins), "shop/plugin.py": "", "shop/__init__.py": ""}
    environment(tmp_path / name, files, layout)
    found = read_environment(tmp_path)
    (one,) = found.distributions.values()
    assert (one.name, one.version) == ("shop-kit-extra", "1.2")
    file = tmp_path / name / layout / "shop" / "plugin.py"
    assert one.plugins == (EntryPoint("shop", "shop.plugin", str(file)),)
    assert found.python == (3, 12)
    assert found.version("shop_kit.EXTRA") == "1.2"
    assert found.version("pytest") is None


def test_a_folder_that_is_no_environment_is_not_taken_for_one(tmp_path: Path) -> None:
    write(tmp_path / "venv" / LAYOUTS[0], distribution("pytest", "8.0"))
    assert read_environment(tmp_path) == Environment()


@pytest.mark.parametrize("given", ["env", "env/bin/python", "env/Scripts/python.exe"])
def test_python_names_an_interpreter_or_a_folder(tmp_path: Path, given: str) -> None:
    environment(tmp_path / "env", distribution("pytest", "8.0"))
    write(tmp_path, {"env/bin/python": "", "env/Scripts/python.exe": ""})
    environment(tmp_path / ".venv", distribution("pytest", "7.0"))
    assert read_environment(tmp_path, tmp_path / given).version("pytest") == "8.0"


def test_a_link_to_an_interpreter(tmp_path: Path) -> None:
    prefix = write(tmp_path / "opt", {"bin/python3.13": ""})
    write(prefix / "lib" / "python3.13" / "site-packages", distribution("pytest", "9.0"))
    write(prefix / "lib" / "python3.12" / "site-packages", distribution("pytest", "8.0"))
    write(prefix / "lib" / "python3" / "dist-packages", distribution("six", "1.16"))
    (tmp_path / "bin").mkdir()
    (prefix / "bin" / "python3").symlink_to("python3.13")
    (tmp_path / "bin" / "python").symlink_to(prefix / "bin" / "python3")
    found = read_environment(tmp_path, tmp_path / "bin" / "python")
    assert found.python == (3, 13)
    assert {name: one.version for name, one in found.distributions.items()} == {
        "pytest": "9.0",
        "six": "1.16",
    }


def test_an_interpreter_of_windows_outside_environments(tmp_path: Path) -> None:
    write(tmp_path / "Python311", {"python.exe": ""})
    write(tmp_path / "Python311" / "Lib" / "site-packages", distribution("pytest", "8.0"))
    assert read_environment(tmp_path, tmp_path / "Python311" / "python.exe").version("pytest") == "8.0"


def test_what_the_base_has_where_the_environment_shows_it(tmp_path: Path) -> None:
    base = write(tmp_path / "base", {"bin/python3.12": ""})
    write(base / LAYOUTS[0], {**distribution("pytest", "7.4"), **distribution("six", "1.16")})
    folder = environment(tmp_path / ".venv", distribution("pytest", "8.0"))
    for shown, expected in (("false", {"pytest": "8.0"}), ("true", {"pytest": "8.0", "six": "1.16"})):
        settings = (
            f"home = {base / 'bin'}\nInclude-System-Site-Packages = {shown}\nversion_info = 3.12.1.final.0\n"
        )
        write(folder, {"pyvenv.cfg": settings})
        found = read_environment(tmp_path)
        assert {name: one.version for name, one in found.distributions.items()} == expected


EDITABLE = {
    "a path of setuptools": {"__editable__.shop-1.0.pth": "{source}\n"},
    "a hook of setuptools": {
        "__editable___shop_1_0_finder.py": "MAPPING: dict[str, str] = {{'shop': {package!r}}}\nimport sys\n",
        "__editable__.shop-1.0.pth": "import __editable___shop_1_0_finder\n",
    },
    "a path of others": {"_shop.pth": "# written by a tool\nimport os\n{source}\n"},
}


@pytest.mark.parametrize("how", EDITABLE)
def test_an_editable_install(tmp_path: Path, how: str) -> None:
    source = write(tmp_path / "my shop" / "src", {"shop/__init__.py": "", "shop/plugin.py": ""})
    files = {
        name: text.format(source=source, package=str(source / "shop")) for name, text in EDITABLE[how].items()
    }
    environment(
        tmp_path / ".venv", {**files, **distribution("shop", "1.0", "[pytest11]\nshop = shop.plugin\n")}
    )
    found = read_environment(tmp_path)
    assert found.distributions["shop"].plugins[0].file == str(source / "shop" / "plugin.py")
    assert found.find_module("shop") == str(source / "shop" / "__init__.py")
    assert found.find_module("shop.none") is None


def test_a_development_install_of_old(tmp_path: Path) -> None:
    write(
        tmp_path / "shop",
        {
            "shop.egg-info/PKG-INFO": METADATA.format(name="shop", version="2.0"),
            "shop.egg-info/entry_points.txt": "[pytest11]\nshop=shop_plugin\n",
            "shop_plugin.py": "",
        },
    )
    old = {"old-0.1-py2.7.egg-info": METADATA.format(name="old", version="0.1")}
    environment(tmp_path / ".venv", {"shop.egg-link": f"{tmp_path / 'shop'}\n.", **old})
    found = read_environment(tmp_path)
    assert found.version("shop") == "2.0"
    assert found.distributions["shop"].plugins[0].file == str(tmp_path / "shop" / "shop_plugin.py")
    assert found.version("old") == "0.1"


def test_damage_is_passed_over(tmp_path: Path) -> None:
    folder = environment(
        tmp_path / ".venv",
        {
            "empty-1.0.dist-info/RECORD": "",
            "nameless.dist-info/METADATA": "no header at all",
            "odd-2.0.dist-info/METADATA": "Name: odd\nVersion: 2.0\n",
            "odd-2.0.dist-info/entry_points.txt": "\n[pytest11\nx\n=\n[pytest11]\nbad=\ngone=gone.plugin\n",
            "broken.pth": "\0\n/no/such/folder\n",
            "__editable___broken_finder.py": "MAPPING = {'a': f(1)}\n",
            "__editable___worse_finder.py": "MAPPING = (\n",
            "dir.pth/file": "",
        },
    )
    (folder / LAYOUTS[0] / "odd-2.0.dist-info" / "METADATA").write_bytes(
        b"Name: odd\nVersion: 2.0\nAuthor: \xff\n"
    )
    found = read_environment(tmp_path)
    assert {name: one.version for name, one in found.distributions.items()} == {"empty": "1.0", "odd": "2.0"}
    assert EntryPoint("gone", "gone.plugin", None) in found.distributions["odd"].plugins


@pytest.mark.parametrize("name", ["none", "file.txt", "folder"])
def test_what_is_no_python_is_said(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"file.txt": "", "folder/a": ""})
    found = read_environment(tmp_path, tmp_path / name)
    assert found.problem is not None
    assert str(tmp_path / name) in found.problem
    assert found.distributions == {}
