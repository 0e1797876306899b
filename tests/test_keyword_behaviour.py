"""Calls that are refused, and what they do once they are repaired: against real servers.

Here with what is installed; `tests/tools/check_behaviour.py` does the same with several releases of
websockets side by side, and on other Pythons.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

from keyword_behaviour import faults_of_asyncio, faults_of_websockets

if TYPE_CHECKING:
    from pathlib import Path


def test_asyncio(tmp_path: Path) -> None:
    assert list(faults_of_asyncio(tmp_path, sys.executable)) == []


def test_the_installed_websockets(tmp_path: Path) -> None:
    assert list(faults_of_websockets(tmp_path, sys.executable, version("websockets"))) == []
