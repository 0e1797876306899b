"""A project's import style, from the settings it gives to ruff, isort or black."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from posixpath import normpath
from typing import Any

from fixer.facts.import_order import FIRST_PARTY, FUTURE, LOCAL, STDLIB, THIRD_PARTY, ImportStyle

# Top-level modules that came or went between 3.9 and 3.14: first and last minor version with them
# (docs.python.org, "What's New in Python 3.10" to "3.14"), so that every Python says the same.
_CAME = {"tomllib": 11, "annotationlib": 14, "compression": 14}
_WENT = {
    "binhex": 10,
    **dict.fromkeys(("formatter", "parser", "symbol", "macpath"), 9),
    **dict.fromkeys(("asynchat", "asyncore", "distutils", "imp", "smtpd"), 11),
    **dict.fromkeys(
        [
            "aifc",
            "audioop",
            "cgi",
            "cgitb",
            "chunk",
            "crypt",
            "imghdr",
            "lib2to3",
            "mailcap",
            "msilib",
            "nis",
            "nntplib",
            "ossaudiodev",
            "pipes",
            "sndhdr",
            "spwd",
            "sunau",
            "telnetlib",
            "uu",
            "xdrlib",
        ],
        12,
    ),
}


_RUFF_KNOWN = {
    "known-first-party": FIRST_PARTY,
    "known-third-party": THIRD_PARTY,
    "known-local-folder": LOCAL,
    "extra-standard-library": STDLIB,
}
_ISORT_SECTIONS = {
    "FUTURE": FUTURE,
    "STDLIB": STDLIB,
    "THIRDPARTY": THIRD_PARTY,
    "FIRSTPARTY": FIRST_PARTY,
    "LOCALFOLDER": LOCAL,
}
# What isort's profiles set, as far as it matters here (isort 5 and 6, `profiles.py` options by name).
_ISORT_PROFILES: dict[str, dict[str, object]] = {
    "black": {"line_length": 88},
    "django": {"combine_as_imports": True, "line_length": 79},
    "pycharm": {"force_grid_wrap": 2, "lines_after_imports": 2},
    "google": {
        "force_single_line": True,
        "force_sort_within_sections": True,
        "single_line_exclusions": ["typing"],
        "order_by_type": False,
    },
    "open_stack": {"force_single_line": True, "force_sort_within_sections": True},
    "plone": {"force_single_line": True, "force_sort_within_sections": True, "lines_after_imports": 2},
    "attrs": {"force_grid_wrap": 2, "lines_after_imports": 2, "lines_between_types": 1},
    "hug": {"line_length": 100},
    "wemake": {"line_length": 80},
}


def read_import_style(
    pyproject: Mapping[str, Any],
    ruff: Mapping[str, Any] | None = None,
    isort: Mapping[str, Any] | None = None,
) -> ImportStyle:
    """The style that a project's parsed settings ask for; ruff's defaults where they are silent.

    `pyproject` is the whole of pyproject.toml, `ruff` that of ruff.toml, `isort` the section of
    .isort.cfg, setup.cfg or tox.ini. Where a project configures both tools, ruff counts if it sorts
    imports. Values of a wrong type are passed over.
    """
    tool = _table(pyproject, "tool")
    ruff = ruff if ruff is not None else _table(tool, "ruff")
    isort = isort if isort is not None else _table(tool, "isort")
    style = ImportStyle(target=_target(pyproject, ruff))
    black = _number(_table(tool, "black").get("line-length"), _table(tool, "black").get("line_length"))
    if isort and not _ruff_sorts(ruff):
        return _from_isort(isort, style, black)
    return _from_ruff(ruff, style, black)


def section_of(module: str, style: ImportStyle, first_party: Callable[[str], bool]) -> str:
    """The section that a module is sorted into, as ruff decides it.

    `first_party` is asked with the whole dotted name: see `is_first_party`.
    """
    top = module.partition(".")[0]
    if top == "__future__":
        return FUTURE
    if style.no_sections:
        return FIRST_PARTY
    section = _section(module, top, style, first_party)
    return section if section in style.section_order else style.default_section


def own_modules(python_files: Iterable[str]) -> frozenset[str]:
    """All modules, and the folders above them, as paths from the project root without `.py`."""
    paths: set[str] = set()
    for file in python_files:
        path = file.removesuffix(".py")
        while path and path not in paths:
            paths.add(path)
            path = path.rpartition("/")[0]
    return frozenset(paths)


def is_first_party(module: str, importer: str, style: ImportStyle, own: frozenset[str]) -> bool:
    """Whether ruff 0.17 takes an absolute module for the project's own, in the file `importer`.

    It is, if the whole of it exists below a `src` folder, or if it starts with the outermost package
    that `importer` is in. `own` are the project's `own_modules`.
    """
    folder = importer.rpartition("/")[0]
    package = ""
    while folder and f"{folder}/__init__" in own:
        folder, _, package = folder.rpartition("/")
    if package and package == module.partition(".")[0]:
        return True
    path = module.replace(".", "/")
    return any(normpath(f"{root}/{path}") in own for root in style.src)


def _section(module: str, top: str, style: ImportStyle, first_party: Callable[[str], bool]) -> str:
    if module.startswith("."):
        return LOCAL
    prefix = module
    while prefix and style.known:
        for section, patterns in style.known:
            if any(fnmatchcase(prefix, pattern) for pattern in patterns):
                return section
        prefix = prefix.rpartition(".")[0]
    if is_standard(top, style.target):
        return STDLIB
    if top == "__main__" or first_party(module):
        return FIRST_PARTY
    return style.default_section


def is_standard(top: str, target: int) -> bool:
    """Whether Python 3.`target` has a standard module of that name; the same on every Python."""
    if top in _CAME:
        return target >= _CAME[top]
    if top in _WENT:
        return target <= _WENT[top]
    return top in sys.stdlib_module_names


def _ruff_sorts(ruff: Mapping[str, Any]) -> bool:
    """Whether ruff is told to sort imports."""
    lint = _table(ruff, "lint")
    if _table(lint, "isort") or _table(ruff, "isort"):
        return True
    codes: list[str] = []
    for table in (lint, ruff):
        codes += [*_words(table.get("select")), *_words(table.get("extend-select"))]
    return any(code == "ALL" or re.fullmatch(r"I\d*", code) for code in codes)


def _allows_late_imports(ruff: Mapping[str, Any]) -> bool:
    """Whether ruff's E402, on by default, is switched off for all files."""

    def named(*keys: str) -> list[str]:
        return [
            code for table in (_table(ruff, "lint"), ruff) for key in keys for code in _words(table.get(key))
        ]

    if any("E402".startswith(code) for code in named("ignore", "extend-ignore")):
        return True
    selected = named("select", "extend-select")
    return bool(named("select")) and not any(code == "ALL" or "E402".startswith(code) for code in selected)


