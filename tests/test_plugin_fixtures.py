"""The catalogue of fixtures is well formed and agrees with the pytest and the plugins that run here."""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from fixer.known import plugin_fixtures, pytest_fixtures
from fixer.known.plugin_fixtures import Plugin, PluginFixture, brought_by, plugin, who_provides
from fixer.known.pytest_fixtures import builtin_fixtures, bundled_plugins
from fixer.known.pytest_settings import INI
from fixer.project.requirements import normalised

TOOLS = Path(__file__).with_name("tools")
DATA, RARER = (
    json.loads(Path(plugin_fixtures.__file__).with_name(name).read_text("utf-8"))
    for name in ("plugin_fixtures.json", "rarer_plugins.json")
)
PLUGINS: dict[str, Plugin] = {
    name: found for name in (*DATA["plugins"], *RARER["plugins"]) if (found := plugin(name))
}
HERE = tuple(int(part) for part in pytest.__version__.split(".")[:2])


@pytest.fixture(scope="module")
def source() -> Any:
    """The script that reads the source of plugins."""
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(TOOLS)
        return importlib.import_module("plugin_source")


def probe(folder: Path, *arguments: str) -> dict[str, Any]:
    """What the pytest that runs this has, without plugins that happen to be installed."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "plugin_probe", "--collect-only", "-q", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(TOOLS), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    line = next(line for line in done.stdout.splitlines() if line.startswith("PROBE"))
    found: dict[str, Any] = json.loads(line.removeprefix("PROBE"))
    return found


def test_pytest_has_what_the_data_says(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    known = builtin_fixtures((HERE[0], HERE[1]))
    plain, more = probe(tmp_path)["fixtures"], probe(tmp_path, "-p", "pytester")["fixtures"]
    assert {name for name, one in known.items() if one.needs is None} == {*plain, "request"}
    assert set(known) == {*more, "request"}
    assert {name: list(known[name].requests) for name in more} == {
        name: facts["requests"] for name, facts in more.items()
    }


@pytest.mark.parametrize("blocked", ["legacypath", "cacheprovider", "capture"])
def test_a_blocked_plugin_takes_its_fixtures_along(tmp_path: Path, blocked: str) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    gone = {name for name, one in builtin_fixtures((HERE[0], HERE[1])).items() if blocked in one.removed_by}
    before, after = (
        probe(tmp_path, "-p", "pytester", *more)["fixtures"] for more in ((), ("-p", f"no:{blocked}"))
    )
    assert gone == set(before) - set(after) != set()
    assert blocked in bundled_plugins()


VERSIONS = [
    ((7, 4), {"tmp_path", "record_testsuite_property"}, {"capteesys", "subtests"}),
    ((8, 3), {"tmpdir", "testdir"}, {"capteesys", "subtests"}),
    ((8, 4), {"capteesys"}, {"subtests"}),
    ((9, 0), {"capteesys", "subtests"}, {"record_xml_property"}),
    (None, {"capteesys", "subtests", "request", "doctest_namespace", "LineMatcher"}, {"mocker"}),
]


@pytest.mark.parametrize(("version", "has", "has_not"), VERSIONS)
def test_fixtures_of_pytest_by_version(
    version: tuple[int, int] | None, has: set[str], has_not: set[str]
) -> None:
    known = set(builtin_fixtures(version))
    assert has <= known
    assert not has_not & known


def test_the_settings_of_pytest_are_known(pytestconfig: pytest.Config) -> None:
    """Whatever a plugin that runs here adds is in the catalogue, or pytest's own."""
    parser = pytestconfig._parser
    names = {*parser._inidict, *getattr(parser, "_ini_aliases", ())}
    assert names <= INI | plugin_fixtures.options()


def test_the_catalogue_is_well_formed() -> None:
    from packaging.version import Version

    for name, found in PLUGINS.items():
        assert name == normalised(name)
        assert found.read and list(found.read) == sorted(found.read, key=Version), name
        for fixture in found.fixtures:
            assert fixture.name.isidentifier(), (name, fixture)
            assert all(one.isidentifier() for one in fixture.requests), (name, fixture)
            for bound in (fixture.since, fixture.until):
                assert bound is None or Version(found.read[0]) <= Version(bound) <= Version(found.read[-1])
    for name, row in DATA["plugins"].items():
        assert "verified" in row or "computed" not in row, f"the source of {name} alone does not tell"
    assert RARER["plugins"].keys().isdisjoint(DATA["plugins"])
    for name, row in RARER["plugins"].items():
        assert name.startswith("pytest-"), f"only such a name is looked up there, and not {name}"
        assert row.keys().isdisjoint({"computed", "ini", "options"}), name
    for name, brought in DATA["brings"].items():
        assert name == normalised(name)
        assert name not in brought
        assert set(brought) <= set(PLUGINS), name
    for name, row in (*DATA["plugins"].items(), *RARER["plugins"].items()):
        assert set(row.get("brings", ())) <= set(PLUGINS) - {name}, name


