"""Which keywords callees accept, and what to do about those they refuse: the entries of the tables.

`known/signatures.toml`, `known/rewrites.toml` and `[tool.testfix.kwargs]` hold them in one form.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from fixer.frozen import dataclass
from fixer.version_range import ANY, Range, Version, parse_range, parse_version

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SAFETIES = ("exact", "intent", "guarded", "manual")
ASSUMPTIONS = ("report", "latest")
KINDS = ("number", "string", "none", "boolean", "name", "attribute", "call", "dict", "other")


@dataclass(frozen=True, slots=True)
class Signature:
    """One implementation. `callees` pairs each spelling with the versions in which it means this one.

    `accepts` maps a keyword to the versions that take it. `unknown` is what becomes of any other: "error",
    "ignore" or "forward:<callee>". `verified` is the newest release tried.
    """

    callees: tuple[tuple[str, Range], ...]
    package: str
    accepts: Mapping[str, Range]
    unknown: str = "error"
    verified: Version = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """`values` are texts, or kinds of a value in angle brackets; `beside` other keywords with the endings of
    their values (none: any value); `lacks` attributes that the file never reads; `coroutine`: in `async def`.
    """

    values: tuple[str, ...] = ()
    beside: tuple[tuple[str, tuple[str, ...]], ...] = ()
    lacks: tuple[str, ...] = ()
    coroutine: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """`kind` is "rename" (to the first of `names` that is accepted), "drop", "wrap" (`text` with `{call}` and
    `{value}`), "value" (the keyword `names[0]` with the value `text`; `key` takes the old one out of a
    dictionary), "method" (`names[0]` in place of the method, `text` as first argument) or "report".
    """

    kind: str
    names: tuple[str, ...] = ()
    text: str = ""
    imports: tuple[str, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What to do about `keyword` in a call of one of `callees`.

    Without a signature `broken` says which versions refuse it; `valid` are those that take the result.
    `when` must hold for the entry to count at all, `guard` for a guarded one to be safe. `note` tells a
    reader what to do by hand. `first`: the first argument by position is that keyword's. `user`: the entry
    comes from the configuration.
    """

    id: str
    callees: tuple[str, ...]
    keyword: str
    action: Action
    safety: str = "manual"
    package: str = ""
    broken: Range = ANY
    valid: Range = ANY
    refuse_values: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    when: Condition = field(default_factory=Condition)
    guard: Condition = field(default_factory=Condition)
    verified: Version = ()
    note: str = ""
    first: bool = False
    enabled: bool = True
    user: bool = False


@dataclass(frozen=True, slots=True)
class KwargsSettings:
    """`[tool.testfix.kwargs]`.

    `versions` maps a package to its versions, `assume` says what an unknown version means ("report" or
    "latest"), `ignored` are patterns of files that do not count. `rewrites` are the user's entries;
    one with the id of another entry takes its place, even to be off.
    """

    assume: str = "report"
    versions: Mapping[str, Range] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()

    @property
    def callees(self) -> frozenset[str]:
        """What the user's own entries speak of."""
        own = {callee for entry in self.rewrites if entry.enabled for callee in entry.callees}
        return frozenset(own.union(name for signature in self.signatures for name, _ in signature.callees))


def read_signature(entry: Mapping[str, Any]) -> Signature:
    """The signature that a table says. Raises ValueError with a clause that names the key."""
    _only(entry, ("callee", "package", "accepts", "unknown", "verified"))
    callees = tuple(_at(text, "callee") for text in _listed(entry, "callee", required=True))
    accepts = dict(_at(text, "accepts") for text in _listed(entry, "accepts"))
    unknown = _text(entry, "unknown", "error")
    if unknown not in ("error", "ignore") and not unknown.startswith("forward:"):
        raise ValueError(f'`unknown` must be "error", "ignore" or "forward:<callee>", not {unknown!r}')
    return Signature(callees, _text(entry, "package"), accepts, unknown, _version(entry, "verified"))


def read_rewrite(entry: Mapping[str, Any], user: bool = False) -> Rewrite:
    """The rewrite that a table says. Raises ValueError with a clause that names the key."""
    _only(entry, _REWRITE_KEYS)
    safety = _text(entry, "safety", "exact" if user else "manual")
    if safety not in SAFETIES:
        raise ValueError(f"`safety` must be one of {', '.join(SAFETIES)}, not {safety!r}")
    enabled = entry.get("enabled", True)
    if not isinstance(enabled, bool):
        raise ValueError(f"`enabled` must be true or false, not {enabled!r}")
    keyword = _text(entry, "keyword", required=True)
    if not keyword.isidentifier():
        raise ValueError(f"`keyword` must be a name, not {keyword!r}")
    return Rewrite(
        id=_text(entry, "id", required=True),
        callees=_listed(entry, "callee", required=True),
        keyword=keyword,
        action=_action(entry.get("action")),
        safety=safety,
        package=_text(entry, "package"),
        broken=_range(entry, "broken-in"),
        valid=_range(entry, "valid-in"),
        refuse_values=_listed(entry, "refuse-values"),
        conflicts=_listed(entry, "conflicts"),
        when=_condition(entry, "when"),
        guard=_condition(entry, "guard"),
        verified=_version(entry, "verified"),
        note=_text(entry, "note"),
        first=entry.get("first") is True,
        enabled=enabled,
        user=user,
    )


