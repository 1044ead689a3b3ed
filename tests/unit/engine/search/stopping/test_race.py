"""The race: the same settlement as the vote's, and the first prefix on which a rule stops."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.domain.answer import Answer
from engine.domain.standing import VoteClass
from engine.search.stopping.poll import Poll
from engine.search.stopping.race import count_fewest, count_race, find_stop
from engine.search.vote import is_settled

NAMES = st.lists(st.sampled_from(["a", "b", "c", None]), max_size=12)


def _votes(names):
    classes = []
    for name in dict.fromkeys(n for n in names if n is not None):
        answer = Answer(text=name, key=name, class_id=name, canonicaliser="test/1")
        n_votes = names.count(name)
        classes.append(
            VoteClass(answer=answer, n_votes=n_votes, weight=n_votes, first_rank=names.index(name))
        )
    return sorted(classes, key=lambda c: (-c.weight, c.first_rank))


@given(names=NAMES, n_left=st.integers(0, 12))
def test_a_race_is_over_when_the_vote_is_settled(names, n_left):
    assert count_race(names, n_left).is_over == is_settled(_votes(names), n_left)


@given(names=NAMES)
def test_the_leader_of_a_race_wins_the_vote(names):
    race, votes = count_race(names, 0), _votes(names)

    assert race.lead == (votes[0].n_votes if votes else 0)
    if votes:
        classes = list(dict.fromkeys(n for n in names if n is not None))
        assert classes[race.leader] == votes[0].answer.class_id


def test_abstentions_are_counted_apart():
    race = count_race(["a", None, "b", "a", None], 3)

    assert (race.counts, race.n_abstained, race.rivals) == ((2, 1), 2, (1,))


def test_the_best_case_is_more_votes_for_the_leader():
    assert count_race(["a", "b", "b"], 4).grown(3).counts == (1, 5)
    assert count_race([None], 4).grown(3).counts == (3,)
    assert count_race([None], 4).grown(3).n_left == 1


@pytest.mark.parametrize("first", range(6))
def test_the_fewest_is_found_wherever_it_is(first):
    assert count_fewest(lambda n: n >= first, 5) == min(first, 5)


def _needs_three_alike(names, n_left):
    best = max((names.count(name) for name in set(names) - {None}), default=0)
    return min(max(0, 3 - best), n_left)


@pytest.mark.parametrize("n_seen", range(8))
def test_the_first_prefix_that_stops_decides(n_seen):
    for names in itertools.product(["a", "b", None], repeat=n_seen):
        stops = [n for n in range(n_seen + 1) if not _needs_three_alike(names[:n], 8 - n)]
        poll = Poll(names=names, votes=(), n_left=8 - n_seen)
        ruling = find_stop(poll, _needs_three_alike, lambda _race: "three alike")

        assert ruling.is_settled == bool(stops)
        assert ruling.n_counted == (stops[0] if stops else n_seen)
        assert ruling.n_needed == (0 if stops else _needs_three_alike(names, 8 - n_seen))