def test_rarer_plugins_count_only_by_the_name_of_their_distribution() -> None:
    """`tmp_dir` is called so by many; a project that declares pytest-test-utils has it from there."""
    rare = plugin("pytest-test-utils")
    assert rare is not None
    assert "tmp_dir" in rare.names()
    assert "pytest-test-utils" not in who_provides("tmp_dir")
    assert plugin("pytest-of-our-own") is None


def test_at_least_forty_plugins_were_compared_with_a_running_pytest() -> None:
    verified = {name for name, found in PLUGINS.items() if found.verified}
    with_fixtures = {name for name in verified if PLUGINS[name].names(modules=PLUGINS[name].modules)}
    assert len(with_fixtures) >= 40, sorted(set(PLUGINS) - verified)


def test_installed_plugins_have_what_the_data_says(tmp_path: Path) -> None:
    """Hypothesis always is; a newer version than was read may have more."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    plain = probe(tmp_path)
    checked = 0
    for distribution in importlib.metadata.distributions():
        found = PLUGINS.get(normalised(distribution.name))
        names = [point.name for point in distribution.entry_points if point.group == "pytest11"]
        if found and names and distribution.version in (*found.read, found.verified):
            added = probe(tmp_path, *(word for name in names for word in ("-p", name)))
            assert set(added["fixtures"]) - set(plain["fixtures"]) <= found.names(distribution.version)
            assert set(added["options"]) - set(plain["options"]) <= found.options
            checked += 1
    hypothesis = PLUGINS["hypothesis"]
    assert checked or importlib.metadata.version("hypothesis") not in (*hypothesis.read, hypothesis.verified)


PROVIDED = [  # as their documentation says
    ("pytest-mock", "mocker class_mocker module_mocker package_mocker session_mocker"),
    ("pytest-asyncio", "event_loop event_loop_policy unused_tcp_port unused_udp_port_factory"),
    ("anyio", "anyio_backend anyio_backend_name anyio_backend_options free_tcp_port"),
    ("pytest-trio", "nursery autojump_clock mock_clock"),
    ("pytest-aiohttp", "aiohttp_client aiohttp_client_cls aiohttp_server aiohttp_raw_server"),
    (
        "pytest-django",
        "db client async_client admin_client admin_user rf async_rf settings mailoutbox live_server",
    ),
    ("pytest-flask", "client client_class config live_server accept_json"),
    ("pytest-xdist", "worker_id testrun_uid"),
    ("pytest-cov", "cov no_cover"),
    ("pytest-benchmark", "benchmark"),
    ("pytest-codspeed", "benchmark codspeed_benchmark"),
    ("pytest-httpx", "httpx_mock"),
    ("requests-mock", "requests_mock"),
    ("faker", "faker"),
    ("pyfakefs", "fs fs_class fs_module fs_session"),
    ("syrupy", "snapshot"),
    ("time-machine", "time_machine"),
    ("platformdirs", "platformdirs_isolated"),
    ("pytest-timeout", ""),
]


@pytest.mark.parametrize(("name", "fixtures"), PROVIDED)
def test_what_well_known_plugins_provide(name: str, fixtures: str) -> None:
    assert set(fixtures.split()) <= PLUGINS[name].names()
    assert all(name in who_provides(fixture) for fixture in fixtures.split())


def test_versions_bound_a_fixture() -> None:
    fixture = PluginFixture("loop", since="1.2", until="2.0.1")
    inside = {"1.2", "1.2.0", "1.10", "2.0", "2.0.1rc1", "2.0.1.post1", None}
    assert {version for version in (*inside, "1.1.9", "2.0.2", "3") if fixture.in_version(version)} == inside
    assert "event_loop" not in PLUGINS["pytest-asyncio"].names("1.2.0")
    assert "event_loop" in PLUGINS["pytest-asyncio"].names("0.21.1")


def test_modules_that_have_to_be_named() -> None:
    jupyter = PLUGINS["pytest-jupyter"]
    module = "pytest_jupyter.jupyter_client"
    assert jupyter.names() == frozenset()
    assert "jp_environ" in jupyter.names(modules=[module])
    assert plugin_fixtures.plugins_by_module(module) == ("pytest-jupyter",)


def test_what_points_at_a_plugin() -> None:
    assert plugin_fixtures.plugins_by_entry_point("django") == ("pytest-django",)
    assert plugin_fixtures.plugins_by_module("anyio.pytest_plugin") == ("anyio",)
    assert "pytest-timeout" in plugin_fixtures.plugins_by_ini_option("timeout")
    assert "pytest-cov" in plugin_fixtures.plugins_by_command_line_option("--cov")
    assert {"pytest-django", "pytest-flask"} <= set(who_provides("client"))
    assert "anyio" in brought_by("httpx")
    assert "pytest-base-url" in brought_by("pytest-playwright")  # until 0.8
    assert plugin("no-such-plugin") is None
    assert (who_provides("no_such_fixture"), brought_by("no-such-distribution")) == ((), ())


SOURCE = {
    "kit/__init__.py": "from .base import _hidden as x\nfrom kit.base import *\npytest_plugins = 'kit.more'",
    "kit/base.py": """
