from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("testfix", deadline=None)  # a busy machine is no failure
settings.load_profile("testfix")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-pages",
        action="store_true",
        help="rewrite the diff and console blocks of rule pages and corpus pages from what testfix prints",
    )


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colour settings of whoever runs the tests do not reach testfix."""
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
