"""The order isort and ruff give to imports: the settings, and the keys that modules and names sort by.

Measured against ruff 0.17 (rule I001). `project/import_style.py` reads the settings from a project's files.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from fixer.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fixer.import_statement import Import

_DIGITS = re.compile("[0-9]+")

Key: TypeAlias = "tuple[Any, ...]"

FUTURE, STDLIB, THIRD_PARTY = "future", "standard-library", "third-party"
FIRST_PARTY, LOCAL = "first-party", "local-folder"
SECTIONS = (FUTURE, STDLIB, THIRD_PARTY, FIRST_PARTY, LOCAL)


@dataclass(frozen=True, slots=True)
class ImportStyle:
    """How a project sorts and lays out its imports. The defaults are ruff's.

    Names are those of ruff's `lint.isort` options. `known` maps a section to module patterns; `src` are
    the folders, relative to the project root, below which first-party code lies. `target` is the minor
    version of the oldest Python 3 the project supports. `line_length` counts characters. A `force_wrap`
    of 2 wraps every statement with two names or more. `late_imports`: the project's linter does not mind
    imports below other code (E402).
    """

    line_length: int = 88
    src: tuple[str, ...] = (".", "src")
    target: int = 10
    section_order: tuple[str, ...] = SECTIONS
    default_section: str = THIRD_PARTY
    known: tuple[tuple[str, tuple[str, ...]], ...] = ()
    no_sections: bool = False
    no_lines_before: frozenset[str] = frozenset()
    lines_between_sections: int = 1
    lines_between_types: int = 0
    lines_after_imports: int = -1
    force_single_line: bool = False
    single_line_exclusions: frozenset[str] = frozenset()
    combine_as_imports: bool = False
    force_wrap: int = 0
    force_sort_within_sections: bool = False
    force_to_top: frozenset[str] = frozenset()
    from_first: bool = False
    case_sensitive: bool = False
    order_by_type: bool = True
    length_sort: bool = False
    length_sort_straight: bool = False
    closest_relative_first: bool = False
    constants: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    late_imports: bool = False

    def on_own_line(self, what: Import) -> bool:
        """Whether the name gets a statement for itself."""
        if what.name is None or what.name == "*":
            return True
        if self.force_single_line and what.module not in self.single_line_exclusions:
            return True
        return what.asname is not None and not self.combine_as_imports

    def wraps(self, names: int) -> bool:
        """Whether a statement with that many names is always wrapped."""
        return 0 < self.force_wrap <= names

    def blank_lines(self, above: str, below: str) -> int:
        """The blank lines between two sections; a section left out in between counts, as in ruff."""
        between = self.section_order[self.section_rank(above) + 1 : self.section_rank(below) + 1]
        dense = all(section in self.no_lines_before for section in (*between, below) if section != FUTURE)
        return 0 if dense else self.lines_between_sections

    def section_rank(self, section: str) -> int:
        """The place of a section in the file; unknown ones come last."""
        if section == FUTURE:
            return -1
        order = self.section_order
        return order.index(section) if section in order else len(order)


def natural(text: str) -> str:
    """A text that sorts as isort's natural order has it: digits as numbers, all else by character."""
    return _DIGITS.sub(_as_number, text)


def _as_number(match: re.Match[str]) -> str:
    digits = match.group().lstrip("0")
    return f"0{chr(len(digits) + 1)}{digits}"  # the length first: a longer number is greater


def member_key(what: Import, style: ImportStyle) -> Key:
    """Sorts the names of one `from` statement."""
    name = what.name or what.module
    return (
        name != "*",
        _member_type(name, style) if style.order_by_type else 0,
        len(name) if style.length_sort else 0,
        "" if style.case_sensitive else natural(name.lower()),
        natural(name),
        what.asname is not None,
        natural(what.asname or ""),
    )


def statement_key(names: tuple[Import, ...], style: ImportStyle) -> Key:
    """Sorts the import statements of one section; `names` are those that the statement imports."""
    first = names[0]
    straight = first.name is None
    if not straight:
        first = min(names, key=lambda what: member_key(what, style))
    module = first.module.lstrip(".")
    level = len(first.module) - len(module)
    by_length = style.length_sort or (style.length_sort_straight and straight)
    mixed = style.force_sort_within_sections and first.module != "__future__"
    return (
        0 if mixed else straight == style.from_first,
        module not in style.force_to_top,
        len(module) + level if by_length else 0,
        level if style.closest_relative_first else -level,
        "" if style.case_sensitive else natural(module.lower()),
        natural(module),
        () if straight else member_key(first, style),
        (first.asname is not None, natural(first.asname or "")),
    )


def _member_type(name: str, style: ImportStyle) -> int:
    if name in style.constants:
        return 0
    if name in style.classes:
        return 1
    if name in style.variables:
        return 2
    if len(name) > 1 and name.isupper():
        return 0
    return 1 if name[0].isupper() else 2


def variants(style: ImportStyle) -> Iterator[ImportStyle]:
    """The project's order first, then the other usual ones: a file keeps the order it has."""
    yield style
    yield replace(style, order_by_type=not style.order_by_type)
    yield replace(style, force_sort_within_sections=not style.force_sort_within_sections)
    yield replace(style, order_by_type=False, case_sensitive=True)


def top_module(module: str) -> str:
    """`pkg` of `pkg.mod`; an empty string for a relative module."""
    return module.partition(".")[0]
