"""Readers for the files in which projects declare dependencies. Each returns (requirements, problem or "").

A malformed file yields what can be read. Nothing is executed and no other file is followed.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from fixer.project.requirements import Requirement, normalised, parse_requirement

PYTHON = "python"  # asked for like a distribution, but none

Parsed: TypeAlias = tuple[list[Requirement], str]
Parser: TypeAlias = Callable[[str, str], Parsed]


def requirements_txt(path: str, text: str) -> Parsed:
    """pip's requirements and constraints files; `-r other.txt` is left to whoever reads the other file."""
    found = []
    line, start = "", 1
    for number, part in enumerate(text.splitlines(), start=1):
        start = start if line else number
        if part.endswith("\\"):
            line += part[:-1] + " "
            continue
        requirement = parse_requirement(line + part, path, start)
        if requirement:
            found.append(requirement)
        line = ""
    return found, ""


def included_files(path: str, text: str) -> list[str]:
    """The files that a requirements file includes (`-r`, `-c`), as paths from the root; none from outside."""
    found = []
    for line in text.splitlines():
        match = re.match(r"\s*(?:-r|-c|--requirement|--constraint)[\s=]*([^\s#]+)", line)
        if match:
            parts: list[str] = path.split("/")[:-1]
            for part in match[1].split("/"):
                if part == ".." and parts:
                    parts.pop()
                elif part not in ("", "."):
                    parts.append(part)
            if ".." not in parts:
                found.append("/".join(parts))
    return found


def pyproject(path: str, text: str) -> Parsed:
    """PEP 621, PEP 735, and the tables of poetry, pdm, hatch, uv, tox, cibuildwheel and pixi."""
    data, problem = read_toml(text)
    project, tool = _table(data, "project"), _table(data, "tool")
    lists: list[Any] = [project.get("dependencies")]
    lists += _table(project, "optional-dependencies").values()
    lists += _table(data, "dependency-groups").values()
    lists += _table(_table(tool, "pdm"), "dev-dependencies").values()
    lists.append(_table(tool, "uv").get("dev-dependencies"))
    lists.append(_table(tool, "cibuildwheel").get("test-requires"))
    lists += _of_hatch(_table(tool, "hatch"))
    lists += _under(_table(tool, "tox"), ("deps",))
    strings = [item for one in lists for item in _strings(one)]
    tables = _under(_table(tool, "poetry"), ("dependencies", "dev-dependencies"))
    tables += _under(_table(tool, "pixi"), _PIXI)
    found = _from_strings(path, text, strings) + _from_tables(path, text, tables)
    found += _python(path, text, "requires-python", project.get("requires-python"))
    legacy = _table(tool, "tox").get("legacy_tox_ini")
    if isinstance(legacy, str):
        found += ini(path, legacy)[0]
    return found, problem


# What `hatch test` installs by itself (hatch 1.18.0, src/hatch/env/internal/test.py).
_HATCH_TEST = ["coverage", "pytest", "pytest-mock", "pytest-randomly", "pytest-rerunfailures", "pytest-xdist"]


def hatch(path: str, text: str) -> Parsed:
    """hatch.toml: the dependencies of its environments."""
    data, problem = read_toml(text)
    return _from_strings(path, text, [item for one in _of_hatch(data) for item in _strings(one)]), problem


def _of_hatch(table: dict[str, Any]) -> list[Any]:
    envs = _table(table, "envs")
    own = [_HATCH_TEST] if "hatch-test" in envs else []
    return [*_under(envs, ("dependencies", "extra-dependencies")), *own]


_PIXI = ("dependencies", "pypi-dependencies", "host-dependencies", "build-dependencies")


def pixi(path: str, text: str) -> Parsed:
    """pixi.toml: its dependency tables, those of features and targets too."""
    data, problem = read_toml(text)
    return _from_tables(path, text, _under(data, _PIXI)), problem


def pipfile(path: str, text: str) -> Parsed:
    """Pipfile: every table of it that is not about the file itself is a category of packages."""
    data, problem = read_toml(text)
    tables = [data[key] for key in data if key not in ("source", "requires", "pipenv", "scripts")]
    return _from_tables(path, text, tables), problem


def pipfile_lock(path: str, text: str) -> Parsed:
    """Pipfile.lock (JSON)."""
    import json  # few projects have such a file

    try:
        data = json.loads(text)
    except ValueError as error:
        return [], f"not JSON ({error})"
    except RecursionError:
        return [], "nested too deeply"
    tables = [table for key, table in data.items() if key != "_meta"] if isinstance(data, dict) else []
    return _from_tables(path, text, tables), ""


