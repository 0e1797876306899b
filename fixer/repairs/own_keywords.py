"""The repair of a keyword that the project's own callee does not have: only as the user's entries say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.call_edits import RemoveArgument, RenameArgument, RenameKey
from fixer.finding import Fix, Safety

if TYPE_CHECKING:
    from fixer.edits import Edit
    from fixer.project.own_calls import UnknownKeyword
    from fixer.project.project import Project

_WHY = "as [tool.testfix.kwargs] says"


def repair_own(
    code: str, path: str, unknown: UnknownKeyword, project: Project
) -> tuple[Fix | None, str | None]:
    """(the fix, None) or (None, the reason why there is none)."""
    call, keyword = unknown.call, unknown.keyword
    entry = project.own_rewrite(unknown, path)
    if entry is None:
        nearest = f"; the nearest name is `{unknown.nearest[0]}`" if unknown.nearest else ""
        return None, f"only the project knows what it should be{nearest}"
    edit: Edit
    if entry.action.kind == "drop" and keyword.place == "call":
        edit = RemoveArgument(path, call.span, keyword.name)
    elif entry.action.kind == "rename":
        new = next((name for name in entry.action.names if name in unknown.callee.parameters.names), None)
        if new is None:
            return None, f"`{entry.action.names[0]}` is no parameter either, though `{entry.id}` says so"
        if call.keyword(new) is not None or call.open_ended:
            return None, f"`{new}` may be there already"
        edit = RenameArgument(path, call.span, keyword.name, new)
        if keyword.place == "dict":
            edit = RenameKey(path, keyword.span, keyword.name, new)
    else:
        return None, entry.note or f"`{entry.id}` cannot be applied to the project's own callees"
    where = f"{keyword.span.line}:{keyword.span.column}"
    return Fix(f"{code}:{path}:{where}:{keyword.name}", (edit,), Safety.SAFE, _WHY), None
