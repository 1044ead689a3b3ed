from __future__ import annotations

from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.adapters.http_framing import ChunkedBody, EndlessBody, SizedBody, parse_head

cuts_of = st.lists(st.integers(0, 300))


def feed_in_pieces(body, stream: bytes, cuts: list[int]) -> bytes:
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    return b"".join(body.feed(stream[start:end]) for start, end in pairwise(edges))


@given(st.lists(st.binary(min_size=1)), cuts_of, st.sampled_from([b"", b"X-T: 1\r\n"]))
def test_chunks_cut_anywhere_give_their_content(chunks, cuts, trailer):
    stream = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    body = ChunkedBody()
    content = feed_in_pieces(body, stream + b"0\r\n" + trailer + b"\r\n", cuts)
    assert content == b"".join(chunks)
    assert body.is_done


@given(st.lists(st.binary(min_size=1), min_size=1), st.integers(1, 20), cuts_of)
def test_chunks_that_end_early_are_not_done(chunks, n_missing, cuts):
    stream = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    body = ChunkedBody()
    feed_in_pieces(body, stream[: -min(n_missing, len(stream))], cuts)
    assert not body.is_done


@given(st.binary())
def test_any_bytes_are_chunks_or_a_broken_protocol(stream):
    body = ChunkedBody()
    try:
        content = body.feed(stream)
    except httpx.RemoteProtocolError:
        return
    assert len(content) <= len(stream)


def test_chunk_extension_is_passed_over():
    assert ChunkedBody().feed(b"3;name=x\r\nabc\r\n") == b"abc"


def test_endless_chunk_size_is_refused():
    with pytest.raises(httpx.RemoteProtocolError, match="longer than any size"):
        ChunkedBody().feed(b"0" * 5000)


@pytest.mark.parametrize("size", [b"", b"-1", b"0x3", b"1_0", b"g", b"f" * 17], ids=repr)
def test_chunk_size_that_is_no_number_is_refused(size):
    with pytest.raises(httpx.RemoteProtocolError):
        ChunkedBody().feed(size + b"\r\nabc\r\n")


@given(st.binary(max_size=40), cuts_of)
def test_sized_body_ends_at_its_size(content, cuts):
    body = SizedBody(len(content))
    assert feed_in_pieces(body, content + b"HTTP/1.1 200", cuts) == content
    assert body.is_done


def test_head_is_read():
    head = parse_head(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  b c \r\n\r\n")
    assert (head.status, head.is_kept) == (200, True)
    assert head.find(b"x-a") == b"b c"


def test_reason_may_be_missing():
    assert parse_head(b"HTTP/1.1 204\r\n\r\n").status == 204


@pytest.mark.parametrize(
    "raw",
    [b"HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n"],
    ids=["close", "old"],
)
def test_connection_that_the_server_will_close_is_not_kept(raw):
    assert not parse_head(raw).is_kept


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", ChunkedBody),
        (b"Content-Length: 3\r\n", SizedBody),
        (b"", EndlessBody),
    ],
    ids=["chunked", "sized", "endless"],
)
def test_body_is_framed_as_the_head_says(headers, kind):
    assert isinstance(parse_head(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n").to_body(), kind)


def test_status_without_content_has_an_empty_body():
    assert parse_head(b"HTTP/1.1 204 No\r\n\r\n").to_body().is_done


@pytest.mark.parametrize(
    "header",
    [b"Transfer-Encoding: gzip", b"Content-Length: -1", b"Content-Length: 1, 1"],
    ids=["coding", "negative", "twice"],
)
def test_head_that_says_nothing_sure_of_its_body_is_refused(header):
    with pytest.raises(httpx.RemoteProtocolError):
        parse_head(b"HTTP/1.1 200 OK\r\n" + header + b"\r\n\r\n").to_body()


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-x\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 2x0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n folded: x\r\n\r\n",
    ],
    ids=["other", "version", "status", "line", "folded"],
)
def test_what_is_no_head_is_refused(raw):
    with pytest.raises(httpx.RemoteProtocolError):
        parse_head(raw)


@given(st.binary())
def test_any_bytes_are_a_head_or_a_broken_protocol(raw):
    try:
        assert 0 <= parse_head(raw).status <= 999
    except httpx.RemoteProtocolError as error:
        assert str(error)  # noqa: PT017 - most of what is drawn raises, some does not
