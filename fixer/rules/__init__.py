"""The rules. Each is a module here with a `rule` in it, and a page of the same name; nothing registers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fixer.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ALL = "ALL"


class UnknownRuleError(ValueError):
    """A word that is no rule's name, code or start of a code. The message is a sentence."""


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """A rule with the name that its module gives it."""

    name: str
    module: str
    rule: Rule

    @property
    def code(self) -> str:
        return self.rule.code

    @property
    def summary(self) -> str:
        return self.rule.summary

    @property
    def default(self) -> bool:
        return self.rule.default

    def page(self) -> str:
        """The rule's Markdown page. Raises FileNotFoundError where it has none."""
        from importlib.resources import files

        return files(__name__).joinpath(f"{self.module}.md").read_text(encoding="utf-8")


def load_rules() -> tuple[LoadedRule, ...]:
    """Every rule there is, ordered by code."""
    from importlib import import_module
    from pkgutil import iter_modules

    found: list[LoadedRule] = []
    for module in iter_modules(__path__):
        rule = getattr(import_module(f"{__name__}.{module.name}"), "rule", None)
        if isinstance(rule, Rule):
            found.append(LoadedRule(module.name.replace("_", "-"), module.name, rule))
    return tuple(sorted(found, key=lambda loaded: loaded.code))


def select_rules(
    rules: Sequence[LoadedRule],
    select: Iterable[str] | None = None,
    extend_select: Iterable[str] = (),
    ignore: Iterable[str] = (),
) -> tuple[LoadedRule, ...]:
    """The rules to run. Without `select` these are the rules that are on by default.

    A selector is a code, the start of one ("TF1"), a name, or "ALL". The more exact selector wins, so
    that `select TF101, ignore TF1` runs TF101; between equals `ignore` does. Raises UnknownRuleError.
    """
    chosen, extra, ignored = tuple(select or ()), tuple(extend_select), tuple(ignore)
    for selector in (*chosen, *extra, *ignored):
        check_selector(rules, selector)
    selected: list[LoadedRule] = []
    for rule in rules:
        wanted = max((_exactness(rule, selector) for selector in (*chosen, *extra)), default=0)
        if select is None and rule.default:
            wanted = max(wanted, 1)
        refused = max((_exactness(rule, selector) for selector in ignored), default=0)
        if wanted > refused:
            selected.append(rule)
    return tuple(selected)


def find_rule(rules: Sequence[LoadedRule], word: str) -> LoadedRule:
    """The rule of that code or name, in any case and with `_` for `-`. Raises UnknownRuleError."""
    for rule in rules:
        if word.upper() == rule.code or word.lower().replace("_", "-") == rule.name:
            return rule
    raise UnknownRuleError(_unknown(rules, word, "Run `testfix rules` to see them all."))


def check_selector(rules: Sequence[LoadedRule], selector: str) -> None:
    """Raises UnknownRuleError where the selector names no rule."""
    if not any(_exactness(rule, selector) for rule in rules):
        raise UnknownRuleError(_unknown(rules, selector, "Give a code, the start of one, a name, or ALL."))


def _exactness(rule: LoadedRule, selector: str) -> int:
    """0 where the selector does not name the rule, else the more the fewer rules it can name."""
    if selector in (rule.code, rule.name):
        return 100
    if selector == ALL:
        return 1
    return len(selector) if len(selector) > 1 and rule.code.startswith(selector) else 0


def _unknown(rules: Sequence[LoadedRule], word: str, advice: str) -> str:
    from difflib import get_close_matches

    names = [rule.name for rule in rules] + [rule.code for rule in rules]
    wanted = word.upper() if word.upper().startswith("TF") else word.lower().replace("_", "-")
    close = get_close_matches(wanted, names, n=1, cutoff=0.6)
    hint = f"Did you mean `{close[0]}`?" if close else advice
    return f"There is no rule `{word}`. {hint}"
