"""What a project declares, read from the files in which projects declare it."""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixer.project.dependencies import declared, import_names, is_dependency_file, parse_dependency_file
from fixer.project.requirements import parse_requirement

PYPROJECT = """\
[project]
dependencies = ["PyYAML>=6", "httpx[http2] ~= 0.27 ; python_version > '3.8'"]
[project.optional-dependencies]
test = ["pytest_mock"]
[dependency-groups]
dev = ["ruff", {include-group = "docs"}]
docs = ["Sphinx"]
[tool.poetry.dependencies]
python = "^3.10"
django = {version = "^4", extras = ["argon2"]}
[tool.poetry.group.dev.dependencies]
factory-boy = "*"
[tool.pdm.dev-dependencies]
lint = ["black"]
[tool.uv]
dev-dependencies = ["mypy==1.0"]
[tool.hatch.envs.test]
extra-dependencies = ["coverage[toml]"]
[tool.pixi.feature.gpu.pypi-dependencies]
cupy = ">=13"
"""
REQUIREMENTS = """\
# comment
-r base.txt
--index-url https://example.org/simple
Flask == 2.0 \\
    --hash=sha256:00  # why
numpy>=1,<2 ; sys_platform == "linux"
-e git+https://example.org/a/Some.Thing.git@main#egg=Some_Thing
git+https://example.org/celery/kombu.git@main
pkg @ https://example.org/pkg-1.0.tar.gz
https://example.org/wheels/grpcio_tools-1.60.0-cp311-cp311-linux_x86_64.whl
./local
"""
SETUP_CFG = """\
[metadata]
name = x
[options]
install_requires =
    requests>=2
    # a comment
    attrs
[options.extras_require]
test = pytest
redis =
    redis[hiredis]>4
"""
SETUP_PY = """\
from setuptools import setup
REQUIRES = ["six>=1.9"]
raise RuntimeError("must not run \\d")
setup(install_requires=REQUIRES + ["boto3"], extras_require={"t": ["moto==5"]}, classifiers=["Not :: one"])
"""
BUILT_UP_SETUP_PY = """\
from setuptools import setup

testing = ["pytest-mock"]
more: list[str] = ["six"]
circle = circle + testing
extras = {}
extras["lint"] = ["ruff"]
extras["test"] = (
    extras["lint"]
    + ["pytest>=8"]
)
extras["all"] = [*testing, "attrs"]
extras["docs"] = deps_list("sphinx", "furo")
extras["test"].append("moto==5")
extras["test"] += ["boto3"]
install_requires = list(set(["idna"]))
setup(extras_require=dict(extras, new=circle), tests_require=more, long_description=open("README.md").read())
"""
TOX = """\
[testenv]
deps =
    pytest>=8
    py310,py311: tomli

    # === Web ===
    {py3.8,py3.14t}-web-v3.10: pytest-aiohttp==1.0
    -r requirements.txt
    {[base]deps}
commands = pytest
"""
NOXFILE = """\
import nox

TOOLS = ["pytest", "pytest-mock>=3"]


@nox.session
def tests(session):
    session.install("-r", "requirements.txt", "httpx<0.28", *TOOLS)
    session.conda_install("starlette")
    session.install(".")
    session.run("pytest")
"""
RIOTFILE = """\
from riot import Venv, latest

venv = Venv(
    pkgs={"pytest": latest},
    venvs=[Venv(pkgs={"httpx": "<0.28.0", "starlette": ["~=0.21.0", "~=0.33.0"]})],
)
"""
PIPFILE = '[[source]]\nurl = "x"\n[packages]\nrequests = "*"\n[dev-packages]\npytest = {version = ">=8"}\n'
ENVIRONMENT = """\
name: env
channels:
  - conda-forge
dependencies:
  - python=3.11
  - pandas=2.1=h1_0
  - conda-forge::pytorch>=2
  - "xarray"
  - pip:
    - sphinx-book-theme==1.0
variables:
  - no
"""
UV_LOCK = 'version = 1\n[[package]]\nname = "anyio"\nversion = "4.0"\n[package.metadata]\nname = "not-this"\n'

FILES = [  # path, text, (name, specifier) in order
    (
        "pyproject.toml",
        PYPROJECT,
        "pyyaml>=6 httpx~=0.27 pytest-mock ruff sphinx python^3.10 black mypy==1.0 coverage django^4 "
        "factory-boy cupy>=13",
    ),
    (
        "requirements/dev.txt",
        REQUIREMENTS,
        "flask==2.0 numpy>=1,<2 some-thing kombu pkg grpcio-tools==1.60.0",
    ),
    ("setup.cfg", SETUP_CFG, "requests>=2 attrs pytest redis>4"),
    ("setup.py", SETUP_PY, "boto3 moto==5 six>=1.9"),
    (
        "lib/setup.py",
        BUILT_UP_SETUP_PY,
        "attrs boto3 furo idna moto==5 pytest-mock pytest>=8 ruff six sphinx",
    ),
    ("noxfile.py", NOXFILE, "httpx<0.28 pytest pytest-mock>=3 starlette"),
    ("riotfile.py", RIOTFILE, "httpx<0.28.0 pytest starlette~=0.21.0 starlette~=0.33.0"),
    ("tox.ini", TOX, "pytest>=8 tomli pytest-aiohttp==1.0"),
    ("Pipfile", PIPFILE, "requests pytest>=8"),
    ("ci/environment-3.11.yml", ENVIRONMENT, "pandas==2.1 pytorch>=2 xarray sphinx-book-theme==1.0"),
    (
        "requirements/py312.yaml",
        "dependencies:\n  - dask-core >=2025.1\n  - pytest-mock\n",
        "dask-core>=2025.1 pytest-mock",
    ),
    ("uv.lock", UV_LOCK, "anyio==4.0"),
    ("Pipfile.lock", '{"_meta": {}, "default": {"click": {"version": "==8.0"}}}', "click==8.0"),
    ("hatch.toml", '[envs.docs]\ndependencies = ["mkdocs>=1"]\n', "mkdocs>=1"),
    ("pixi.toml", '[dependencies]\ndask = ">=2"\n[target.linux.dependencies]\ngcc = "*"\n', "dask>=2 gcc"),
]


