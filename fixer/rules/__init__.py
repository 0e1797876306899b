"""The rules. Each is a module here with a `rule` in it, and a page of the same name; nothing registers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fixer.frozen import dataclass
from fixer.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


class UnknownRuleError(ValueError):
    """A word that is no rule's name or code. The message is a sentence."""


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


def find_rule(rules: Sequence[LoadedRule], word: str) -> LoadedRule:
    """The rule of that code or name, in any case and with `_` for `-`. Raises UnknownRuleError."""
    for rule in rules:
        if word.upper() == rule.code or word.lower().replace("_", "-") == rule.name:
            return rule
    raise UnknownRuleError(_unknown(rules, word))


def _unknown(rules: Sequence[LoadedRule], word: str) -> str:
    from difflib import get_close_matches

    names = [rule.name for rule in rules] + [rule.code for rule in rules]
    wanted = word.upper() if word.upper().startswith("TF") else word.lower().replace("_", "-")
    close = get_close_matches(wanted, names, n=1, cutoff=0.6)
    hint = f"Did you mean `{close[0]}`?" if close else "Run `testfix rules` to see them all."
    return f"There is no rule `{word}`. {hint}"
