"""A plugin for pytest that prints what fixtures, ini options and command-line options there are, as JSON.

The generators beside it run it (`-p plugin_probe --collect-only`) with the pytest that they ask about, from
7.4 on.
"""

from __future__ import annotations

import json
from typing import Any


def pytest_collection_modifyitems(session: Any) -> None:
    """Collected: all plugins are loaded."""
    manager, parser = session._fixturemanager, session.config._parser
    fixtures = {}
    autouse = autouse_names(session)
    for name, definitions in registered(manager).items():
        newest = definitions[-1]
        fixtures[name] = {
            "autouse": name in autouse,
            "requests": list(newest.argnames),
            "module": getattr(newest.func, "__module__", None),
        }
    groups = [*parser._groups, parser._anonymous]
    options = {name for group in groups for option in group.options for name in option.names()}
    print(
        "PROBE"
        + json.dumps({"fixtures": fixtures, "ini": sorted(parser._inidict), "options": sorted(options)})
    )


def registered(manager: Any) -> dict[str, list[Any]]:
    """Name -> definitions, the one that wins last."""
    if hasattr(manager, "_arg2fixturedefs"):
        return dict(manager._arg2fixturedefs)
    found: dict[str, list[Any]] = {}  # pytest 9.2
    for table in (manager._arg2node2fixturedefs, manager._arg2nodeid2fixturedefs):
        for name, places in table.items():
            for definitions in places.values():
                found.setdefault(name, []).extend(reversed(definitions))
    return found


def autouse_names(session: Any) -> set[str]:
    """The fixtures that every test gets."""
    try:
        return set(session._fixturemanager._getautousenames(session))
    except (AttributeError, TypeError):  # before pytest 8: by the id of the node
        return set(session._fixturemanager._getautousenames(session.nodeid))
