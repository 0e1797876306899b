"""What a codemod says when an edit does not fit the source it is given."""

from __future__ import annotations


class EditError(ValueError):
    """An edit cannot be applied; the message is a sentence for the user."""
