"""Prologues for the tests of placement and codemods: pieces that real test files start with, put together."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

from hypothesis import strategies as st

from fixer.edits import AddImport
from fixer.facts.import_order import ImportStyle
from fixer.facts.placement import place_imports
from fixer.facts.prologue import read_prologue
from fixer.import_statement import Import
from fixer.project.import_style import section_of

HEADERS = (
    "",
    "#!/usr/bin/env python\n",
    "# -*- coding: utf-8 -*-\n",
    "#!/usr/bin/env python\n# Copyright somebody.\n#\n# All rights reserved.\n\n",
    "# What follows is a constant.\n",
)
DOCSTRINGS = (
    "",
    '"""Tests."""\n',
    "'one ' 'two'\n",
    '"""\nclass InText:\n\ndef also():\n"""\n\n',
    '"""d"""\n\n\n',
)
FUTURES = ("", "from __future__ import annotations\n", "\nfrom __future__ import annotations\n\n")
IMPORTS = (
    "import os",
    "import sys",
    "import json, re",
    "import os.path as osp",
    "import socket; import select",
    "from unittest.mock import Mock",
    "from unittest.mock import Mock, seal  # noqa: F401",
    "from unittest.mock import (\n    MagicMock,  # why\n    # own line\n    seal,\n)",
    "from unittest.mock import (MagicMock, Mock,\n                           call)",
    "from unittest.mock import MagicMock, \\\n    seal",
    "from unittest.mock import (\n    Mock\n)",
    "from collections import *",
    "from datetime import datetime as dt",
    "from datetime import date, datetime, timezone, tzinfo, MAXYEAR, MINYEAR, UTC as Z",
    "import pytest",
    "from pytest import raises",
    "import numpy as np",
    "import proj",
    "from proj.core import Thing, other",
    "from proj import core as c",
    "from . import sibling",
    "from ..pkg import cousin",
)
BETWEEN = (
    "",
    "\n",
    "\n\n",
    "\n# a comment\n",
    "# a tight comment\n",
    "\n# isort: split\n\n",
    "\nsys.path.insert(0, 'src')\n",
    "\nif 'src' not in sys.path:\n    sys.path.insert(0, 'src')\n",
    "\ntry:\n    import ujson\nexcept ImportError:\n    ujson = None\n\n",
    "\nif TYPE_CHECKING:\n    from unittest.mock import Mock\n\n",
    "\npytest.importorskip('numpy')\n",
    "\n__version__ = '1'\n",
    "\nHERE = 'src'\n",
    "\n# isort: off\nimport zlib\nimport abc\n# isort: on\n",
)
TAILS = (
    "",
    "\n",
    "\n\n\ndef test_a():\n    pass\n",
    "\n\n\n@decorated\nclass TestA:\n    pass\n",
    "\n\n# about the class\nclass TestA:\n    pass\n",
    "\nCONSTANT = 1\n\n\ndef test_a(): pass\n",
    "\n\n\nCONSTANT = '\x0c\u2028'\n",
    "\nif True:\n    x = 1\n    # inside\n# outside\n",
    "\x0c\ndef test_a(): pass\n",
    "\nx = 1",
)
WANTED = (
    Import("unittest.mock", "patch"),
    Import("unittest.mock", "AsyncMock"),
    Import("unittest.mock", "DEFAULT"),
    Import("time"),
    Import("xml.dom"),
    Import("datetime", "timedelta"),
    Import("httpx"),
    Import("numpy", None, "npy"),
    Import("proj.core", "helper"),
    Import("proj.core", "Zed", "Zee"),
    Import(".", "brother"),
    Import("..pkg", "aunt", "uncle"),
)
STYLES: tuple[tuple[ImportStyle, str], ...] = (
    (ImportStyle(), ""),
    (ImportStyle(force_single_line=True), "force-single-line = true"),
    (ImportStyle(combine_as_imports=True), "combine-as-imports = true"),
    (ImportStyle(force_sort_within_sections=True), "force-sort-within-sections = true"),
    (ImportStyle(order_by_type=False, case_sensitive=True), "order-by-type = false\ncase-sensitive = true"),
    (ImportStyle(lines_between_types=1), "lines-between-types = 1"),
    (ImportStyle(lines_after_imports=2), "lines-after-imports = 2"),
    (ImportStyle(no_sections=True), "no-sections = true"),
    (ImportStyle(from_first=True), "from-first = true"),
    (ImportStyle(length_sort=True), "length-sort = true"),
    (
        ImportStyle(no_lines_before=frozenset({"first-party", "local-folder"})),
        'no-lines-before = ["first-party", "local-folder"]',
    ),
    (ImportStyle(closest_relative_first=True), 'relative-imports-order = "closest-to-furthest"'),
)


@st.composite
def prologues(draw: st.DrawFn) -> str:
    """A prologue as found in the wild: often unsorted, sometimes odd, always valid Python."""
    text = draw(st.sampled_from(HEADERS)) + draw(st.sampled_from(DOCSTRINGS)) + draw(st.sampled_from(FUTURES))
    for statement in draw(st.lists(st.sampled_from(IMPORTS), max_size=8, unique=True)):
        text += statement + "\n" + draw(st.sampled_from(BETWEEN + ("",) * 12))
    text = text[:-1] if draw(st.booleans()) and text.endswith("\n\n") else text
    tail = draw(st.sampled_from(TAILS))
    if text.endswith("\n") and tail.startswith("\n"):
        tail = tail[1:]
    return text + tail


def section(module: str, style: ImportStyle) -> str:
    """The section of a module in a project whose one package is `proj`."""
    return section_of(module, style, lambda name: name in {"proj", "proj.core", "proj.late"})


def planned(source: str, wanted: list[Import], style: ImportStyle) -> list[AddImport]:
    """The edits for all names that have a place."""
    places = place_imports(
        wanted,
        read_prologue(source),
        style,
        lambda module: section(module, style),
        needs_path_change=lambda what: what.module.startswith("proj"),
    )
    return [
        AddImport("test_a.py", what, place) for what, place in places.items() if not isinstance(place, str)
    ]


def ruff(folder: Path, *options: str) -> dict[str, Counter[str]]:
    """Ruff's findings in a folder: by file name, how often each code."""
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--exit-zero", *options]
    result = subprocess.run(
        [*command, "--output-format", "json", "."], cwd=folder, capture_output=True, text=True, check=True
    )
    found: dict[str, Counter[str]] = {}
    for item in json.loads(result.stdout):
        found.setdefault(Path(item["filename"]).name, Counter())[str(item["code"])] += 1
    return found
