"""Which version holds where: from the files of a project, the nearest first."""

from __future__ import annotations

import pytest

from fixer.environment import Environment, Installed
from fixer.project.dependencies import declared
from fixer.project.versions import KnownVersion, Versions
from fixer.version_range import parse_range

LOCK = '[[package]]\nname = "websockets"\nversion = "{}"\n'


def known(
    files: dict[str, str], path: str = "tests/test_a.py", package: str = "websockets", **installed: str
) -> KnownVersion | None:
    found = declared(files)
    environment = Environment("/x/.venv", (3, 11), {n: Installed(n, v) for n, v in installed.items()})
    return Versions(found.requirements, found.included, {}, environment).of(package, path)


@pytest.mark.parametrize(
    ("files", "path", "allowed", "source"),
    [
        (
            {"requirements.txt": "websockets==13.1\n"},
            "tests/test_a.py",
            "==13.1",
            "requirements.txt:1 says websockets==13.1",
        ),
        (
            {"requirements.txt": "websockets>=15\n", "svc/requirements.txt": "# svc\nwebsockets==13.1\n"},
            "svc/tests/test_a.py",
            "==13.1",
            "svc/requirements.txt:2 says websockets==13.1",
        ),
        (
            {"requirements.txt": "websockets>=15\n", "svc/requirements.txt": "httpx\n"},
            "svc/tests/test_a.py",
            ">=15",
            "requirements.txt:1 says websockets>=15",
        ),
        (
            {"svc/requirements.txt": "websockets==13.1\n", "requirements.txt": "websockets>=15\n"},
            "tests/test_a.py",
            ">=15",
            "requirements.txt:1 says websockets>=15",
        ),
        (
            {
                "uv.lock": LOCK.format("14.2"),
                "pyproject.toml": '[project]\ndependencies = ["websockets>=12"]\n',
            },
            "tests/test_a.py",
            "==14.2",
            "uv.lock:2 says websockets==14.2",
        ),
        (
            {"requirements.txt": "websockets>=12\n", "requirements-dev.txt": "websockets==14.0\n"},
            "tests/test_a.py",
            "==14.0",
            "requirements-dev.txt:1 says websockets==14.0",
        ),
        (
            {
                "requirements/test.txt": "websockets>=14\n",
                "setup.cfg": "[options]\ninstall_requires =\n  websockets>=12\n",
            },
            "tests/test_a.py",
            ">=14",
            "requirements/test.txt:1 says websockets>=14",
        ),
        (
            {
                "a.txt": "",
                "tests/requirements.txt": "-r ../deploy/requirements.txt\n",
                "deploy/requirements.txt": "websockets==12\n",
            },
            "tests/test_a.py",
            "==12",
            "deploy/requirements.txt:1 says websockets==12",
        ),
        (
            {"pyproject.toml": '[tool.poetry.dependencies]\nwebsockets = "^14.1"\n'},
            "tests/test_a.py",
            ">=14.1,<15",
            "pyproject.toml:2 says websockets^14.1",
        ),
        (
            {"Pipfile.lock": '{"default": {"websockets": {"version": "==13.1"}}}'},
            "tests/test_a.py",
            "==13.1",
            "Pipfile.lock:1 says websockets==13.1",
        ),
    ],
)
def test_the_nearest_file_that_names_it(files: dict[str, str], path: str, allowed: str, source: str) -> None:
    assert known(files, path) == KnownVersion(parse_range(allowed), source)  # type: ignore[arg-type]


def test_pins_that_differ_are_all_possible() -> None:
    found = known({"requirements.txt": 'websockets==13.1; python_version < "3.9"\nwebsockets==15.0\n'})
    assert found is not None and found.allowed == parse_range("==13.1||==15.0")
    assert (
        found.source
        == "requirements.txt:1 says websockets==13.1 and requirements.txt:2 says websockets==15.0"
    )


def test_ranges_of_one_file_that_differ_are_all_possible() -> None:
    found = known({"requirements.txt": "websockets>=12,<13\nwebsockets>=14\n"})
    assert found is not None and found.allowed == parse_range(">=12,<13||>=14")


def test_a_setting_goes_before_everything() -> None:
    found = declared({"uv.lock": LOCK.format("14.2")})
    setting = parse_range("15.0.1")
    assert setting is not None
    versions = Versions(found.requirements, {}, {"websockets": setting}, Environment())
    version = versions.of("websockets", "tests/test_a.py")
    assert version is not None and version.allowed == setting


def test_the_environment_comes_last() -> None:
    assert known({}, websockets="14.2") == KnownVersion(parse_range("==14.2"), "14.2 is installed in .venv")  # type: ignore[arg-type]
    found = known({"requirements.txt": "websockets>=15\n"}, websockets="14.2")
    assert found is not None and found.allowed == parse_range(">=15")
    assert known({"requirements.txt": "websockets\n"}) is None
    assert known({"requirements.txt": "websockets @ https://example.org/x.zip\n"}) is None


@pytest.mark.parametrize(
    ("files", "allowed", "source"),
    [
        (
            {"pyproject.toml": '[project]\nrequires-python = ">= 3.10"\n'},
            ">=3.10",
            "pyproject.toml:2 says python>=3.10",
        ),
        ({"setup.cfg": "[options]\npython_requires = >=3.9\n"}, ">=3.9", "setup.cfg:2 says python>=3.9"),
        (
            {"setup.py": 'from setuptools import setup\nsetup(python_requires=">=3.8")\n'},
            ">=3.8",
            "setup.py:2 says python>=3.8",
        ),
        (
            {"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.11"\n'},
            ">=3.11,<4",
            "pyproject.toml:2 says python^3.11",
        ),
        ({}, "==3.11.*", ".venv has 3.11"),
    ],
)
def test_python_itself(files: dict[str, str], allowed: str, source: str) -> None:
    assert known(files, package="python") == KnownVersion(parse_range(allowed), source)  # type: ignore[arg-type]
    assert "python" not in declared(files).distributions
