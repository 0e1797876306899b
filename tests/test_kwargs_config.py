"""`[tool.testfix.kwargs]`: what it holds, and what is said of what it cannot hold."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_runner import run_testfix, write_files

from fixer.config import ConfigError, parse
from fixer.version_range import parse_range


def settings(text: str) -> object:
    return parse(Path("pyproject.toml"), text, Path()).kwargs


def test_what_it_holds() -> None:
    found = parse(
        Path("pyproject.toml"),
        """
[tool.testfix.kwargs]
assume = "latest"
versions = { WebSockets = "15.0.1", "py_thon.x" = ">=3" }
ignore-manifests = ["archive/**"]

[[tool.testfix.kwargs.rewrite]]
id = "websockets-timeout"
action = { rename = "close_timeout" }

[[tool.testfix.kwargs.rewrite]]
id = "httpx-asyncclient-app"
enabled = false

[[tool.testfix.kwargs.signature]]
callee = ["sdk.connect@>=3"]
package = "sdk"
accepts = ["url", "proxy@>=3.2"]
""",
        Path(),
    ).kwargs
    assert found.assume == "latest" and found.ignored == ("archive/**",)
    assert found.versions == {"websockets": parse_range("15.0.1"), "py-thon-x": parse_range(">=3")}
    timeout, app = found.rewrites
    assert timeout.action.names == ("close_timeout",) and timeout.keyword == "timeout" and timeout.user
    assert not app.enabled
    assert found.signatures[0].accepts["proxy"] == parse_range(">=3.2")
    assert found.callees == {*timeout.callees, "sdk.connect"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kwargs = 3", "must be a table with the keys assume, versions"),
        (
            "[tool.testfix.kwargs]\nassumes = 'latest'",
            "pyproject.toml:3: `kwargs` in [tool.testfix] has no key `assumes`",
        ),
        (
            "[tool.testfix.kwargs]\nassume = 'newest'",
            "pyproject.toml:3: `kwargs` in [tool.testfix] expects one of report, latest",
        ),
        ("[tool.testfix.kwargs.versions]\nwebsockets = 'new'", 'expects a version ("15.0.1") or a range'),
        ("[tool.testfix.kwargs]\nversions = 3", "expects a table of package and version"),
        ("[tool.testfix.kwargs]\nignore-manifests = 'a'", "expects a list of patterns"),
        ("[tool.testfix.kwargs]\nignore-manifests = ['[']", "has a mistake in `ignore-manifests`"),
        (
            "[tool.testfix.kwargs]\nrewrite = 3",
            "expects tables for `rewrite` ([[tool.testfix.kwargs.rewrite]])",
        ),
        (
            "[[tool.testfix.kwargs.rewrite]]\nid = 'mine'\nkeyword = 'k'",
            ":3: `kwargs` in [tool.testfix] has a `rewrite` `mine` that cannot be used: `callee` must be",
        ),
        (
            "[[tool.testfix.kwargs.rewrite]]\nkeyword = 'k'",
            "has a `rewrite` without an id that cannot be used",
        ),
        (
            "[[tool.testfix.kwargs.signature]]\ncallee = 'f'\nunknown = 'no'",
            ":3: `kwargs` in [tool.testfix] has a `signature` that cannot be used: `unknown` must be",
        ),
    ],
)
def test_what_it_cannot_hold(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings(f"[tool.testfix]\n{text}\n")
    assert message in str(caught.value)


SUITE = {
    "pyproject.toml": b"[tool.testfix.kwargs]\nignore-manifests = ['old/**', 'base*']\n",
    "base-requirements.txt": b"websockets==13.1\n",
    "tests/requirements.txt": b"websockets==15.0\n",
    "tests/test_a.py": b"import websockets\n\nasync def test_a(u):\n    websockets.connect(u, timeout=3)\n",
}


def test_manifests_that_do_not_count(tmp_path: Path) -> None:
    folder = write_files(tmp_path, {**SUITE, "old/requirements.txt": b"websockets==13.1\n"})
    assert "tests/requirements.txt:1 says websockets==15.0" in run_testfix(["--check"], folder).text
    (folder / "tests" / "requirements.txt").unlink()
    assert "nothing says which version of websockets is used" in run_testfix(["--check"], folder).text


def test_the_environment_that_python_names(tmp_path: Path) -> None:
    packages = "env/lib/python3.11/site-packages/websockets-14.2.dist-info/METADATA"
    files = {
        **SUITE,
        "env/pyvenv.cfg": b"home = /usr/bin\nversion = 3.11.7\n",
        packages: b"Name: websockets\nVersion: 14.2\n",
    }
    del files["tests/requirements.txt"]
    folder = write_files(tmp_path, files)
    outcome = run_testfix(["--check", "--python", "env", "--output-format", "concise"], folder)
    assert (
        "from websockets 14.0 on; 14.2 is installed in env (fix: timeout= -> open_timeout=)" in outcome.text
    )


def test_a_python_that_is_none(tmp_path: Path) -> None:
    outcome = run_testfix(["--check", "--python", "nowhere"], write_files(tmp_path, SUITE))
    assert "nowhere is neither a Python interpreter nor an environment" in outcome.text


def test_an_unreadable_lock_file_is_skipped_with_a_warning(tmp_path: Path) -> None:
    folder = write_files(tmp_path, {**SUITE, "uv.lock": b"<<<<<<< HEAD\n", "Pipfile.lock": b"{"})
    outcome = run_testfix(["--check"], folder)
    assert "tests/requirements.txt:1 says websockets==15.0" in outcome.text
    assert "uv.lock: not TOML" in outcome.text and "Pipfile.lock: not JSON" in outcome.text


def test_own_signatures_and_rewrites(tmp_path: Path) -> None:
    config = b"""
[tool.testfix.kwargs]
versions = { sdk = "3.1" }

[[tool.testfix.kwargs.signature]]
callee = "sdk.connect"
package = "sdk"
accepts = ["url", "wait@>=3", "proxy@>=3.2"]

[[tool.testfix.kwargs.rewrite]]
id = "sdk-timeout"
callee = "sdk.connect"
keyword = "timeout"
action = { rename = "wait" }

[[tool.testfix.kwargs.rewrite]]
id = "sdk-client"
callee = "sdk.Client"
package = "sdk"
broken-in = ">=3"
keyword = "retry"
action = { keyword = "policy", value = "sdk.Policy({value})", imports = ["sdk.Policy"] }
"""
    test = b"""import sdk


def test_a(u):
    sdk.connect(u, timeout=3)
    sdk.connect(u, proxy=None)
    sdk.Client(retry=3)
"""
    folder = write_files(tmp_path, {"pyproject.toml": config, "tests/test_a.py": test})
    outcome = run_testfix(["--output-format", "concise"], folder)
    text = (folder / "tests" / "test_a.py").read_text("utf-8")
    assert "sdk.connect(u, wait=3)" in text and "sdk.Client(policy=sdk.Policy(3))" in text
    assert "refuses `proxy` before sdk 3.2" in outcome.text
