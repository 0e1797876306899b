"""The data about names agrees with the Python that runs the tests."""

from __future__ import annotations

import builtins
import sys

from fixer.facts.builtin_names import BUILTIN_NAMES, BUILTIN_SINCE


def test_every_builtin_of_this_python_is_known() -> None:
    # `_` is bound by the interactive prompt and by gettext.install(), neither of which a file can count on.
    assert set(dir(builtins)) - {"_"} <= BUILTIN_NAMES


def test_versions_of_builtins_are_right() -> None:
    for name, since in BUILTIN_SINCE.items():
        if not name.startswith("__"):
            assert hasattr(builtins, name) == (sys.version_info >= since), name