def toml_lock(path: str, text: str) -> Parsed:
    """poetry.lock, uv.lock, pdm.lock, pylock.toml, by line: they are long, and written by machines."""
    found: list[Requirement] = []
    in_package, name, at = False, "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("["):
            in_package, name = line.strip() in ("[[package]]", "[[packages]]"), ""
        elif in_package and line.startswith(("name = ", "version = ")):
            key, _, value = line.partition(" = ")
            if key == "name":
                name, at = normalised(value.strip(" \"'")), number
                found.append(Requirement(name, "", path, at))
            elif name:
                found[-1] = Requirement(name, "==" + value.strip(" \"'"), path, at)
    return found, "" if found else _load_toml(text)[1]


def ini(path: str, text: str) -> Parsed:
    """setup.cfg (options, extras) and tox.ini (deps of every environment)."""
    found = []
    for section, key, value, number in _ini_lines(text):
        if section == "options" and key == "python_requires":
            found.append(Requirement(PYTHON, re.sub(r"\s+", "", value), path, number))
        options = section == "options" and key in ("install_requires", "tests_require", "setup_requires")
        if options or section == "options.extras_require":
            requirement = parse_requirement(value, path, number)
        elif key == "deps" and section.startswith("testenv"):
            requirement = parse_requirement(re.sub(r"^[\w!,{}. -]+:\s+", "", value), path, number)
        else:
            continue
        if requirement:
            found.append(requirement)
    return found, ""


_ADDING = ("append", "extend", "insert", "setdefault", "update")  # methods of lists and dictionaries


def setup_py(path: str, text: str) -> Parsed:
    """The literal lists in setup.py that are given to `setup()`, or assigned or added to a name that speaks
    of requirements (`extras["test"] = extras["lint"] + [...]`). Names in them are followed."""
    tree, problem = _python_tree(text)
    values: list[ast.expr] = []
    python: list[Requirement] = []
    assigned: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "python_requires":
            python += _python(path, text, node.arg, getattr(node.value, "value", None))
        elif isinstance(node, ast.keyword) and node.arg and re.search(r"_requires?$", node.arg):
            values.append(node.value)
        for name, value in _assignments(node):
            assigned.setdefault(name, []).append(value)
    speaking = re.compile(r"require|deps$|dependenc|extras", re.IGNORECASE)
    values += [value for name, listed in assigned.items() if speaking.search(name) for value in listed]
    found = (parse_requirement(string, path, line) for string, line in _literals(values, assigned, set()))
    return list(dict.fromkeys([*(requirement for requirement in found if requirement), *python])), problem


def noxfile(path: str, text: str) -> Parsed:
    """noxfile.py: the literal arguments of `session.install()` and `session.conda_install()`, and those in
    lists that these are given (nox 2025.5, `nox.sessions.Session.install`)."""
    tree, problem = _python_tree(text)
    assigned: dict[str, list[ast.expr]] = {}
    values: list[ast.expr] = []
    for node in ast.walk(tree):
        for name, value in _assignments(node):
            assigned.setdefault(name, []).append(value)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("install", "conda_install"):
            values.append(ast.List(node.args))
    named = [(word, line) for word, line in _literals(values, assigned, set()) if not word.endswith(".txt")]
    found = (parse_requirement(word, path, line) for word, line in named)
    return list(dict.fromkeys(requirement for requirement in found if requirement)), problem


def riotfile(path: str, text: str) -> Parsed:
    """riotfile.py: what its environments give as `pkgs`, a dictionary of specifiers or lists of them
    (github.com/DataDog/riot, `riot.riot.Venv`)."""
    tree, problem = _python_tree(text)
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.keyword) and node.arg == "pkgs" and isinstance(node.value, ast.Dict)):
            continue
        for key, value in zip(node.value.keys, node.value.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                continue
            words = [each.value for each in ast.walk(value) if isinstance(each, ast.Constant)]
            for word in [each for each in words if isinstance(each, str)] or [""]:
                requirement = parse_requirement(key.value + word, path, key.lineno)
                found += [requirement] if requirement else []
    return list(dict.fromkeys(found)), problem


def _python_tree(text: str) -> tuple[ast.Module, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes are not our subject
            return ast.parse(text), ""
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return ast.Module([], []), f"not Python that can be read ({error})"


def _assignments(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What a statement assigns to a name or to an item of it, or adds to either."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield _base(target), node.value
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign)) and node.value is not None:
        yield _base(node.target), node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _ADDING:
        yield _base(node.func.value), ast.List(node.args)


def _base(node: ast.expr) -> str:
    """`extras` for `extras`, `extras["test"]` and `self.extras`; "" for anything else."""
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def environment(path: str, text: str) -> Parsed:
    """conda's environment.yml, read by line: what stands in lists below `dependencies:`."""
    found, inside = [], False
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(r"[\w-]+:", line):
            inside = line.startswith("dependencies:")
        item = re.match(r"\s*-\s+[\"']?([^\"'#]+)", line)
        if not inside or item is None or item[1].strip().endswith(":"):
            continue
        spec = item[1].strip().rpartition("::")[2]
        spec = re.sub(r"^([\w.-]+)\s*=(?![=])([^=]*).*$", r"\1==\2", spec)  # conda: name=version=build
        requirement = parse_requirement(spec, path, number)
        if requirement and requirement.name not in ("python", "pip"):
            found.append(requirement)
    return found, ""


def read_toml(text: str) -> tuple[dict[str, Any], str]:
    """The parsed text; of a broken one, the tables that end above the first error."""
    data, problem = _load_toml(text)
    if problem:
        place = re.search(r"at line (\d+)", problem)
        lines = text.splitlines()[: int(place[1])] if place else text.splitlines()
        headers = [index for index, line in enumerate(lines) if line.startswith("[")]
        for end in headers[:-4:-1]:  # an unclosed bracket may have swallowed a header or two
            data, still = _load_toml("\n".join(lines[:end]))
            if not still:
                break
    return data, problem


def _load_toml(text: str) -> tuple[dict[str, Any], str]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text), ""
    except (ValueError, RecursionError) as error:
        return {}, f"not TOML ({error})"


