"""Runs small test modules without pytest and prints the names that Python does not find.

    python name_errors.py FOLDER...

prints one JSON object: folder -> list of [path, name], in order of path and name. Each folder is on
`sys.path` while its files run, conftests first; builtins and its modules are put back after it.
"""

from __future__ import annotations

import builtins
import inspect
import json
import sys
import tempfile
import types
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def name_errors(folder: Path) -> list[tuple[str, str]]:
    """The (path, name) of every NameError that reaches the top, from module code and from tests."""
    conftests = sorted(folder.rglob("conftest.py"))
    others = sorted(path for path in folder.rglob("*.py") if path.name != "conftest.py")
    tests = [path for path in others if path.name.startswith("test_")]
    found: set[tuple[str, str]] = set()
    for path in (*conftests, *tests):
        above = [other for other in conftests if other != path and other.parent in path.parents]
        known_builtins, known_modules = set(vars(builtins)), set(sys.modules)
        sys.path.insert(0, str(folder))
        try:
            for conftest in above:
                _missing(lambda conftest=conftest: _load(conftest, folder))
            where = path.relative_to(folder).as_posix()
            found.update((where, name) for name in _names_missing_in(path, folder))
        finally:
            sys.path.remove(str(folder))
            for name in vars(builtins).keys() - known_builtins:
                delattr(builtins, name)
            for name in sys.modules.keys() - known_modules:
                if str(folder) in (getattr(sys.modules[name], "__file__", None) or ""):
                    del sys.modules[name]
    return sorted(found)


def _names_missing_in(path: Path, folder: Path) -> Iterator[str]:
    loaded: list[types.ModuleType] = []
    name = _missing(lambda: loaded.append(_load(path, folder)))
    if name is not None:
        yield name
    if not loaded:
        return
    module = loaded[0]
    setup = getattr(module, "setup_module", None)
    if setup is not None:
        _missing(setup)
    for test in list(_tests(vars(module))):
        name = _missing(test)
        if name is not None:
            yield name


def _tests(namespace: dict[str, object]) -> Iterator[Callable[[], object]]:
    for name, value in list(namespace.items()):
        if isinstance(value, type) and name.startswith("Test"):
            yield from _tests({method: getattr(value(), method) for method in dir(value)})
        elif name.startswith("test") and callable(value):
            yield lambda value=value: _call(value)


def _call(test: Callable[..., object]) -> None:
    """Calls a test; a parameter without a default gets a temporary folder, which suits `tmp_path`."""
    needed = [
        parameter.name
        for parameter in inspect.signature(test, follow_wrapped=False).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    ]
    with tempfile.TemporaryDirectory() as folder:
        test(**dict.fromkeys(needed, Path(folder)))


def _load(path: Path, folder: Path) -> types.ModuleType:
    parts = path.relative_to(folder).with_suffix("").parts
    module = types.ModuleType(".".join(parts))
    module.__file__ = str(path)
    module.__package__ = ".".join(parts[:-1])
    sys.modules[module.__name__] = module
    exec(compile(path.read_bytes(), str(path), "exec", dont_inherit=True), module.__dict__)
    return module


def _missing(action: Callable[[], object]) -> str | None:
    """The name whose absence ended the action; any other end is none of our business."""
    try:
        action()
    except UnboundLocalError:
        return None
    except NameError as error:
        return error.name
    except BaseException:
        return None
    return None


if __name__ == "__main__":
    print(json.dumps({folder: name_errors(Path(folder)) for folder in sys.argv[1:]}))
