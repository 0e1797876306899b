"""Which file an import means, held against a Python that starts with the `sys.path` pytest gives it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fixer.project.modules import Modules
from tests.cli_runner import write_files

TREES = {
    "src layout, tests without packages": [
        "src/shop/__init__.py",
        "src/shop/cart.py",
        "src/shop/pay/__init__.py",
        "src/shop/pay/card.py",
        "tests/test_cart.py",
        "tests/helpers.py",
        "tests/unit/test_pay.py",
        "tests/unit/factories.py",
    ],
    "flat layout, tests in packages": [
        "shop/__init__.py",
        "shop/cart.py",
        "shop/tests/__init__.py",
        "shop/tests/test_cart.py",
        "shop/tests/helpers.py",
        "tests/__init__.py",
        "tests/helpers.py",
        "tests/unit/__init__.py",
        "tests/unit/test_pay.py",
        "tests/unit/helpers.py",
    ],
    "namespace packages": [
        "acme/one/__init__.py",
        "acme/one/core.py",
        "acme/two/core.py",
        "src/acme/three/core.py",
        "tests/test_all.py",
        "checks/deep/inner/__init__.py",
        "checks/deep/inner/test_inner.py",
        "checks/deep/beside.py",
    ],
    "one name, many places": [
        "src/helpers.py",
        "helpers/__init__.py",
        "helpers/web.py",
        "tests/helpers.py",
        "tests/test_a.py",
        "tests/web/helpers/__init__.py",
        "tests/web/helpers.py",
        "tests/web/test_b.py",
        "tests/api/test_c.py",
        "tests/api/helpers/web.py",
    ],
}
# `python -m pytest` puts the root on the path, prepend mode the base folder in front of all, and an
# editable installation of a src layout the `src` folder.
PROBE = """
import importlib, importlib.util, json, os, sys
root, base, package, *names = sys.argv[1:]
sys.path[:0] = dict.fromkeys(os.path.join(root, folder) for folder in (base, "src", ""))
sys.dont_write_bytecode = True
found = {}
for name in names:
    try:
        spec = importlib.util.find_spec(name, package or None)
    except ImportError:
        spec = None
    if spec is not None:
        found[name] = [spec.origin] if spec.origin else sorted(spec.submodule_search_locations)
print(json.dumps(found))
"""


def resolved(root: Path, base: str, package: str, names: list[str]) -> dict[str, list[str]]:
    """The file of each module, as a running Python finds it; the folders of a namespace package."""
    command = [sys.executable, "-I", "-S", "-c", PROBE, str(root), base, package, *names]
    done = subprocess.run(command, capture_output=True, check=True, cwd=root)
    places: dict[str, list[str]] = json.loads(done.stdout)
    inside = f"{root}/"
    return {
        name: [place.replace("\\", "/").removeprefix(inside) for place in found]
        for name, found in places.items()
        if found[0].startswith(str(root))
    }


def dotted(files: list[str]) -> list[str]:
    """Every dotted name that some ending of a path could be, and a few that nothing is."""
    names = {"nothing", "shop.nothing", "os.path", "json"}
    for file in files:
        parts = file.removesuffix(".py").removesuffix("/__init__").split("/")
        names |= {".".join(parts[start:end]) for end in range(1, len(parts) + 1) for start in range(end)}
    return sorted(names)


@pytest.mark.parametrize("files", TREES.values(), ids=list(TREES))
def test_a_name_means_the_file_that_python_finds(files: list[str], tmp_path: Path) -> None:
    root = write_files(tmp_path / "a project", dict.fromkeys(files, b""))
    modules = Modules(files)
    for test in (file for file in files if "/test_" in file):
        base = modules.base_folder(test)
        package = test.rpartition("/")[0].removeprefix(base).strip("/").replace("/", ".")
        names = dotted(files)
        if package:
            names += [f".{name}" for name in names if name.count(".") < 2] + ["..helpers", "..unit.helpers"]
        truth = resolved(root, base, package, names)
        truth = {name: places for name, places in truth.items() if places != [test]}
        for name in names:
            found = modules.find(name, test)
            if name in truth:
                assert found in truth[name], (test, name, truth[name])
            elif found is not None and not _is_hidden(name, truth):
                # The folders above the test are tried last: some tests change `sys.path`.
                folder = found.removesuffix(".py").removesuffix("/__init__")
                above = folder.removesuffix(name.replace(".", "/")).rstrip("/")
                assert not name.startswith("."), (test, name)
                assert test.startswith(f"{above}/"), (test, name)
                assert above != base, (test, name)


def _is_hidden(name: str, truth: dict[str, list[str]]) -> bool:
    """Whether its first part means another module: `find` takes the word of the file that imports it."""
    return name.partition(".")[0] in truth


@pytest.mark.parametrize("files", TREES.values(), ids=list(TREES))
def test_the_names_of_a_file_lead_back_to_it(files: list[str], tmp_path: Path) -> None:
    root = write_files(tmp_path / "project", dict.fromkeys(files, b""))
    modules = Modules(files)
    for test in (file for file in files if "/test_" in file):
        base = modules.base_folder(test)
        package = test.rpartition("/")[0].removeprefix(base).strip("/").replace("/", ".")
        for path in files:
            if path == test:
                continue
            names = modules.names(path, test)
            relative = modules.relative_name(path, test)
            truth = resolved(root, base, package, [*names, *([relative] if relative else [])])
            if relative is not None:
                assert truth[relative] == [path], (test, relative)
            for name in names:
                above = (
                    path.removesuffix(".py").removesuffix("/__init__").removesuffix(name.replace(".", "/"))
                )
                if test.startswith(above) and above.rstrip("/") not in (base, "", "src"):
                    assert name not in truth, (test, name)  # from a folder above the test
                else:
                    assert truth.get(name) == [path], (test, name)


@pytest.mark.parametrize("files", TREES.values(), ids=list(TREES))
def test_the_base_folder_is_the_one_that_pytest_counts_from(files: list[str], tmp_path: Path) -> None:
    """The name that pytest gives a test module begins there."""
    code = b"print(f'={__file__}={__name__}=')\n"
    modules = Modules(files)
    root = write_files(tmp_path / "project", {file: code if "/test_" in file else b"" for file in files})
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", ".", "--co", "-qs"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    named = re.findall("=(.*)=(.*)=", done.stdout)
    assert len(named) == len([file for file in files if "/test_" in file])
    for file, name in named:
        path = Path(file).relative_to(root).as_posix()
        base = modules.base_folder(path)
        assert path == (f"{base}/" if base else "") + name.replace(".", "/") + ".py"