import pytest, other
__all__ = ["exported", "made", "assigned"]
@pytest.fixture
def exported(request, *, tmp_path, mode=1): ...
@other.fixture(name="renamed", autouse=True)
def exported_too(): ...
@pytest.fixture(name="hidden")
def _hidden(): ...
@pytest.mark.usefixtures("exported")
def helper(): ...
def factory():
    @pytest.fixture
    def inner(exported): ...
    return inner
def plain(db): ...
made = factory()
assigned = pytest.fixture(scope="class")(plain)
""",
    "kit/more.py": """
import pytest
if condition:
    @pytest.fixture
    def conditional(): ...
else:
    conditional = None
@pytest.fixture
def gone(): ...
def gone(): ...
class Plugin:
    @pytest.fixture
    def late(self, request): ...
def pytest_addoption(parser):
    parser.addini(name="ignored", help="")
    parser.addini("kit_mode", "help")
    parser.getgroup("kit").addoption("--kit", "-K", action="store_true")
def pytest_configure(config):
    config.pluginmanager.register(Plugin(), "kit")
def pytest_generate_tests(metafunc):
    metafunc.parametrize("argument, other", [])
""",
    "kit/optional.py": "import pytest\nNAME = 'optional'\n@pytest.fixture(name=NAME)\ndef other(): ...\n",
    "kit/tests/conftest.py": "import pytest\n@pytest.fixture\ndef of_tests(): ...\n",
    "kit-1.0.dist-info/METADATA": "Name: kit\nVersion: 1.0\nRequires-Dist: pytest\n",
    "kit-1.0.dist-info/entry_points.txt": "[pytest11]\nkit = kit\n",
}


def test_the_source_of_a_plugin_is_read_as_pytest_would(tmp_path: Path, source: Any) -> None:
    path = tmp_path / "kit-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in SOURCE.items():
            archive.writestr(name, text)
    wheel = source.Wheel(path)
    contents = wheel.module("kit").contents()
    requests = {name: one.requests for name, one in contents.fixtures.items()}
    assert requests == {
        "exported": ("request", "tmp_path"),
        "made": ("exported",),
        "assigned": ("db",),
        "hidden": (),
        "conditional": (),
        "late": ("request",),
    }
    assert [name for name, one in contents.fixtures.items() if one.late] == ["late"]
    assert contents.ini == {"kit_mode"}
    assert contents.options == {"--kit", "-K"}
    assert contents.hooks == {"pytest_generate_tests"}
    assert contents.arguments == {"argument", "other"}
    assert wheel.plugins == {"kit": "kit"}
    assert wheel.other_modules({"kit", "kit.more", "kit.base"}) == ["kit.optional"]


def test_the_data_is_shipped() -> None:
    shipped = Path(__file__).parent.with_name("pyproject.toml").read_text("utf-8")
    for module in (plugin_fixtures, pytest_fixtures):
        (data,) = Path(module.__file__).parent.glob(f"{Path(module.__file__).stem}.[jt][sx][ot]*")
        assert f'"known/*{data.suffix}"' in shipped
