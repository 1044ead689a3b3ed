import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import headers
from api.refusals import InvalidHeaderError, InvalidParameterError
from engine.domain.errors import UnauthenticatedError


@pytest.mark.parametrize(
    ("text", "wait_s", "is_async"),
    [
        pytest.param(None, None, False, id="absent"),
        pytest.param("wait=5", 5.0, False, id="wait"),
        pytest.param('Wait="5"; x=y', 5.0, False, id="case-quotes-and-parameters"),
        pytest.param("return=minimal, wait=7, wait=9", 7.0, False, id="first-wait-counts"),
        pytest.param("wait=-1", None, False, id="negative-is-ignored"),
        pytest.param("wait=1e9", None, False, id="exponent-is-ignored"),
        pytest.param("wait=nan", None, False, id="nan-is-ignored"),
        pytest.param("wait=99999999", None, False, id="endless-is-ignored"),
        pytest.param("respond-async, wait=5", None, True, id="async-beats-wait"),
    ],
)
def test_prefer_is_read(text, wait_s, is_async):
    found = headers.parse_prefer(text)
    assert (found.wait_s, found.is_async) == (wait_s, is_async)


@given(st.text(max_size=60))
def test_no_prefer_header_is_refused(text):
    headers.parse_prefer(text)


def test_applied_preference_names_the_wait_granted():
    assert headers.parse_prefer("wait=500").applied(60) == "wait=60"
    assert headers.parse_prefer("respond-async").applied(60) == "respond-async"
    assert headers.parse_prefer(None).applied(60) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(None, id="absent"),
        pytest.param("", id="empty"),
        pytest.param("Bearer", id="no-key"),
        pytest.param("Bearer  ", id="blank-key"),
        pytest.param("Basic abc", id="other-scheme"),
    ],
)
def test_no_bearer_key_is_unauthenticated(text):
    with pytest.raises(UnauthenticatedError):
        headers.parse_bearer(text)


def test_bearer_scheme_ignores_case():
    assert headers.parse_bearer("bearer k") == "k"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("x" * 256, id="too-long"),
        pytest.param("a\tb", id="control"),
        pytest.param("schlüssel", id="not-ascii"),
    ],
)
def test_bad_idempotency_key_is_refused(text):
    with pytest.raises(InvalidHeaderError):
        headers.parse_idempotency_key(text)


def test_longest_idempotency_key_passes():
    assert headers.parse_idempotency_key("x" * 255) == "x" * 255


@pytest.mark.parametrize("text", [None, "", "a b", "x" * 129, "a\nb", "<script>"], ids=repr)
def test_unsafe_request_id_is_not_taken(text):
    assert headers.find_request_id(text) is None


@given(st.integers(1, 2**53 - 1))
def test_version_tag_round_trips(version):
    tag = headers.render_version_tag(version)
    assert headers.find_tagged_version(headers.parse_if_none_match(tag)) == version
    assert headers.is_match(tag, headers.parse_if_none_match(f'"x", W/{tag}'))


def test_star_matches_every_tag():
    assert headers.is_match('"v1"', headers.parse_if_none_match("*"))


def test_other_tag_does_not_match():
    assert not headers.is_match('"v1"', headers.parse_if_none_match('"v11", v1'))


@pytest.mark.parametrize("text", ["-1", "1.0", "x", "٣", "9" * 17, " 1"], ids=repr)
def test_foreign_last_event_id_is_refused(text):
    with pytest.raises(InvalidHeaderError):
        headers.parse_last_event_id(text)


@pytest.mark.parametrize(("text", "seq"), [(None, 0), ("", 0), ("17", 17)], ids=repr)
def test_last_event_id_is_a_number(text, seq):
    assert headers.parse_last_event_id(text) == seq


@pytest.mark.parametrize("text", ["0", "201", "x", "", "1" * 30], ids=repr)
def test_count_out_of_range_is_refused(text):
    with pytest.raises(InvalidParameterError):
        headers.parse_count("limit", text, default=5, low=1, high=200)


def test_absent_count_takes_its_default():
    assert headers.parse_count("limit", None, default=5, low=1, high=200) == 5


def test_wait_is_cut_to_the_servers_limit():
    assert headers.parse_wait("900", 60.0) == 60.0
    assert headers.parse_wait(None, 60.0) is None


def test_unreadable_wait_is_refused():
    with pytest.raises(InvalidParameterError):
        headers.parse_wait("soon", 60.0)


@pytest.mark.parametrize(
    ("accept", "wants"),
    [
        pytest.param(None, False, id="absent"),
        pytest.param("*/*", False, id="anything"),
        pytest.param("text/event-stream", True, id="stream"),
        pytest.param("Text/Event-Stream;q=0.9, */*", True, id="stream-among-others"),
        pytest.param("application/json, text/event-stream", False, id="json-first"),
    ],
)
def test_stream_is_chosen_by_accept(accept, wants):
    assert headers.wants_stream(accept) is wants
