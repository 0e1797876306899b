"""Dataclasses of `fixer.frozen` are values: equal ones have equal hashes, unless they say otherwise."""

import dataclasses
import pickle

import pytest

from fixer.facts.body import Deletion
from fixer.span import Span


def test_equal_values_have_equal_hashes() -> None:
    assert Span(1, 2, 3, 4) == Span(1, 2, 3, 4)
    assert hash(Span(1, 2, 3, 4)) == hash(Span(1, 2, 3, 4))
    assert len({Span(1, 2, 3, 4), Span(1, 2, 3, 4), Span(1, 2, 3, 5)}) == 2


def test_statements_are_compared_by_identity() -> None:
    first, second = Deletion("name", 1), Deletion("name", 1)
    assert first != second
    assert len({first, second}) == 2


def test_they_have_no_other_fields() -> None:
    with pytest.raises(AttributeError):
        Span(1, 2, 3, 4).middle = 5  # type: ignore[attr-defined]


def test_they_are_copied_and_pickled() -> None:
    span = Span(1, 2, 3, 4)
    assert dataclasses.replace(span, line=2) == Span(2, 2, 3, 4)
    assert pickle.loads(pickle.dumps(span)) == span
