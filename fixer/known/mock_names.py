"""The names that `unittest.mock` and the `mock` backport share on every Python from 3.10 on."""

from __future__ import annotations

from fixer.known.star_exports import star_exports

# Private names that tests import all the same, and a public one outside `__all__`.
_MORE = frozenset(
    {"_ANY", "_Call", "_CallList", "_SentinelObject", "_patch", "_patch_dict", "InvalidSpecError"}
)
_LATER = {"ThreadingMock": "3.13"}


def mock_names() -> frozenset[str]:
    """What can be imported from `unittest.mock`, whichever Python runs the tests."""
    return ((star_exports("unittest.mock") or frozenset()) | _MORE) - _LATER.keys()


def why_missing(name: str) -> str:
    """Why `name` is no member of `unittest.mock`, as a clause."""
    if name in _LATER:
        return f"`unittest.mock` has `{name}` from Python {_LATER[name]} on only"
    return f"`unittest.mock` has no `{name}`"
