"""A pytest plugin that writes down what each test requests and which files pytest imported, as JSON.

    PYTHONPATH=benchmarks/visibility python -m pytest -p requests_plugin --fixture-requests FILE --setup-plan

Alone in its file, with the standard library: it runs in the environment of the suite.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--fixture-requests", metavar="FILE", help="write what each test requests to FILE")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: Any) -> None:
    path = session.config.getoption("--fixture-requests")
    if not path:
        return
    requests: dict[str, set[str]] = {}
    for item in getattr(session, "items", ()):
        parameters = getattr(getattr(item, "callspec", None), "id", None)
        node = item.nodeid if parameters is None else item.nodeid.removesuffix(f"[{parameters}]")
        requests.setdefault(node, set()).update(set(getattr(item, "fixturenames", ())) - {"request"})
    loaded = {str(Path(file).resolve()) for file in map(_file, list(sys.modules.values())) if file}
    answer = {
        "requests": {node: sorted(names) for node, names in requests.items()},
        "loaded": sorted(loaded),
    }
    Path(path).write_text(json.dumps(answer), encoding="utf-8")


def _file(module: object) -> str | None:
    try:
        file = getattr(module, "__file__", None)
    except Exception:  # a module may put anything in its own place
        return None
    return file if isinstance(file, str) else None