def _from_ruff(ruff: Mapping[str, Any], style: ImportStyle, black: int | None) -> ImportStyle:
    table = {**_table(ruff, "isort"), **_table(_table(ruff, "lint"), "isort")}
    custom = {name: tuple(_words(value)) for name, value in _table(table, "sections").items()}
    known = [*custom.items()]
    known += [(section, tuple(_words(table.get(key)))) for key, section in _RUFF_KNOWN.items()]
    order = tuple(_words(table.get("section-order"))) or style.section_order
    length = _number(ruff.get("line-length"))
    style = replace(
        style,
        line_length=length or black or 88,
        src=tuple(_words(ruff.get("src"))) or style.src,
        section_order=order,
        default_section=str(table.get("default-section", style.default_section)),
        known=tuple((section, patterns) for section, patterns in known if patterns),
        closest_relative_first=table.get("relative-imports-order") == "closest-to-furthest",
        late_imports=_allows_late_imports(ruff),
    )
    return _options(style, {key.replace("-", "_"): value for key, value in table.items()})


def _from_isort(isort: Mapping[str, Any], style: ImportStyle, black: int | None) -> ImportStyle:
    given = {str(key).replace("-", "_"): value for key, value in isort.items()}
    profile = str(given.get("profile", ""))
    table = {**_ISORT_PROFILES.get(profile, {}), **given}
    known: list[tuple[str, tuple[str, ...]]] = []
    for key, value in table.items():
        if key.startswith("known_"):
            section = key.removeprefix("known_")
            section = _ISORT_SECTIONS.get(section.replace("_", "").upper(), section)
            known.append((STDLIB if section == "standard_library" else section, tuple(_words(value))))
    known.append((STDLIB, tuple(_words(table.get("extra_standard_library")))))
    sections = [_ISORT_SECTIONS.get(name, name.lower()) for name in _words(table.get("sections"))]
    default = str(table.get("default_section", "THIRDPARTY"))
    length = _number(given.get("line_length"), table.get("line_length") if profile else None)
    style = replace(
        style,
        line_length=length or black or 79,
        src=tuple(_words(table.get("src_paths"))) or style.src,
        section_order=tuple(name for name in sections if name != FUTURE) or style.section_order,
        default_section=_ISORT_SECTIONS.get(default, default.lower()),
        known=tuple((section, patterns) for section, patterns in known if patterns),
        force_wrap=_number(table.get("force_grid_wrap")) or 0,
        lines_between_sections=_count(table.get("lines_between_sections"), 1),
        closest_relative_first=_flag(table.get("reverse_relative"), False),
    )
    if "no_lines_before" in table:
        names = [_ISORT_SECTIONS.get(name, name.lower()) for name in _words(table["no_lines_before"])]
        table["no_lines_before"] = names
    return _options(style, table)


