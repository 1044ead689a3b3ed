"""What is written out as escapes on the way into Postgres."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from db.types import PortableJson, PortableText, storable_text

DIALECT = postgresql.dialect()
ANY_TEXT = st.text(st.characters(codec=None, categories=None))


def bind(column_type, value):
    return column_type.process_bind_param(value, DIALECT)


@given(ANY_TEXT)
def test_what_is_stored_is_text_that_postgres_accepts(text):
    stored = storable_text(text)

    assert "\0" not in stored
    stored.encode("utf-8")


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_text_that_postgres_accepts_stays_as_it_is(text):
    assert storable_text(text) == text


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        ({"a\0": ["b\0", {"c": "\ud800"}]}, {"a\\u0000": ["b\\u0000", {"c": "\\ud800"}]}),
        ([math.inf, -math.inf, 1.5], ["inf", "-inf", 1.5]),
        ((1, True, None), [1, True, None]),
        ({}, {}),
    ],
    ids=["text", "numbers", "tuple", "empty"],
)
def test_json_is_made_storable_at_every_depth(value, stored):
    assert bind(PortableJson(), value) == stored


@pytest.mark.parametrize("column_type", [PortableJson(), PortableText()], ids=["json", "text"])
def test_nothing_stays_nothing(column_type):
    assert bind(column_type, None) is None
