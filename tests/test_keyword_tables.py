"""The tables of keywords: held against what real releases did, against the corpus, and against each other."""

from __future__ import annotations

import json
from pathlib import Path

import generate_suspect_words
import pytest
import verify_keywords
from cli_runner import write_files
from pages import parse_page

from fixer.config import load
from fixer.facts import call_words, suspect_words
from fixer.facts.read import read_facts
from fixer.files import Files
from fixer.keyword_tables import read_rewrite, read_signature
from fixer.known.keywords import aliases, entries, rewrites, signatures
from fixer.loader import DiskLoader
from fixer.project.project import Project, Settings

ROOT = Path(__file__).parent.parent
SEEN = json.loads((ROOT / "tests" / "verified_keywords.json").read_text("utf-8"))
CASES = sorted((ROOT / "fixtures_corpus" / "rules" / "unexpected-keyword").glob("*.md"))


def test_the_tables_say_what_the_releases_did() -> None:
    assert list(verify_keywords.disagreements(SEEN)) == []


def test_what_was_asked_is_what_the_tables_know() -> None:
    """Else verify_keywords.py has to be run again."""
    newest = {package: releases[max(releases, key=_number)] for package, releases in SEEN.items()}
    for package, callees in newest.items():
        assert callees.keys() == verify_keywords.asked(package).keys()
        assert set(SEEN["websockets"]) >= {"13.1", "14.2", "17.4"}


@pytest.mark.parametrize(
    ("package", "release", "callee", "refused", "taken"),
    [
        ("websockets", "13.1", "websockets.connect", "additional_headers", "timeout extra_headers loop"),
        ("websockets", "14.0", "websockets.connect", "timeout extra_headers loop", "additional_headers"),
        ("websockets", "17.4", "websockets.client.connect", "additional_headers", "timeout extra_headers"),
        ("websockets", "12.0", "websockets.sync.client.connect", "timeout", "open_timeout"),
        ("python", "3.13", "asyncio.open_connection", "timeout loop", "limit"),
        ("httpx", "0.28.1", "httpx.AsyncClient", "app proxies", "transport proxy"),
        ("httpx", "0.27.2", "httpx.AsyncClient", "", "app proxies transport proxy"),
    ],
)
def test_what_was_seen(package: str, release: str, callee: str, refused: str, taken: str) -> None:
    """The facts that the rule was made for, read from the releases' answers."""
    answers = SEEN[package][release][callee]
    assert set(refused.split()) <= set(answers)
    assert not set(taken.split()) & set(answers)


def test_a_disagreement_is_found() -> None:
    wrong = {"websockets": {"14.0": {"websockets.connect": ["additional_headers"]}}}
    found = list(verify_keywords.disagreements(wrong))
    assert "websockets 14.0: websockets.connect refuses additional_headers" in found
    assert "websockets 14.0: websockets.connect takes timeout" in found


def test_every_row_is_met_by_a_case_or_was_tried(tmp_path: Path) -> None:
    """Each rewrite by a case of the corpus; each callee of a signature by one too, or by a real release."""
    met: set[str] = set()
    called: set[str] = set()
    for page in CASES:
        for number, case in enumerate(parse_page(page)):
            root = write_files(tmp_path / f"{page.stem}-{number}", case.files)
            config = load(root)
            loader = DiskLoader(Files(root), config)
            project = Project({}, loader, Settings(kwargs=config.kwargs))
            facts = [
                read_facts(path, (root / path).read_bytes()) for path in case.files if path.endswith(".py")
            ]
            for refused in (each for of_file in facts for each in project.refused_keywords(of_file)):
                called.add(project.keywords.spelled(refused.call.callee))
                if refused.rewrite is not None:
                    met.add(refused.rewrite.id)
    assert {entry.id for entry in rewrites()} - met == set()
    tried = {callee for releases in SEEN.values() for callees in releases.values() for callee in callees}
    rows = {name for signature in signatures() for name, _ in signature.callees}
    assert rows - tried - called == set()


def test_entries_are_well_formed() -> None:
    assert len(entries()) == len({entry.id for entry in rewrites()})
    spelled = {name for signature in signatures() for name, _ in signature.callees}
    for entry in rewrites():
        assert entry.package or set(entry.callees) <= spelled, f"{entry.id} has no versions"
        assert entry.action.kind != "report" or entry.note, f"{entry.id} does not say what to do"
        assert entry.verified or set(entry.callees) <= spelled, entry.id
    for signature in signatures():
        assert signature.package and signature.verified
    for name, others in aliases().items():
        assert name not in others


def test_the_words_for_the_byte_search_are_those_of_the_tables() -> None:
    assert generate_suspect_words.TARGET.read_text("utf-8") == generate_suspect_words.generate()


def test_every_callee_of_the_tables_is_suspected() -> None:
    spelled = aliases()
    for entry in rewrites():
        for callee in entry.callees if entry.enabled else ():
            for path in generate_suspect_words.spellings(callee, dict(spelled)):
                assert call_words.is_suspected(path, has_keywords=True), path
                if entry.first or entry.keyword == callee.rpartition(".")[2]:
                    assert call_words.is_suspected(path, has_keywords=False), path


