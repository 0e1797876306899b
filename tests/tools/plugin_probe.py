"""A plugin for pytest that prints what fixtures, ini options and command-line options there are, as JSON.

generate_plugin_fixtures.py runs it (`-p plugin_probe`) in an environment of its own.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def pytest_collection_modifyitems(session: Any) -> None:
    """Once all plugins are loaded."""
    manager, parser = session._fixturemanager, session.config._parser
    fixtures: dict[str, Any] = {}
    if hasattr(manager, "_arg2fixturedefs"):
        found = manager._arg2fixturedefs
    else:  # pytest 9.2
        found = {
            name: [one for defs in per_node.values() for one in defs]
            for name, per_node in manager._arg2node2fixturedefs.items()
        }
        for name, per_id in manager._arg2nodeid2fixturedefs.items():
            found.setdefault(name, []).extend(one for defs in per_id.values() for one in defs)
    autouse = set(manager._getautousenames(session)) if int(_version()[0]) >= 8 else set()
    if not autouse:
        autouse = set(manager._getautousenames("")) if int(_version()[0]) < 8 else set()
    for name, defs in found.items():
        function = defs[-1].func
        fixtures[name] = {
            "autouse": name in autouse,
            "requests": list(defs[-1].argnames),
            "module": getattr(function, "__module__", None),
        }
    groups = [*parser._groups, parser._anonymous]
    options = sorted({name for group in groups for option in group.options for name in option.names()})
    print("PROBE" + json.dumps({"fixtures": fixtures, "ini": sorted(parser._inidict), "options": options}))
    sys.stdout.flush()


def _version() -> list[str]:
    import pytest

    return pytest.__version__.split(".")
