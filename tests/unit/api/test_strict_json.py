import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.refusals import MalformedBodyError
from api.strict_json import MAX_DEPTH, parse_json

safe = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(safe)
def test_plain_json_passes_unchanged(value):
    assert parse_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut"),
        pytest.param(b'{"a": 1, "a": 2}', id="duplicate-key"),
        pytest.param(b'[{"b": {"a": 1, "a": 2}}]', id="duplicate-key-inside"),
        pytest.param(b"NaN", id="nan"),
        pytest.param(b"[-Infinity]", id="infinity"),
        pytest.param(b"1e999", id="overflow"),
        pytest.param(str(2**53).encode(), id="rounded-integer"),
        pytest.param(b"9" * 100_000, id="huge-integer"),
        pytest.param(b"-" + b"9" * 5000, id="huge-negative-integer"),
        pytest.param(b"[" * 100_000, id="deep-unclosed"),
        pytest.param(b"[" * 5000 + b"]" * 5000, id="deep"),
        pytest.param(b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2), id="just-too-deep"),
        pytest.param(b"\xff", id="not-utf-8"),
        pytest.param(b"\xef\xbb\xbf{}", id="byte-order-mark"),
        pytest.param(b"{} {}", id="two-values"),
    ],
)
def test_what_readers_disagree_about_is_refused(body):
    with pytest.raises(MalformedBodyError):
        parse_json(body)


def test_nesting_up_to_the_bound_passes():
    assert parse_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body):
    with contextlib.suppress(MalformedBodyError):
        parse_json(body)
