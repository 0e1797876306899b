"""The repair of a call that passes keywords its callee refuses: all of them in one fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.call_edits import (
    RemoveArgument,
    RenameArgument,
    RenameKey,
    ReplaceArgument,
    ReplaceMethod,
    WrapCall,
)
from fixer.edits import AddImport, Edit, ReplaceName
from fixer.finding import Fix, Safety
from fixer.import_statement import Import

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fixer.facts.call_model import Call
    from fixer.keyword_tables import Rewrite
    from fixer.project.keywords import Refused

_ORDER = (Safety.SAFE, Safety.UNSAFE, Safety.SUGGESTION)


def repair_call(code: str, path: str, refused: Sequence[Refused]) -> tuple[Fix | None, dict[str, str]]:
    """(the fix for one call, the reasons by keyword why something is left to be settled by hand)."""
    edits: list[Edit] = []
    reasons: dict[str, str] = {}
    safeties = []
    whys: list[str] = []
    taken: set[str] = set()
    for each in refused:
        if each.obstacle is not None or each.rewrite is None:
            reasons[each.keyword.name] = each.obstacle or "nothing is known to take its place"
            continue
        made = _edits(path, each.call, each, each.rewrite)
        new = each.rewrite.action.names if each.rewrite.action.kind in ("rename", "value") else ()
        if isinstance(made, str) or taken.intersection(new):
            reasons[each.keyword.name] = (
                made if isinstance(made, str) else f"`{new[0]}` takes its place already"
            )
            continue
        taken.update(new)
        edits += made
        safety, why = _safety(each, each.rewrite)
        safeties.append(safety)
        whys.append(why)
    if not edits:
        return None, reasons
    span = refused[0].call.span
    safety = max(safeties, key=_ORDER.index)
    names = ",".join(each.keyword.name for each in refused if each.keyword.name not in reasons)
    fix_id = f"{code}:{path}:{span.line}:{span.column}:{names}"
    return Fix(fix_id, tuple(edits), safety, whys[safeties.index(safety)]), reasons


def _safety(refused: Refused, rewrite: Rewrite) -> tuple[Safety, str]:
    if rewrite.user:
        return Safety.SAFE, "as [tool.testfix.kwargs] says"
    if rewrite.safety in ("exact", "guarded"):
        return (
            Safety.SAFE,
            "the call does the same" if refused.certain else "it works in all versions that are possible",
        )
    if refused.certain:
        return Safety.SAFE, "the call cannot work as it is, and this is what takes the keyword's place"
    return (
        Safety.UNSAFE,
        "some of the versions that are possible still take the keyword, with another meaning",
    )


def _edits(path: str, call: Call, refused: Refused, rewrite: Rewrite) -> list[Edit] | str:
    """The edits for one keyword, or the reason why there are none."""
    keyword, action = refused.keyword, rewrite.action
    if keyword.place == "callee":
        return _callee(path, call, action.names[0])
    if action.kind == "rename":
        if keyword.place == "dict":
            return [RenameKey(path, keyword.span, keyword.name, action.names[0])]
        return [RenameArgument(path, call.span, keyword.name, action.names[0])]
    if keyword.place != "call":
        return "it stands in a dictionary"
    if action.kind == "drop":
        return [RemoveArgument(path, call.span, keyword.name)]
    if action.kind == "method":
        old = call.spelled.rpartition(".")[2]
        return [ReplaceMethod(path, call.span, old, action.names[0], action.text)]
    if action.kind == "wrap" and _bounded_outside(call, keyword.kind, keyword.value):
        return [RemoveArgument(path, call.span, keyword.name)]
    imports, text = _with_imports(path, call, action.imports, action.text)
    if imports is None:
        return text
    if action.kind == "wrap":
        return [*imports, WrapCall(path, call.span, keyword.name, text)]
    return [*imports, ReplaceArgument(path, call.span, keyword.name, action.names[0], text, action.key)]


def _callee(path: str, call: Call, new: str) -> list[Edit] | str:
    owner, dot, old = call.spelled.rpartition(".")
    if call.context != "decorator" or not dot:
        return f"`{new}` has to be imported for it"
    return (
        [ReplaceName(path, call.span, f"{owner}.{old}", f"{owner}.{new}")]
        if call.span.line == call.span.end_line
        else "it is spread over lines"
    )


def _bounded_outside(call: Call, kind: str, value: str) -> bool:
    """Whether `asyncio.wait_for` around the call ends it no later than its own timeout would."""
    outer = call.outer
    if outer is None or outer.callee != "asyncio.wait_for" or outer.timeout is None:
        return False
    try:
        return kind == outer.timeout_kind == "number" and float(value) >= float(outer.timeout)
    except ValueError:
        return False


def _with_imports(path: str, call: Call, imports: Sequence[str], text: str) -> tuple[list[Edit] | None, str]:
    """(the imports to add, `text` with the names that are bound at the call); (None, why not)."""
    visible = dict(call.visible)
    added: list[Edit] = []
    for wanted in imports:
        module, _, member = wanted.rpartition(".")
        top = wanted.partition(".")[0]
        spelled = visible.get(wanted)
        if spelled is None and module and module in visible and not _from_import(call, visible):
            spelled = f"{visible[module]}.{member}"
        if spelled is None:
            what = Import(module, member) if module else Import(top)
            if what.bound in call.taken or what.bound in visible.values():
                return None, f"`{what.bound}` means something else there"
            added.append(AddImport(path, what))
            spelled = what.bound
        text = (
            text.replace(wanted, spelled) if member and module else text.replace(f"{wanted}.", f"{spelled}.")
        )
    return added, text


def _from_import(call: Call, visible: dict[str, str]) -> bool:
    """Whether the callee is called by a name of its own, not as an attribute of its module."""
    return "." not in call.spelled and call.callee in visible