def _table(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _under(data: dict[str, Any], keys: tuple[str, ...]) -> list[Any]:
    """What the keys hold in `data` and in the tables below it; what they hold is not searched itself."""
    result = []
    for key, value in data.items():
        if key in keys:
            result.append(value)
        elif isinstance(value, dict):
            result += _under(value, keys)
    return result


def _strings(value: object) -> Iterator[str]:
    """The strings of a list; a `deps` that is one string counts by line."""
    if isinstance(value, str):
        yield from value.splitlines()
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))


def _from_strings(path: str, text: str, strings: Iterable[str]) -> list[Requirement]:
    found = (parse_requirement(string, path, _line(text, string)) for string in strings)
    return [requirement for requirement in found if requirement]


def _from_tables(path: str, text: str, tables: Iterable[Any]) -> list[Requirement]:
    """Tables of the form name -> version, name -> {version = ...}, or a list of those."""
    found = []
    for table in tables:
        for name, value in table.items() if isinstance(table, dict) else ():
            value = value[0] if isinstance(value, list) and value else value
            value = value.get("version", "") if isinstance(value, dict) else value
            specifier = value if isinstance(value, str) and value != "*" else ""
            found.append(Requirement(normalised(name), specifier, path, _line(text, name)))
    return found


def _python(path: str, text: str, key: str, specifier: object) -> list[Requirement]:
    """The Python versions that a project is for, as a requirement of `python`."""
    if not isinstance(specifier, str):
        return []
    return [Requirement(PYTHON, re.sub(r"\s+", "", specifier), path, _line(text, key))]


def _line(text: str, needle: str) -> int:
    """The line (from 1) on which `needle` first stands as a word; 1 where escapes hide it."""
    place = re.search(rf"(?<![\w.-]){re.escape(needle)}(?![\w.-])", text)
    return text.count("\n", 0, place.start()) + 1 if place else 1


def _ini_lines(text: str) -> Iterator[tuple[str, str, str, int]]:
    """(section, key, one line of the value, its number from 1) of an ini file, tolerant of everything."""
    section = key = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\[([^\]]+)\]", line)
        if header:
            section, key = header[1].strip(), ""
        elif line[:1] in ("#", ";") or not line.strip():
            continue  # a value goes on behind them (`configparser`, "empty_lines_in_values")
        elif line[:1].isspace():
            if key:
                yield section, key, line.strip(), number
        else:
            found = re.match(r"([^=:]+?)\s*[=:]\s*(.*)", line)
            key = found[1].strip() if found else ""
            if found and found[2].strip():
                yield section, key, found[2].strip(), number


def _literals(
    values: Iterable[ast.expr], assigned: dict[str, list[ast.expr]], seen: set[str]
) -> Iterator[tuple[str, int]]:
    """The strings in lists, tuples, sets and values of dictionaries, at any depth, with their lines. What is
    `assigned` to names in them is looked through, too, once for each: `seen` are those that were."""
    for value in values:
        if isinstance(value, (ast.List, ast.Tuple, ast.Set)):
            for item in value.elts:
                if isinstance(item, ast.Constant) and isinstance(item.value, str):
                    yield item.value, item.lineno
            yield from _literals(value.elts, assigned, seen)
        elif isinstance(value, ast.Dict):
            yield from _literals(value.values, assigned, seen)
        elif isinstance(value, ast.BinOp):
            yield from _literals([value.left, value.right], assigned, seen)
        elif isinstance(value, ast.Starred):
            yield from _literals([value.value], assigned, seen)
        elif isinstance(value, ast.Name) and value.id not in seen:
            seen.add(value.id)
            yield from _literals(assigned.get(value.id, ()), assigned, seen)
        elif isinstance(value, ast.Call):  # `dict(test=[...])`, `deps_list("pytest", "six")`
            speaks = re.search(r"dep|req", _base(value.func), re.IGNORECASE)
            given = [ast.List(value.args)] if speaks else value.args
            yield from _literals([*given, *(each.value for each in value.keywords)], assigned, seen)
