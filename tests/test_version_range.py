"""Ranges of versions, held against pip's own library for PEP 440."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version as Release

from fixer.version_range import ANY, NONE, Range, at, parse_range, parse_version, shown, trimmed, up_to

RELEASES = st.lists(st.integers(0, 4), min_size=1, max_size=3).map(lambda parts: ".".join(map(str, parts)))
OPERATORS = st.sampled_from(["==", "!=", ">=", "<=", ">", "<"])
CLAUSES = st.one_of(
    st.tuples(OPERATORS, RELEASES).map("".join),
    st.tuples(st.sampled_from(["==", "!="]), RELEASES).map(lambda pair: f"{pair[0]}{pair[1]}.*"),
    st.tuples(RELEASES, st.integers(0, 4)).map(lambda pair: f"~={pair[0]}.{pair[1]}"),
)
SPECIFIERS = st.lists(CLAUSES, min_size=1, max_size=3).map(",".join)


def read(text: str) -> Range:
    found = parse_range(text)
    assert found is not None, text
    return found


def holds(allowed: Range, release: str) -> bool:
    version = parse_version(release)
    assert version is not None
    return bool(allowed & at(version))


@given(SPECIFIERS, RELEASES)
def test_a_specifier_allows_what_packaging_says(specifier: str, release: str) -> None:
    assert holds(read(specifier), release) == SpecifierSet(specifier).contains(Release(release))


@given(SPECIFIERS, SPECIFIERS, RELEASES)
def test_ranges_are_sets(first: str, second: str, release: str) -> None:
    a, b = read(first), read(second)
    assert holds(a & b, release) == (holds(a, release) and holds(b, release))
    assert holds(a | b, release) == (holds(a, release) or holds(b, release))
    assert holds(a - b, release) == (holds(a, release) and not holds(b, release))
    assert not (a - a) and (a | b) - a - b == NONE


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("^1.2", "1.2 1.9.9", "1.1 2.0"),
        ("^0.2.3", "0.2.3 0.2.9", "0.2.2 0.3"),
        ("^0", "0.5", "1.0"),
        ("~1.2", "1.2 1.2.9", "1.3"),
        ("~1", "1.9", "2.0"),
        ("1.2.3", "1.2.3 1.2.3.0", "1.2.4"),
        ("v14.0", "14", "14.0.1"),
        ("=1.2", "1.2.0", "1.3"),
        (">=1 || <0.5", "0.4 1.0", "0.7"),
        ("*", "0.1 99", ""),
        ("", "0.1 99", ""),
        ("13.*", "13.1", "14.0"),
    ],
)
def test_other_ways_of_writing(text: str, inside: str, outside: str) -> None:
    allowed = read(text)
    assert all(holds(allowed, release) for release in inside.split())
    assert not any(holds(allowed, release) for release in outside.split())


@pytest.mark.parametrize("text", ["latest", ">=", "git+https://example.org/x", ">=1,latest"])
def test_what_is_no_range(text: str) -> None:
    assert parse_range(text) is None


def test_small_parts() -> None:
    assert parse_version("14.0rc1") == (14,) and parse_version("x") is None
    assert trimmed((1, 0, 0)) == (1,) and shown((14,)) == "14.0" and shown((3, 10)) == "3.10"
    assert at((14, 2)).exact == (14, 2) and ANY.exact is None and up_to((2,)).exact is None