def _options(style: ImportStyle, table: Mapping[str, Any]) -> ImportStyle:
    """The options that both tools have under the same name, dashes apart."""
    return replace(
        style,
        no_sections=_flag(table.get("no_sections"), style.no_sections),
        no_lines_before=frozenset(_words(table.get("no_lines_before"))),
        lines_between_types=_count(table.get("lines_between_types"), 0),
        lines_after_imports=_count(table.get("lines_after_imports"), -1),
        force_single_line=_flag(table.get("force_single_line"), False),
        single_line_exclusions=frozenset(_words(table.get("single_line_exclusions"))),
        combine_as_imports=_flag(table.get("combine_as_imports"), False),
        force_sort_within_sections=_flag(table.get("force_sort_within_sections"), False),
        force_to_top=frozenset(_words(table.get("force_to_top"))),
        from_first=_flag(table.get("from_first"), False),
        case_sensitive=_flag(table.get("case_sensitive"), False),
        order_by_type=_flag(table.get("order_by_type"), True),
        length_sort=_flag(table.get("length_sort"), False),
        length_sort_straight=_flag(table.get("length_sort_straight"), False),
        constants=frozenset(_words(table.get("constants"))),
        classes=frozenset(_words(table.get("classes"))),
        variables=frozenset(_words(table.get("variables"))),
    )


def _target(pyproject: Mapping[str, Any], ruff: Mapping[str, Any]) -> int:
    """The minor version of the oldest Python 3 supported; 10 where nothing says so, as in ruff 0.17."""
    match = re.fullmatch(r"py3(\d+)", str(ruff.get("target-version", "")))
    if match is None:
        requires = str(_table(pyproject, "project").get("requires-python", ""))
        match = re.search(r"(?:>=|~=|==)\s*3\.(\d+)", requires)
    return int(match.group(1)) if match else 10


def _table(table: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = table.get(key)
    return value if isinstance(value, Mapping) else {}


def _words(value: object) -> list[str]:
    """A list of words; in ini files it is written with commas or on lines of its own."""
    if isinstance(value, str):
        return [word for word in re.split(r"[,\s]+", value) if word]
    if isinstance(value, list | tuple | set | frozenset):
        return [word for word in value if isinstance(word, str)]
    return []


def _flag(value: object, default: bool) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in {"1", "true", "yes", "on", "t", "y"}
    return bool(value) if isinstance(value, bool | int) else default


def _count(value: object, default: int) -> int:
    try:
        return int(value) if isinstance(value, str | int) else default
    except ValueError:
        return default


def _number(*values: object) -> int | None:
    """The first positive number among the values."""
    return next((count for count in (_count(value, 0) for value in values) if count > 0), None)