_REWRITE_KEYS = (
    *("id", "callee", "package", "keyword", "action", "safety", "broken-in", "valid-in", "refuse-values"),
    *("conflicts", "when", "guard", "verified", "note", "first", "enabled"),
)


def _action(value: object) -> Action:
    if value == "drop" or value == "report":
        return Action(str(value))
    expected = '"drop", "report" or a table with `rename`, `wrap`, `keyword` and `value`, or `method`'
    if not isinstance(value, dict):
        raise ValueError(f"`action` must be {expected}, not {value!r}")
    imports = _listed(value, "imports")
    readers: dict[str, Callable[[], Action]] = {
        "rename": lambda: Action("rename", _names(_listed(value, "rename"))),
        "wrap": lambda: Action("wrap", (), _template(value, "wrap", ("{call}", "{value}")), imports),
        "keyword": lambda: Action(
            "value",
            _names(_listed(value, "keyword")),
            _template(value, "value", ("{value}",)),
            imports,
            _text(value, "key"),
        ),
        "method": lambda: Action("method", _names(_listed(value, "method")), _text(value, "first")),
    }
    for key, read in readers.items():
        if key in value:
            allowed = {"keyword": ("keyword", "value", "key", "imports"), "method": ("method", "first")}
            _only(value, allowed.get(key, (key, "imports")))
            return read()
    raise ValueError(f"`action` must be {expected}, not {value!r}")


def _template(value: Mapping[str, Any], key: str, parts: tuple[str, ...]) -> str:
    text = _text(value, key, required=True)
    missing = [part for part in parts if text.count(part) != 1]
    if missing:
        raise ValueError(f"`{key}` must hold {missing[0]} once, and {text!r} does not")
    return text


def _names(texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in texts:
        if not text.isidentifier():
            raise ValueError(f"`action` must give a name to the keyword, not {text!r}")
    return texts


def _condition(entry: Mapping[str, Any], key: str) -> Condition:
    value = entry.get(key, {})
    if not isinstance(value, dict):
        raise ValueError(f"`{key}` must be a table, not {value!r}")
    _only(value, ("value", "beside", "file-lacks-attribute", "coroutine"))
    beside = value.get("beside", {})
    if not isinstance(beside, dict):
        raise ValueError(f"`beside` must be a table of keywords, not {beside!r}")
    return Condition(
        _listed(value, "value"),
        tuple((name, _listed(beside, name)) for name in beside),
        _listed(value, "file-lacks-attribute"),
        value.get("coroutine") is True,
    )


def _only(entry: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    for key in entry:
        if key not in keys:
            raise ValueError(f"`{key}` is not a key here; there are {', '.join(keys)}")


def _text(entry: Mapping[str, Any], key: str, default: str = "", required: bool = False) -> str:
    value = entry.get(key, default)
    if not isinstance(value, str) or (required and not value):
        raise ValueError(
            f"`{key}` must be a string" + (f", not {value!r}" if key in entry else "; it is missing")
        )
    return value


def _listed(entry: Mapping[str, Any], key: str, required: bool = False) -> tuple[str, ...]:
    """A string, or a list of strings."""
    value = entry.get(key, [])
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(each, str) and each for each in values):
        raise ValueError(f"`{key}` must be a string or a list of strings, not {value!r}")
    if required and not values:
        raise ValueError(f"`{key}` must be a string or a list of strings; it is missing")
    return tuple(values)


def _range(entry: Mapping[str, Any], key: str) -> Range:
    text = _text(entry, key)
    found = parse_range(text)
    if found is None:
        raise ValueError(f'`{key}` must be a range of versions such as ">=14,<16", not {text!r}')
    return found


def _version(entry: Mapping[str, Any], key: str) -> Version:
    text = _text(entry, key)
    found = parse_version(text) if text else ()
    if found is None:
        raise ValueError(f'`{key}` must be a version such as "17.4", not {text!r}')
    return found


def _at(text: str, key: str) -> tuple[str, Range]:
    """`name@range`, or `name` alone for every version."""
    name, _, specifier = text.partition("@")
    found = parse_range(specifier)
    if not name or found is None:
        raise ValueError(f'`{key}` must hold names such as "proxy" or "proxy@>=15", not {text!r}')
    return name, found
