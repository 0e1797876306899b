"""Which keywords of a call its callee refuses, under the versions that hold where the call stands."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from fixer.frozen import dataclass
from fixer.known import keywords as known
from fixer.project.versions import PYTHON, KnownVersion
from fixer.version_range import ANY, NONE, Range, Version, at, shown, up_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fixer.facts.call_model import Call, Calls, Keyword
    from fixer.keyword_tables import Condition, KwargsSettings, Rewrite, Signature

    VersionOf = Callable[[str, str], KnownVersion | None]

_NO_WRAP = frozenset({"async with", "with", "async for", "statement", "partial", "decorator"})


@dataclass(frozen=True, slots=True)
class Refused:
    """A keyword that its callee refuses.

    `rewrite` is the entry that says what to do, with one name in a rename. `certain`: every one of the
    `possible` versions refuses it. `obstacle` says (as a clause) why there is no repair.
    """

    call: Call
    keyword: Keyword
    message: str
    rewrite: Rewrite | None = None
    certain: bool = False
    possible: Range = NONE
    obstacle: str | None = None


@dataclass(frozen=True, slots=True)
class _Standing:
    """`refused`, of the versions `tried`; `possible` are those of the tried ones that hold here."""

    refused: Range
    tried: Range
    possible: Range
    package: str
    version: KnownVersion | None
    newest: Version


class Keywords:
    """The tables, the user's entries before the others.

    `version_of(package, path)` says what holds where, `is_own(module, path)` whether the project has that
    module itself, so that no table is about it.
    """

    def __init__(
        self, settings: KwargsSettings, version_of: VersionOf, is_own: Callable[[str, str], bool]
    ) -> None:
        self.settings = settings
        self.version_of = version_of
        self.is_own = is_own

    @cached_property
    def _signatures(self) -> Mapping[str, list[tuple[Signature, Range]]]:
        found: dict[str, list[tuple[Signature, Range]]] = {}
        own = {name for signature in self.settings.signatures for name, _ in signature.callees}
        listed = [*self.settings.signatures, *known.signatures()]
        for signature in listed:
            for name, when in signature.callees:
                if signature in self.settings.signatures or name not in own:
                    found.setdefault(name, []).append((signature, when))
        return found

    @cached_property
    def _rewrites(self) -> Mapping[str, list[Rewrite]]:
        """By callee; an entry for one spelling of an implementation holds for all of them."""
        found: dict[str, list[Rewrite]] = {}
        own = {entry.id for entry in self.settings.rewrites}
        for entry in (*self.settings.rewrites, *(each for each in known.rewrites() if each.id not in own)):
            for callee in entry.callees if entry.enabled else ():
                found.setdefault(callee, []).append(entry)
        return found

    @cached_property
    def _others(self) -> list[tuple[str, str]]:
        """(another spelling, the tables' own), the longest first."""
        pairs = [(other, name) for name, others in known.aliases().items() for other in others]
        return sorted(pairs, key=lambda pair: -len(pair[0]))

    def spelled(self, path: str) -> str:
        """The callee as the tables spell it."""
        for other, name in self._others:
            if path == other or path.startswith((f"{other}.", f"{other}(")):
                return name + path[len(other) :]
        return path

    def refused(self, calls: Calls, path: str) -> Iterator[Refused]:
        """The refused keywords of `calls`, made in the file `path`; guarded calls have none."""
        for call in calls.calls:
            if call.guard is None and not self.is_own(call.callee.partition(".")[0], path):
                yield from self._of_call(call, calls.attributes, path)

    def passes_unknown(self, call: Call, path: str) -> bool:
        """Whether a known callee is called with keywords that cannot be read."""
        if self.is_own(call.callee.partition(".")[0], path):
            return False
        return call.open_ended and call.guard is None and self.spelled(call.callee) in self._signatures

    def _of_call(self, call: Call, attributes: frozenset[str], path: str) -> Iterator[Refused]:
        callee = self.spelled(call.callee)
        signatures = self._signatures.get(callee, [])
        entries = list(self._rewrites.get(callee, ()))
        for signature, _ in signatures:
            for name, _ in signature.callees:
                entries += [each for each in self._rewrites.get(name, ()) if each not in entries]
        if not signatures and not entries:
            return
        for keyword in (*call.keywords, *_implied(call, callee, entries)):
            fitting = [each for each in entries if each.keyword == keyword.name]
            fitting = [each for each in fitting if _holds(each.when, keyword, call, attributes)]
            if not signatures and not fitting:
                continue
            found = self._judged(call, callee, keyword, signatures, fitting, path)
            if found is not None:
                yield self._settled(found, signatures, attributes)

    def _judged(
        self,
        call: Call,
        callee: str,
        keyword: Keyword,
        signatures: list[tuple[Signature, Range]],
        entries: list[Rewrite],
        path: str,
    ) -> Refused | None:
        standing = self._standing(keyword.name, signatures, entries, path)
        if standing is None or not standing.refused:
            return None
        rewrite = self._entry(callee, entries, signatures, standing)
        library = "Python" if standing.package == PYTHON else standing.package
        when = _when(standing, library)
        word = keyword.value if keyword.place == "first" else keyword.name
        message = f"`{_shown_callee(call)}` refuses `{word}`{when}"
        if keyword.place == "callee":
            message = f"`{call.spelled}` is deprecated{when}"
        certain = not standing.possible - standing.refused
        found = Refused(call, keyword, message, rewrite, certain, standing.possible)
        if standing.possible:
            said = standing.version.source if standing.version is not None else ""
            return replace(found, message=f"{message}; {said}") if when and said else found
        if standing.version is None:
            return replace(found, obstacle=f"nothing says which version of {library} is used")
        newest = f"{library} {shown(standing.newest)} is the newest release tried"
        return replace(found, message=f"{message}; {standing.version.source}", obstacle=newest)

    def _standing(
        self, name: str, signatures: list[tuple[Signature, Range]], entries: list[Rewrite], path: str
    ) -> _Standing | None:
        if signatures:
            package = signatures[0][0].package
            newest = max(signature.verified for signature, _ in signatures)
            tried = NONE
            for _, when in signatures:
                tried = tried | when
            tried = tried & up_to(newest) if newest else tried
            refused = tried - self._accepted(name, signatures)
        else:
            package, newest = entries[0].package, entries[0].verified
            tried = up_to(newest) if newest else ANY
            refused = entries[0].broken
        version = self.version_of(package, path) if package else None
        if version is not None:
            possible = version.allowed & tried
        elif not tried & refused:
            return None  # no release takes offence yet
        elif not tried - refused:
            possible = tried  # no version takes it
        elif self.settings.assume == "latest":
            possible = at(newest) if newest else tried
        else:
            possible = NONE
        if version is not None and not possible and newest and not version.allowed - up_to(newest):
            return None  # older than everything that is known
        if not _newest_refuses(refused, possible, newest, version):
            return None  # a suite runs with the newest version that is allowed
        return _Standing(refused, tried, possible, package, version, newest)

    def _accepted(self, name: str, signatures: list[tuple[Signature, Range]]) -> Range:
        """The versions in which a callee of these implementations takes the keyword."""
        accepted = NONE
        for signature, when in signatures:
            if name in signature.accepts:
                accepted = accepted | (when & signature.accepts[name])
            elif signature.unknown == "ignore" or self._forwarded(name, signature):
                accepted = accepted | when
        return accepted

    def _forwarded(self, name: str, signature: Signature) -> bool:
        """Whether what the implementation hands its keywords on to takes it, in some version."""
        target = signature.unknown.removeprefix("forward:")
        further = self._signatures.get(target, []) if target != signature.unknown else []
        return any(bool(self._accepted(name, [each])) for each in further)

    def _entry(
        self,
        callee: str,
        entries: list[Rewrite],
        signatures: list[tuple[Signature, Range]],
        standing: _Standing,
    ) -> Rewrite | None:
        """The first entry that is about the implementation which refuses."""
        for entry in entries:
            if entry.callees and callee in entry.callees:
                return entry
            for signature, when in signatures:
                named = any(name in entry.callees for name, _ in signature.callees)
                if named and when & standing.refused & (standing.possible or ANY):
                    return entry
        return None

    def _settled(
        self, found: Refused, signatures: list[tuple[Signature, Range]], attributes: frozenset[str]
    ) -> Refused:
        """With the name of a rename chosen, or the reason why there is no repair."""
        rewrite, call, keyword = found.rewrite, found.call, found.keyword
        if found.obstacle is not None:
            return found
        if rewrite is None:
            return replace(found, obstacle=self._nothing_known(keyword.name, signatures))
        if rewrite.action.kind == "report" or rewrite.safety == "manual":
            return replace(found, obstacle=rewrite.note or "it has to be settled by hand")
        if rewrite.action.kind == "rename":
            names = [
                name
                for name in rewrite.action.names
                if not signatures or not found.possible - self._accepted(name, signatures)
            ]
            if not names:
                new = " and ".join(f"`{name}`" for name in rewrite.action.names)
                both = f"`{keyword.name}` and {new}" if not found.certain else new
                return replace(found, obstacle=f"none of {both} is taken by all versions that are possible")
            rewrite = replace(rewrite, action=replace(rewrite.action, names=(names[0],)))
        if found.possible - rewrite.valid:
            return replace(
                found, obstacle="not all versions that are possible take what would be in its place"
            )
        obstacle = _obstacle(rewrite, call, keyword)
        if (
            obstacle is None
            and rewrite.safety == "guarded"
            and not _holds(rewrite.guard, keyword, call, attributes)
        ):
            obstacle = rewrite.note or "what has to hold for it is not proven"
        return replace(found, rewrite=rewrite, obstacle=obstacle)

    def _nothing_known(self, name: str, signatures: list[tuple[Signature, Range]]) -> str:
        from difflib import get_close_matches

        if any(name in signature.accepts for signature, _ in signatures):
            return "other versions take it; in this one nothing is known to take its place"
        taken = sorted({each for signature, _ in signatures for each in signature.accepts})
        close = get_close_matches(name, taken, 1)
        nearest = f"; `{close[0]}` is the nearest name" if close else ""
        return f"nothing is known to take its place{nearest}"


def _implied(call: Call, callee: str, entries: list[Rewrite]) -> Iterator[Keyword]:
    """What an entry takes for a keyword though it is none: the first argument, or the callee itself."""
    from fixer.facts.call_model import Keyword

    for entry in entries:
        if entry.first and call.first is not None:
            yield Keyword(
                entry.keyword, call.span, "None" if call.first == "none" else "", call.first, "first"
            )
        elif entry.keyword == callee.rpartition(".")[2] and entry.action.kind == "method":
            yield Keyword(entry.keyword, call.span, "", "other", "callee")


def _holds(condition: Condition, keyword: Keyword, call: Call, attributes: frozenset[str]) -> bool:
    if (
        condition.values
        and keyword.value not in condition.values
        and f"<{keyword.kind}>" not in condition.values
    ):
        return False
    if condition.coroutine and not call.coroutine:
        return False
    if any(attribute in attributes for attribute in condition.lacks):
        return False
    for name, endings in condition.beside:
        other = call.keyword(name)
        if other is None or (endings and not other.value.endswith(endings)):
            return False
    return True


def _obstacle(rewrite: Rewrite, call: Call, keyword: Keyword) -> str | None:
    """Why this call cannot be repaired so, as a clause."""
    action = rewrite.action
    if call.context == "through":
        return f"`{call.spelled}` hands it on; the function has to be looked at"
    if keyword.value in rewrite.refuse_values or f"<{keyword.kind}>" in rewrite.refuse_values:
        note = f": {rewrite.note}" if rewrite.note else ""
        return f"`{keyword.value}` is no value to carry over unseen{note}"
    if call.open_ended:
        return "the call takes more keywords from a `**` that cannot be read"
    new = action.names if action.kind in ("rename", "value") else ()
    for name in (*new, *rewrite.conflicts):
        if call.keyword(name) is not None:
            return f"`{name}` is there already"
    if keyword.place == "dict" and action.kind != "rename":
        return f"it stands in a dictionary on line {keyword.span.line}"
    if action.kind == "wrap" and call.context in _NO_WRAP:
        return "only a call that is awaited can be wrapped"
    if action.key and not keyword.value.lstrip("{ \n\t").startswith((f'"{action.key}"', f"'{action.key}'")):
        return rewrite.note
    return None


def _newest_refuses(refused: Range, possible: Range, newest: Version, version: KnownVersion | None) -> bool:
    """Whether the newest possible version refuses; where none is known, the newest that was tried."""
    if possible:
        left = possible - refused
        return not left or left.intervals[-1][1] != possible.intervals[-1][1]
    beyond = version.allowed if version is not None else NONE
    return bool((at(newest) | beyond) & refused) if newest else bool(refused)


def _when(standing: _Standing, library: str) -> str:
    """Which versions refuse, around those that are possible (with a blank before it); empty for all."""
    if not standing.tried - standing.refused:
        return ""
    here = standing.refused & (standing.possible or ANY)
    low = next((low for low, _ in here.intervals), ())
    for start, end in standing.refused.intervals:
        if start <= low and (end is None or low < end):
            if start and start != standing.tried.intervals[0][0]:
                return f" from {library} {shown(start)} on"
            return f" before {library} {shown(end)}" if end else ""
    return ""


def _shown_callee(call: Call) -> str:
    return call.callee.replace("()", "(...)") if call.context == "through" else call.spelled
