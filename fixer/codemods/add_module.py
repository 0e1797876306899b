"""AddModule: the text of a new file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.codemods.errors import EditError
from fixer.fixture_edits import AddModule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.edits import Edit


def new_module(source: str, edits: Sequence[Edit], newline: str) -> str:
    """The text of the module that one of `edits` brings. Raises EditError where something is there
    already, or another edit wants the file, too."""
    first, *others = edits
    if source or others or not isinstance(first, AddModule):
        raise EditError("there is a file of that name already")
    return first.source.replace("\n", newline)
