"""What a codemod says when an edit does not fit the source it is given."""

from __future__ import annotations

TOO_DEEP = "it is in a statement that is nested too deeply to edit"


class EditError(ValueError):
    """An edit cannot be applied; the message is a sentence for the user."""