def test_a_call_without_keywords_is_suspected_for_its_first_argument_alone() -> None:
    assert call_words.is_suspected("pytest.warns", has_keywords=False)
    assert not call_words.is_suspected("asyncio.wait_for", has_keywords=False)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"import websockets\nwebsockets.connect(u, timeout=1)\n", True),
        (b"import websockets\nwebsockets.connect(u, close_timeout=1)\n", False),
        (b"import websockets\ndial = websockets.connect\n", True),
        (b"import websockets\n", False),
        (b"connect(u, timeout=1)\n", False),
        (b"import asyncio\nasyncio.open_connection(h, p, timeout=1)\n", True),
        (b"import asyncio\nasyncio.open_connection(h,\n    p, timeout = 1)\n", True),
        (b"import asyncio\nasyncio.open_connection(h, '(', timeout=1)\n", True),
        (b"import asyncio\nasyncio.open_connection(f(h), timeout=1)\n", True),
        (b"import asyncio\nf(asyncio.open_connection(h), timeout=1)\n", False),
        (b"import asyncio\nasyncio.wait_for(x, timeout=1)\n", False),
        (b"import asyncio\nasyncio.open_connection(h, **{'timeout': 1})\n", True),
        (b"import asyncio as a, functools\nf = functools.partial(a.open_connection, timeout=1)\n", True),
        (b"from asyncio import open_connection as o\no(h, timeout=1)\n", True),
        (b"from asyncio import gather as g\ng(a, timeout=1)\n", True),
        (b"import asyncio\no = asyncio.gather\no(h, timeout=1)\n", True),
        (b"from asyncio import gather\nf = partial(gather, timeout=1)\n", True),
        (b"import asyncio\nt = asyncio.gather(a)\nwait(t, timeout=1)\n", False),
        (b"def test_a(event_loop):\n    event_loop.create_connection(P, timeout=1)\n", True),
        (b"import os, pytest\npytest.skip(msg='x')\n", True),
        (b"import pytest\npytest.skip('msg')\n", False),
        (b"import pytest\nwith pytest.warns(None): pass\n", True),
        (b"from unittest.mock import patch\npatch('a', new=1, autospec=True)\n", True),
        (b"from unittest.mock import patch\npatch('a', autospec=True)\n", False),
    ],
)
def test_the_byte_search(source: bytes, expected: bool) -> None:
    assert call_words.may_be_refused(source) is expected


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"id": "x"}, "`keyword` must be a string; it is missing"),
        ({"id": "x", "keyword": "k"}, "`callee` must be a string or a list of strings; it is missing"),
        ({"id": "x", "keyword": "a b"}, "`keyword` must be a name, not 'a b'"),
        ({"id": "x", "keyword": "k", "callee": "f", "action": "remove"}, '`action` must be "drop"'),
        (
            {"id": "x", "keyword": "k", "callee": "f", "action": {"rename": 3}},
            "`rename` must be a string or a list",
        ),
        (
            {"id": "x", "keyword": "k", "callee": "f", "action": {"rename": "a-b"}},
            "must give a name to the keyword",
        ),
        (
            {"id": "x", "keyword": "k", "callee": "f", "action": {"wrap": "g({call})"}},
            "`wrap` must hold {value} once",
        ),
        (
            {"id": "x", "keyword": "k", "callee": "f", "action": {"rename": "a", "to": "b"}},
            "`to` is not a key here",
        ),
        (
            {"id": "x", "keyword": "k", "callee": "f", "action": "drop", "safety": "sure"},
            "`safety` must be one of exact",
        ),
        (
            {"id": "x", "keyword": "k", "callee": "f", "action": "drop", "enabled": 1},
            "`enabled` must be true or false",
        ),
        (
            {"id": "x", "keyword": "k", "callee": "f", "action": "drop", "broken-in": "new"},
            "`broken-in` must be a range",
        ),
        ({"id": "x", "keyword": "k", "callee": "f", "action": "drop", "when": 1}, "`when` must be a table"),
        (
            {"id": "x", "keyword": "k", "callee": "f", "action": "drop", "verified": "new"},
            "`verified` must be a version",
        ),
        ({"id": "x", "keyword": "k", "callee": "f", "actions": "drop"}, "`actions` is not a key here"),
    ],
)
def test_a_bad_rewrite_is_refused(entry: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_rewrite(entry)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({}, "`callee` must be a string or a list of strings; it is missing"),
        ({"callee": "f@new"}, "`callee` must hold names such as"),
        ({"callee": "f", "accepts": ["k@"] * 2, "unknown": "pass"}, "`unknown` must be"),
        ({"callee": "f", "accept": []}, "`accept` is not a key here"),
    ],
)
def test_a_bad_signature_is_refused(entry: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_signature(entry)
    assert message in str(caught.value)


def test_every_module_of_the_words_is_looked_for() -> None:
    assert call_words.suspected_modules() == frozenset(suspect_words.SUSPECTS)


def _number(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.split(".")))
