import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.sandbox.errors import BadFrameError
from tools.sandbox.frame import parse_frame, parse_strict_json
from tools.sandbox.inside.plain import to_plain

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner, max_size=4)
    ),
    max_leaves=20,
)
BAD = {
    "nothing": b"",
    "no JSON": b"\xff garbage",
    "no object": b"[1]",
    "no status": b"{}",
    "an unknown status": b'{"status":"fine"}',
    "two documents": b'{"status":"exit"}{"status":"exit"}',
    "trailing bytes": b'{"status":"exit"} x',
    "a key twice": b'{"status":"ok","value":1,"value":2}',
    "NaN": b'{"status":"ok","value":NaN}',
    "Infinity": b'{"status":"ok","value":-Infinity}',
    "a number beyond doubles": b'{"status":"ok","value":1e999}',
    "an integer beyond exactness": b'{"status":"ok","value":9007199254740993}',
    "an integer of many digits": b'{"status":"ok","value":' + b"9" * 10_000 + b"}",
    "too deep": b'{"status":"ok","value":' + b"[" * 100 + b"]" * 100 + b"}",
    "too deep for a parser": b"[" * 1_000_000,
    "UTF-16": '{"status":"exit"}'.encode("utf-16"),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_a_malformed_result_is_refused(data):
    with pytest.raises(BadFrameError):
        parse_frame(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_parsed_or_refused(data):
    try:
        parse_frame(data)
    except BadFrameError:
        return


@given(JSON)
def test_strict_json_is_read_as_it_was_written(value):
    assert parse_strict_json(json.dumps(value).encode()) == value


def test_brackets_inside_text_are_no_depth():
    text = "[" * 1_000 + '\\"'
    assert parse_strict_json(json.dumps(text).encode()) == text


@given(ANYTHING)
def test_what_a_run_returns_is_strict_json(value):
    plain = to_plain(value)
    data = json.dumps({"status": "ok", "value": plain}, allow_nan=False).encode()
    assert parse_frame(data).value == plain


def test_numbers_that_json_cannot_hold_become_text():
    seen = to_plain([float("nan"), float("inf"), -float("inf"), 2**53 + 1, -(10**1200)])
    assert seen == ["nan", "inf", "-inf", str(2**53 + 1), "-1" + "0" * 1200]


@pytest.mark.parametrize(
    "value",
    [10**10_001, list(range(10_001)), "x" * (2**20 + 1), {"a": {"b": [[[]]] * 10_001}}],
    ids=["digits", "parts", "text", "nested parts"],
)
def test_a_value_beyond_its_bounds_is_refused(value):
    with pytest.raises(ValueError):
        to_plain(value)


def test_a_value_without_end_is_refused():
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(ValueError):
        to_plain(endless)


@pytest.mark.parametrize("claimed", [-1, "1", None, True], ids=repr)
def test_an_amount_that_is_none_counts_as_nothing(claimed):
    frame = parse_frame(json.dumps({"status": "ok", "cpu_s": claimed}).encode())
    assert frame.cpu_s == 0
