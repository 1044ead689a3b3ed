"""Whose samples are drawn next: fair between tenants, then the least settled per token."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from engine.domain.ids import TenantId
from workers.slot_order import PATIENT_EVERY, SlotOrder, SlotRequest


def ask(tenant="t", *, doubt=0.5, tokens=100.0, n_slots=1):
    return SlotRequest(
        tenant_id=TenantId(tenant),
        n_slots=n_slots,
        doubt=lambda: doubt,
        sample_tokens=lambda: tokens,
    )


def serve_all(order):
    served = []
    while (request := order.choose()) is not None:
        order.serve(request)
        served.append(request)
    return served


def put_all(*requests):
    order = SlotOrder()
    for request in requests:
        order.put(request)
    return order


def test_nobody_waits_for_nothing():
    assert SlotOrder().choose() is None


def test_the_least_settled_goes_first():
    settled, contested, fresh = ask(doubt=0.1), ask(doubt=0.5), ask(doubt=1.0)

    assert serve_all(put_all(settled, contested, fresh))[:2] == [fresh, contested]


def test_of_two_equally_unsettled_the_cheaper_goes_first():
    dear, cheap = ask(tokens=900), ask(tokens=30)

    assert serve_all(put_all(dear, cheap)) == [cheap, dear]


def test_equals_go_in_the_order_of_asking():
    requests = [ask() for _ in range(3)]

    assert serve_all(put_all(*requests)) == requests


def test_the_choice_stands_until_something_changes():
    order = put_all(ask("a"), ask("b"), ask("b"))

    assert len({id(order.choose()) for _ in range(50)}) == 1


def test_a_search_that_is_nearly_settled_is_not_held_up_for_ever():
    patient = ask(doubt=0.001)
    order = put_all(patient, *(ask(doubt=1.0) for _ in range(99)))

    assert serve_all(order).index(patient) < PATIENT_EVERY


def test_what_changes_while_waiting_counts():
    doubts = {"a": 0.5, "b": 0.4}
    requests = [
        SlotRequest(
            tenant_id=TenantId("t"),
            n_slots=1,
            doubt=lambda name=name: doubts[name],
            sample_tokens=lambda: 1.0,
        )
        for name in doubts
    ]
    order = put_all(*requests)
    doubts["a"] = 0.3

    assert order.choose() is requests[1]


def test_a_tenant_with_many_searches_gets_no_more_than_one_with_few():
    order = SlotOrder()
    for _ in range(90):
        order.put(ask("crowd", tokens=4096))
    for _ in range(10):
        order.put(ask("single", tokens=4096, doubt=0.01))

    first = Counter(request.tenant_id for request in serve_all(order)[:20])
    assert first == {"crowd": 10, "single": 10}


def test_a_tenant_that_was_idle_has_saved_nothing_up():
    order = put_all(*(ask("busy", tokens=4096) for _ in range(40)))
    for _ in range(20):
        order.serve(order.choose())
    for _ in range(20):
        order.put(ask("late", tokens=4096))

    first = Counter(request.tenant_id for request in serve_all(order)[:10])
    assert first == {"busy": 5, "late": 5}


def test_a_request_dropped_is_not_served():
    kept, dropped = ask(), ask(doubt=1.0)
    order = put_all(kept, dropped)
    order.drop(dropped)
    order.drop(dropped)

    assert serve_all(order) == [kept]


requests = st.builds(
    ask,
    st.sampled_from("abc"),
    doubt=st.floats(0, 1),
    tokens=st.floats(0, 5000),
    n_slots=st.integers(1, 64),
)


@given(st.lists(requests, max_size=30))
def test_everybody_is_served_once(waiting):
    order = put_all(*waiting)

    served = serve_all(order)
    assert sorted(map(id, served)) == sorted(map(id, waiting))
    assert len(order) == 0


@given(st.lists(requests, min_size=1, max_size=60))
def test_tenants_that_all_wait_differ_by_a_request_of_each_at_most(waiting):
    order = put_all(*waiting)
    paid, left = Counter(), Counter(request.tenant_id for request in waiting)
    tenants = set(left)
    dearest = max(request.cost for request in waiting)
    while all(left[tenant] for tenant in tenants):
        gaps = [abs(paid[a] - paid[b]) for a in tenants for b in tenants]
        assert max(gaps) <= 2 * dearest + 1e-6
        request = order.choose()
        order.serve(request)
        paid[request.tenant_id] += request.cost
        left[request.tenant_id] -= 1


@given(st.lists(requests, max_size=40), st.integers(2, 1000))
def test_how_long_the_samples_are_on_the_whole_changes_no_turn(waiting, times):
    longer = [
        ask(
            request.tenant_id,
            doubt=request.doubt(),
            tokens=times * max(1.0, request.sample_tokens()),
            n_slots=request.n_slots,
        )
        for request in waiting
    ]

    served, served_longer = serve_all(put_all(*waiting)), serve_all(put_all(*longer))
    assert list(map(waiting.index, served)) == list(map(longer.index, served_longer))


pasts = st.lists(st.one_of(requests, st.none()), max_size=60)


def play(order, past):
    """Let requests come, and grant the next one at each ``None``; yields what is granted."""
    for came in past:
        if came is not None:
            order.put(came)
        elif (request := order.choose()) is not None:
            order.serve(request)
            yield request


@given(pasts)
def test_a_tenant_that_had_nothing_waits_for_one_request_of_each_other_at_most(past):
    order, mine = SlotOrder(), ask("newcomer", doubt=0.0, tokens=5000, n_slots=64)
    list(play(order, past))
    order.put(mine)

    served = serve_all(order)
    before = Counter(request.tenant_id for request in served[: served.index(mine)])
    assert all(n_served <= 1 for n_served in before.values())


@given(pasts, pasts)
def test_while_a_tenant_waits_no_other_has_more_but_for_the_dearest_request_of_each(past, then):
    order = SlotOrder()
    list(play(order, past))
    mine = [ask("a") for _ in then]
    for request in mine:
        order.put(request)

    dearest, had = Counter(), Counter()
    for came in (*past, *then, *mine):
        if came is not None:
            dearest[came.tenant_id] = max(dearest[came.tenant_id], came.cost)
    for request in play(order, then):
        had[request.tenant_id] += request.cost
        for other in had:
            assert had[other] <= had["a"] + dearest[other] + dearest["a"] + 1e-6
