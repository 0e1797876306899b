"""The data about names agrees with the Python that runs the tests, and its reader says what the data says."""

from __future__ import annotations

import ast
import builtins
import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from fixer.facts.builtin_names import BUILTIN_NAMES, BUILTIN_SINCE
from fixer.import_statement import Import
from fixer.known import vocabulary
from fixer.known.vocabulary import Known, candidates

TOOLS = Path(__file__).with_name("tools")
DATA = Path(vocabulary.__file__).with_name("vocabulary.json")
# Whether a Python of this version had its say when the data was made; newer ones may add attributes.
PROBED_HERE = list(sys.version_info[:2]) in json.loads(DATA.read_text("utf-8"))["versions"]
Probe = dict[str, dict[str, Any]]
EVERY = [known for name in sorted(vocabulary.names()) for known in candidates(name)]


def test_every_builtin_of_this_python_is_known() -> None:
    # `_` is bound by the interactive prompt and by gettext.install(), neither of which a file can count on.
    assert set(dir(builtins)) - {"_"} <= BUILTIN_NAMES


def test_versions_of_builtins_are_right() -> None:
    for name, since in BUILTIN_SINCE.items():
        if not name.startswith("__"):
            assert hasattr(builtins, name) == (sys.version_info >= since), name


@pytest.fixture(scope="module")
def generator() -> Any:
    """The script that writes vocabulary.json."""
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(TOOLS)
        return importlib.import_module("generate_vocabulary")


@pytest.fixture(scope="module")
def found(generator: Any) -> Probe:
    """What this Python says of its standard library."""
    result: Probe = generator.probe(sys.executable, generator.load_curated())
    return result


def test_the_data_was_made_from_the_curated_file_as_it_is(generator: Any) -> None:
    curated = generator.load_curated()
    for module, table in curated["from"].items():
        for name in set(generator.words(table.get("names"))) - set(generator.words(table.get("omit"))):
            rows = [known for known in candidates(name) if known.what == Import(module, name)]
            assert [known.generic for known in rows] == [generator.listed(table, "generic", name)], (
                module,
                name,
            )
    for name in generator.words(curated["modules"]["generic"]):
        assert candidates(name)[0].generic, name


def exists_here(known: Known) -> bool:
    version = sys.version_info[:2]
    return (known.since or version) <= version <= (known.until or version)


def test_modules_agree_with_this_python(found: Probe) -> None:
    offered_here, missing = 0, []
    for name, attributes in found["modules"].items():
        bare = [known for known in candidates(name) if known.what == Import(name)]
        if not PROBED_HERE:
            continue
        assert bare and exists_here(bare[0]), name
        if attributes and bare[0].attributes is not None:
            offered = frozenset[str]().union(*(known.attributes or () for known in candidates(name)))
            offered_here += len(attributes)
            missing += [f"{name}.{attribute}" for attribute in attributes if attribute not in offered]
    # Other systems have a few more constants, and a bugfix release of Python may add a name.
    assert len(missing) <= offered_here / 50, missing


def test_members_agree_with_this_python(found: Probe) -> None:
    offered_here, missing = 0, []
    listed = {(known.what.module, known.what.name): known for known in EVERY if known.distribution is None}
    for module, members in found["members"].items():
        for name, described in members.items():
            known = listed.pop((module, name), None)
            if known is None or not PROBED_HERE:
                continue  # left out on purpose (`omit`), or newer than the data
            assert exists_here(known), (module, name)
            offered_here += len(described["attributes"])
            missing += [f"{name}.{one}" for one in described["attributes"] if not known.has(one)]
    assert len(missing) <= offered_here / 50, missing
    left = [known for known in listed.values() if known.what.module in found["members"] and known.what.name]
    assert not [known.what.statement for known in left if exists_here(known) and PROBED_HERE]


def test_every_statement_is_an_import_that_binds_the_name() -> None:
    for name in vocabulary.names():
        for known in candidates(name):
            (statement,) = ast.parse(known.what.statement).body
            assert isinstance(statement, (ast.Import, ast.ImportFrom))
            assert known.what.bound == name
        alike = [known.default for known in candidates(name) if known.equivalent]
        assert alike.count(True) == (1 if alike else 0), name


FITS = [  # how the name is used, and the only imports that fit
    ("datetime", ("now", True, "value"), ["from datetime import datetime"]),
    ("datetime", ("timedelta", True, "value"), ["import datetime"]),
    ("datetime", (None, True, "value"), ["from datetime import datetime"]),
    ("time", ("sleep", True, "value"), ["import time"]),
    ("patch", ("object", True, "decorator"), ["from unittest.mock import patch"]),
    ("patch", (None, True, "decorator"), ["from unittest.mock import patch"]),
    ("patch", ("get", True, "value"), []),
    ("MagicMock", ("anything", True, "value"), ["from unittest.mock import MagicMock"]),
    ("TimeoutExpired", (None, False, "exception"), ["from subprocess import TimeoutExpired"]),
    ("Path", (None, False, "exception"), []),
    ("importlib", ("import_module", True, "value"), ["import importlib"]),
    ("importlib", ("util", False, "value"), ["import importlib.util"]),
    ("os", ("path", False, "value"), ["import os"]),
    ("np", ("array", True, "value"), ["import numpy as np"]),
    ("json", (None, True, "value"), []),
    ("HTTPStatus", (None, False, "base"), []),
    ("SimpleNamespace", (None, False, "base"), ["from types import SimpleNamespace"]),
]


@pytest.mark.parametrize(("name", "use", "expected"), FITS)
def test_a_candidate_must_fit_the_use(
    name: str, use: tuple[str | None, bool, str], expected: list[str]
) -> None:
    fitting = [known for known in candidates(name) if known.fits(*use)]
    assert [known.what.statement for known in fitting] == expected


TOLD = [
    ("calendar", "monthrange", True),
    ("calendar", "name", False),
    ("email", "message", False),
    ("queue", "Empty", True),
    ("time", "time", True),
    ("token", "type", False),
    ("code", "replace", False),
    ("string", "ascii_letters", True),
    ("call", "anything", False),
    ("patch", None, True),
]


@pytest.mark.parametrize(("name", "attribute", "told"), TOLD)
def test_a_generic_word_is_told_by_a_distinctive_attribute_only(
    name: str, attribute: str | None, told: bool
) -> None:
    assert any(known.told_by(attribute, called=True) for known in candidates(name)) == told


def test_an_unknown_name_has_no_candidates() -> None:
    assert candidates("no_such_name_in_the_vocabulary") == ()
