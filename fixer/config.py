"""`[tool.testfix]` of `pyproject.toml`, or `testfix.toml`: which keys there are and what they may hold.

A new key is one field of `Config` and one line in `_KEYS`.
"""

from __future__ import annotations

import keyword
import os
import re
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fixer import globs, selectors
from fixer.config_files import ConfigError, line_of, parse_toml, read_text
from fixer.frozen import dataclass
from fixer.import_statement import Import
from fixer.keyword_tables import KwargsSettings
from fixer.kwargs_config import read_kwargs
from fixer.recipe_config import read_endpoints, read_fixtures, read_services, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from fixer.recipe_tables import Recipe, Recipes, Service

__all__ = ["Config", "ConfigError", "check_selectors", "find", "load", "parse"]

# Names of folders that hold no tests of the project: what ruff leaves out, and our own state.
USUAL_EXCLUSIONS = frozenset(
    {
        *(
            ".bzr",
            ".direnv",
            ".eggs",
            ".git",
            ".git-rewrite",
            ".hg",
            ".ipynb_checkpoints",
            ".mypy_cache",
            ".nox",
        ),
        *(
            ".pants.d",
            ".pyenv",
            ".pytest_cache",
            ".pytype",
            ".ruff_cache",
            ".svn",
            ".testfix",
            ".tox",
            ".venv",
        ),
        *(".vscode", "__pycache__", "__pypackages__", "_build", "buck-out", "dist", "node_modules"),
        *("site-packages", "venv"),
    }
)
MOCK_STYLES = ("from", "module", "dotted")


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a run. Globs and relative paths count from `folder`, where `file` lies.

    `select` None: the rules that are on by default. `exclude` None: the usual exclusions.
    `imports` says where a name comes from, `renames` what a name should have been. `mock_style` None: the
    style that prevails in the project. `jobs` None: as many as there are processors.
    """

    file: Path | None = None
    folder: Path | None = None
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    test_files: tuple[str, ...] = ()
    all_files: bool = False
    unsafe_fixes: bool = False
    imports: Mapping[str, Import] = field(default_factory=dict)
    renames: Mapping[str, str] = field(default_factory=dict)
    mock_style: str | None = None
    kwargs: KwargsSettings = field(default_factory=KwargsSettings)
    fixtures: Mapping[str, Recipe] = field(default_factory=dict)
    services: tuple[Service, ...] = ()
    endpoints: Mapping[str, str] = field(default_factory=dict)
    python: Path | None = None
    jobs: int | None = None
    cache_dir: Path | None = None
    output_format: str | None = None
    baseline: Path | None = None

    @property
    def recipes(self) -> Recipes:
        """The recipes, each with its service. Raises EntryError for one without."""
        return settle(self.fixtures, self.services)

    def enables(self, code: str, name: str, default: bool) -> bool:
        """Whether the rule takes part in the run."""
        return selectors.enabled(code, name, default, self.select, self.extend_select, self.ignore)


def load(start: Path, explicit: Path | None = None, isolated: bool = False) -> Config:
    """The configuration that holds for a run started in the folder `start`.

    `explicit` is the file named with `--config`: what is relative in it counts from `start`. `isolated` reads
    none at all. Raises ConfigError.
    """
    if isolated:
        return Config(folder=start)
    path = explicit or find(start)
    if path is None:
        return Config(folder=start)
    text = read_text(str(path))
    if text is None:
        raise ConfigError(f"The configuration file {path} does not exist or is not a regular file.")
    return parse(path, text, start if explicit else path.parent)


def find(start: Path) -> Path | None:
    """The nearest configuration file, from the folder `start` upwards.

    In one folder `testfix.toml` wins over `.testfix.toml`, and both over `pyproject.toml`, which counts only
    if it has a table `[tool.testfix]`. Raises ConfigError for one that cannot be read.
    """
    for folder in (start, *start.parents):
        for name in ("testfix.toml", ".testfix.toml"):
            if (folder / name).is_file():
                return folder / name
        path = folder / "pyproject.toml"
        text = read_text(str(path), [b"testfix"])
        if text is not None and _table(path, parse_toml(str(path), text)) is not None:
            return path
    return None


def parse(path: Path, text: str, folder: Path) -> Config:
    """The configuration in `text`, the content of `path`; paths count from `folder`. Raises ConfigError."""
    document = parse_toml(str(path), text)
    table = _table(path, document)
    where = "[tool.testfix]"
    if table is None and path.name != "pyproject.toml":
        table, where = document, "the file"
    values: dict[str, Any] = {}
    for key, value in (table or {}).items():
        if key not in _KEYS:
            raise ConfigError(f"{path}: unknown key `{key}` in {where}{_meant(key, _KEYS) or '.'}")
        try:
            values[key.replace("-", "_")] = _KEYS[key](value, folder)
        except ValueError as error:
            raise _entry_error(path, text, key, where, error) from None
    config = Config(file=path, folder=folder, **values)
    try:
        settle(config.fixtures, config.services)
    except ValueError as error:
        raise _entry_error(path, text, "fixtures", where, error) from None
    return config


def _entry_error(path: Path, text: str, key: str, where: str, error: ValueError) -> ConfigError:
    line = line_of(text, key, error)
    place = f"{path}:{line}" if line else str(path)
    return ConfigError(f"{place}: `{key}` in {where} {error}.")


def check_selectors(config: Config, rules: Sequence[tuple[str, str]]) -> None:
    """Raises ConfigError if the configuration speaks of a rule that is none of `rules` (code, name)."""
    lists: list[tuple[str, Iterable[str]]] = [
        ("select", config.select or ()),
        ("extend-select", config.extend_select),
        ("ignore", config.ignore),
        *(("per-file-ignores", words) for _, words in config.per_file_ignores),
    ]
    for key, words in lists:
        for word in selectors.unknown(words, rules):
            known = [text for rule in rules for text in rule]
            source = f"{config.file}: " if config.file else ""
            raise ConfigError(f"{source}`{key}` names no rule with `{word}`{_meant(word, known)}.")


def _table(path: Path, document: dict[str, Any]) -> dict[str, Any] | None:
    """`[tool.testfix]`, or None where the document has none."""
    tool = document.get("tool")
    if not isinstance(tool, dict) or "testfix" not in tool:
        return None
    if not isinstance(tool["testfix"], dict):
        raise ConfigError(f"{path}: `tool.testfix` must be a table, not {_shown(tool['testfix'])}.")
    return tool["testfix"]


def _meant(word: str, known: Iterable[str]) -> str:
    import difflib

    close = difflib.get_close_matches(word.replace("_", "-"), list(known), 1)
    return f"; did you mean `{close[0]}`?" if close else ""


# Readers: from a TOML value (and the folder of the file) to the field. A ValueError says what was expected.


def _shown(value: object) -> str:
    text = repr(value)
    kind = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list"}.get(
        type(value), "a table" if isinstance(value, dict) else "a date"
    )
    return f"{kind} ({text if len(text) <= 40 else text[:37] + '...'})"


def _flag(value: object, folder: Path) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {_shown(value)}")
    return value


def _count(value: object, folder: Path) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"must be a whole number from 1, not {_shown(value)}")
    return value


def _text(value: object, folder: Path) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"must be a string that is not empty, not {_shown(value)}")
    return value


def _path(value: object, folder: Path) -> Path:
    return folder / Path(_text(value, folder)).expanduser()


def _path_inside(value: object, folder: Path) -> Path:
    path = _path(value, folder)
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise ValueError("must lie in the project: only --cache-dir may lead out of it")
    return path


def _texts(value: object, folder: Path) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"must be a list of strings, not {_shown(value)}")
    for item in value:
        if not isinstance(item, str) or not item:
            raise ValueError(f"must be a list of strings that are not empty; it holds {_shown(item)}")
    return tuple(value)


def _patterns(value: object, folder: Path) -> tuple[str, ...]:
    texts = _texts(value, folder)
    try:
        globs.compile_globs(text.removeprefix("!") for text in texts)
    except ValueError as error:
        raise ValueError(f"holds a mistake: {error}") from None
    return texts


def _entries(value: object) -> Iterable[tuple[str, object]]:
    if not isinstance(value, dict):
        raise ValueError(f"must be a table, not {_shown(value)}")
    return value.items()


def _per_file(value: object, folder: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    pairs = []
    for pattern, words in _entries(value):
        _patterns([pattern], folder)
        pairs.append((pattern, _texts(words, folder)))
    return tuple(pairs)


def _is_name(text: str) -> bool:
    return text.isidentifier() and not keyword.iskeyword(text)


def _renames(value: object, folder: Path) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for old, new in _entries(value):
        if not (_is_name(old) and isinstance(new, str) and _is_name(new)):
            raise ValueError(f"maps a name to a name; `{old}` = {new!r} does not")
        pairs[old] = new
    return pairs


_IMPORT = re.compile(
    r"import +(?P<whole>[\w.]+)(?: +as +(?P<alias>\w+))?"
    r"|from +(?P<module>[\w.]+) +import +(?P<name>\w+)(?: +as +(?P<asname>\w+))?"
    r"|(?P<source>[\w.]+)(?: *: *(?P<other>\w+))?"
)


def _imports(value: object, folder: Path) -> dict[str, Import]:
    return {name: _import(name, text) for name, text in _entries(value)}


def _import(name: str, text: object) -> Import:
    """`pkg.module`, `pkg.module:Other`, or the import statement that binds `name`, absolute, in one line."""
    match = _IMPORT.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None or not _is_name(name):
        raise ValueError(
            f'maps a name to the module it comes from ("pkg.module", "pkg.module:OtherName") or to an import '
            f"statement; `{name}` = {text!r} is neither"
        )
    if match["whole"]:
        what = Import(match["whole"], None, match["alias"])
    elif match["module"]:
        what = Import(match["module"], match["name"], match["asname"])
    else:
        other = match["other"] or name
        what = Import(match["source"], other, name if other != name else None)
    words = [*what.module.split("."), *filter(None, (what.name, what.asname))]
    if not all(map(_is_name, words)):
        raise ValueError(f"holds a word that cannot be a name in `{name}` = {text!r}")
    if what.bound != name:
        raise ValueError(f"says `{name}` = {text!r}, but that import binds `{what.bound}`")
    return what


def _mock_style(value: object, folder: Path) -> str:
    if value not in MOCK_STYLES:
        raise ValueError(f"must be one of {', '.join(MOCK_STYLES)}, not {_shown(value)}")
    return str(value)


_KEYS: dict[str, Callable[[object, Path], object]] = {
    "select": _texts,
    "extend-select": _texts,
    "ignore": _texts,
    "per-file-ignores": _per_file,
    "exclude": _patterns,
    "extend-exclude": _patterns,
    "force-exclude": _flag,
    "respect-gitignore": _flag,
    "test-files": _texts,
    "all-files": _flag,
    "unsafe-fixes": _flag,
    "imports": _imports,
    "renames": _renames,
    "mock-style": _mock_style,
    "kwargs": read_kwargs,
    "fixtures": read_fixtures,
    "services": read_services,
    "endpoints": read_endpoints,
    "python": _path,
    "jobs": _count,
    "cache-dir": _path_inside,
    "baseline": _path,
    "output-format": _text,
}
