"""The text of an API key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.key_format import ALPHABET, ENVIRONMENTS, KeyText, make_key, parse_key, render_key
from engine.domain.errors import UnauthenticatedError

KEYS = st.builds(
    KeyText,
    environment=st.sampled_from(ENVIRONMENTS),
    key_id=st.text("0123456789abcdefghijklmnopqrstuvwxyz", min_size=12, max_size=12),
    secret=st.text(ALPHABET, min_size=32, max_size=32),
)


@given(KEYS)
def test_a_rendered_key_is_read_back(key):
    assert parse_key(render_key(key)) == key


@given(KEYS, st.integers(0, 100), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(key, place, character):
    text = render_key(key)
    place %= len(text)
    mistyped = text[:place] + character + text[place + 1 :]

    if mistyped != text:
        with pytest.raises(UnauthenticatedError):
            parse_key(mistyped)


@given(KEYS, st.data())
def test_two_swapped_neighbours_are_noticed(key, data):
    text = render_key(key)
    place = data.draw(st.integers(0, len(text) - 2))
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]

    if swapped != text:
        with pytest.raises(UnauthenticatedError):
            parse_key(swapped)


@given(st.text())
def test_any_other_text_is_refused(text):
    with pytest.raises(UnauthenticatedError):
        parse_key(text)


@pytest.mark.parametrize("tail", ["\n", " ", "_", "x"], ids=["newline", "space", "mark", "more"])
def test_nothing_may_follow_a_key(tail):
    with pytest.raises(UnauthenticatedError):
        parse_key(render_key(make_key()) + tail)


def test_a_refusal_does_not_repeat_the_key():
    text = render_key(make_key())[:-1]

    with pytest.raises(UnauthenticatedError) as raised:
        parse_key(text)
    assert text not in str(raised.value)


def test_new_keys_differ():
    made = {make_key().secret for _ in range(100)} | {make_key().key_id for _ in range(100)}

    assert len(made) == 200


def test_a_key_does_not_show_its_secret():
    key = make_key("test")

    assert key.secret not in repr(key)
    assert render_key(key).startswith(f"svend_test_{key.key_id}_")


def test_an_unknown_environment_is_refused():
    with pytest.raises(ValueError, match="live, test"):
        make_key("staging")
