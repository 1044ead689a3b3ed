from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.adapters.openai_sse import SseSplitter
from engine.domain.errors import ModelUnavailableError

payloads = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1).map(str.encode)
)


@given(
    payloads=payloads, cuts=st.lists(st.integers(0, 200)), end=st.sampled_from([b"\n", b"\r\n"])
)
def test_payloads_do_not_depend_on_how_the_bytes_were_cut(payloads, cuts, end):
    stream = b"".join(b"data: " + payload + end * 2 for payload in payloads)
    assert feed_in_pieces(stream, cuts) == payloads


@given(stream=st.binary(), cuts=st.lists(st.integers(0, 200)))
def test_arbitrary_bytes_cut_anywhere_give_the_same(stream, cuts):
    assert feed_in_pieces(stream, cuts) == SseSplitter().feed(stream)


def feed_in_pieces(stream: bytes, cuts: list[int]) -> list[bytes]:
    splitter = SseSplitter()
    found = []
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    for start, end in pairwise(edges):
        found += splitter.feed(stream[start:end])
    return found


def test_several_data_lines_are_one_payload():
    assert SseSplitter().feed(b"data: a\ndata: b\n\n") == [b"a\nb"]


def test_comments_and_other_fields_are_passed_over():
    assert SseSplitter().feed(b": ping\nevent: x\nid: 7\ndata:a\n\n: ping\n\n") == [b"a"]


def test_event_that_the_end_cuts_short_is_not_handed_out():
    assert SseSplitter().feed(b"data: a\n\ndata: b\n") == [b"a"]


def test_line_beyond_all_measure_is_refused():
    splitter = SseSplitter(max_line_bytes=10)
    with pytest.raises(ModelUnavailableError, match="10 bytes"):
        splitter.feed(b"data: 0123456789")