@pytest.mark.parametrize(("path", "text", "expected"), FILES, ids=[path for path, _, _ in FILES])
def test_requirements_of_each_kind_of_file(path: str, text: str, expected: str) -> None:
    assert is_dependency_file(path)
    requirements, warnings = parse_dependency_file(path, text)
    assert sorted(one.name + one.specifier for one in requirements) == sorted(expected.split())
    assert not warnings
    lines = text.lower().replace("_", "-").replace(".", "-").splitlines()
    for one in requirements:
        assert one.name in lines[one.line - 1] and one.source_file == path


def test_names_in_setup_py_are_looked_through_once() -> None:
    """Each name stands for the next one twice: followed every time, that would take until tomorrow."""
    chain = "".join(f"x{number} = x{number + 1} + x{number + 1}\n" for number in range(60))
    text = f"{chain}x60 = ['six']\nsetup(install_requires=x0)\n"
    assert [one.name for one in parse_dependency_file("setup.py", text)[0]] == ["six"]


@pytest.mark.parametrize(("path", "table"), [("hatch.toml", "envs"), ("pyproject.toml", "tool.hatch.envs")])
def test_what_hatch_installs_by_itself(path: str, table: str) -> None:
    """`hatch test` has pytest-mock and others, whether or not the project adds to its environment."""
    found = parse_dependency_file(path, f'[{table}.hatch-test]\nextra-dependencies = ["trustme"]\n')[0]
    assert {"trustme", "pytest-mock", "pytest-xdist"} <= {one.name for one in found}
    other = parse_dependency_file(path, f'[{table}.docs]\ndependencies = ["mkdocs"]\n')[0]
    assert [one.name for one in other] == ["mkdocs"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("pyproject.toml", True),
        ("service/pyproject.toml", True),
        ("requirements.txt", True),
        ("requirements-test.in", True),
        ("tests/e2e/requirements_ui_testing.txt", True),
        ("dev_requirements.txt", True),
        ("requirements/extras/redis.txt", True),
        ("requirements.d/development.txt", True),
        ("tests/requirements-ci/base.in", True),
        ("requirements/py312.yml", True),
        ("py312.yml", False),
        ("requirementsgathering/notes.txt", False),
        ("constraints.txt", True),
        ("tests/fixtures/sample/pyproject.toml", False),
        ("docs/index.txt", False),
        ("tests/test_requirements.py", False),
        ("REQUIREMENTS.md", False),
    ],
)
def test_which_files_are_dependency_files(path: str, expected: bool) -> None:
    assert is_dependency_file(path) == expected


def test_a_broken_file_yields_the_tables_above_the_error_and_a_warning() -> None:
    text = '[project]\ndependencies = ["attrs"]\n[tool.poetry.dependencies]\ndjango = [\n\n[x]\ny = = 1\n'
    requirements, (warning,) = parse_dependency_file("pyproject.toml", text)
    assert [one.name for one in requirements] == ["attrs"]
    assert warning.startswith("pyproject.toml: not TOML")


TEXTS = st.text() | st.sampled_from([text for _, text, _ in FILES]).flatmap(
    lambda text: st.integers(0, len(text)).map(lambda end: text[:end])
)


@given(path=st.sampled_from([path for path, _, _ in FILES]), text=TEXTS)
def test_no_text_raises(path: str, text: str) -> None:
    parse_dependency_file(path, text)


def test_too_long_a_file_is_left_alone_with_a_warning() -> None:
    requirements, (warning,) = parse_dependency_file("requirements.txt", "flask\n" * 1_000_000)
    assert requirements == () and "requirements.txt" in warning


def test_lock_files_do_not_make_a_dependency_direct() -> None:
    found = declared({"uv.lock": UV_LOCK, "requirements.txt": "httpx"})
    assert found.distributions == {"anyio", "httpx"}
    assert found.direct == {"httpx"}


def test_import_names() -> None:
    assert import_names(["PyYAML", "google-cloud-storage", "types-requests", "pytest-asyncio", "attrs"]) == {
        "yaml",
        "google",
        "pytest_asyncio",
        "attr",
        "attrs",
    }


def test_import_names_agree_with_what_is_installed_here() -> None:
    """Every distribution installed for these tests can be imported under a name that we give it."""
    for name in ("pytest", "hypothesis", "libcst", "pathspec", "click", "PyYAML"):
        try:
            files = importlib.metadata.files(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue
        tops = {file.parts[0].removesuffix(".py") for file in files if file.suffix == ".py"}
        assert import_names([name]) <= tops, name


def test_the_data_is_normalised_and_sorted() -> None:
    path = Path(__file__).parents[1] / "fixer" / "known" / "distributions.json"
    rows = json.loads(path.read_text("utf-8"))
    assert list(rows) == sorted(rows)
    for name, row in rows.items():
        requirement = parse_requirement(name, "", 1)
        assert requirement is not None and requirement.name == name
        assert all(part.isidentifier() for part in row[0].split())
