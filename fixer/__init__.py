"""testfix as a library: the pipeline of the command line, without printing and without exit.

    from fixer import Config, check, repair

    for finding in check("tests").findings:
        ...

Nothing is imported until it is asked for, so that `testfix --version` need not load the pipeline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fixer.api import check as check
    from fixer.api import repair as repair
    from fixer.config import Config as Config

__version__ = "0.1.0"
__all__ = ["Config", "__version__", "check", "repair"]

_HOME = {"check": "fixer.api", "repair": "fixer.api", "Config": "fixer.config"}


def __getattr__(name: str) -> object:
    """Import on first use (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
