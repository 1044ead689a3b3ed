from hypothesis import given
from hypothesis import strategies as st

from api.identity import Entropy, make_uuid7

times = st.integers(0, 2**48 - 1)
bits = st.integers(0, 2**74 - 1)


@given(times, bits)
def test_uuid_has_version_and_variant(now_ms, random_bits):
    made = make_uuid7(now_ms, random_bits)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == now_ms


@given(times, bits, bits)
def test_other_bits_make_another_uuid(now_ms, first, second):
    same = make_uuid7(now_ms, first) == make_uuid7(now_ms, second)
    assert same is (first == second)


def test_later_ids_sort_later():
    early, late = (Entropy(now_ms=lambda t=t: t, random_bits=lambda _n: 0) for t in (1000, 2000))
    assert early.make_job_id() < late.make_job_id()


def test_seed_stays_exact_in_json():
    asked = []
    Entropy(now_ms=lambda: 0, random_bits=lambda n: asked.append(n) or 1).draw_seed()
    assert asked == [52]
