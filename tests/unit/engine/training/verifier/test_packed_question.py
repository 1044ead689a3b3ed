"""A question's chains in one row are what they are in rows of their own."""

from __future__ import annotations

import pytest
import torch

from engine.training.verifier.claim_text import ChatLayout, MarkLayout
from engine.training.verifier.packed_chain import pack_chain
from engine.training.verifier.packed_question import pack_question, pad_rows
from engine.training.verifier.question_batch import NONE, collate_questions
from engine.training.verifier.question_rows import row_groups
from tests.unit.engine.training.verifier.made_up import make_chain
from tests.unit.engine.training.verifier.test_claim_text import CHAT_TEMPLATE

QUESTION = "Ann has 12 cups and buys 7 more. How many?"
OTHER = "Bob has 3 cups. How many?"
CHAINS = [
    make_chain(QUESTION, ("a=12+7",), 1),
    make_chain(QUESTION, ("a=(12+7)", "b=(a+1)*2", "c=b-7"), 1),
    make_chain(QUESTION, ("b=12*7", "c=b-1"), 0),
    make_chain(QUESTION, ("<tool>calculate",), 0),
]


@pytest.fixture(params=["marks", "chat"])
def layout(request, mini_tokenizer):
    if request.param == "marks":
        yield MarkLayout()
        return
    mini_tokenizer.chat_template = CHAT_TEMPLATE
    yield ChatLayout(tokenizer=mini_tokenizer)
    mini_tokenizer.chat_template = None


@pytest.fixture
def rows(layout, mini_tokenizer):
    return [pack_chain(chain, layout, mini_tokenizer) for chain in CHAINS]


def texts(row):
    """What each segment is a part of: what it sees, in the order of its positions."""
    batch = pad_rows([row], pad=0)
    for segment in row.segments:
        last = segment.end - 1
        seen = batch.sees[0, 0, last].nonzero().flatten()
        positions = batch.positions[0, seen]
        assert positions.tolist() == list(range(len(seen)))
        yield [int(token) for token in batch.ids[0, seen]]


def test_each_chain_sees_the_question_and_itself_alone(rows):
    packed = pack_question(rows)
    found = list(texts(packed))[1:]
    expected = []
    for row in rows:
        expected.append(list(row.ids[: row.n_trunk]))
        expected += [
            [*row.ids[: branch.n_shared], *row.ids[branch.begin : branch.end]]
            for branch in row.branches
        ]
    assert found == expected


def test_the_question_stands_once(rows):
    n_alone = sum(len(row.ids) for row in rows)
    assert len(pack_question(rows).ids) == n_alone - (len(rows) - 1) * _n_shared(rows)
    assert _n_shared(rows) > 10


def _n_shared(rows):
    return pack_question(rows).segments[0].end


@torch.inference_mode()
def test_a_chain_is_scored_alike_alone_and_among_others(judge):
    alone = [judge.score([chain])[0] for chain in CHAINS]
    for one, other in zip(alone, judge.score(CHAINS), strict=True):
        assert one.steps == pytest.approx(other.steps, abs=1e-5)
        assert one.whole == pytest.approx(other.whole, abs=1e-5)


@torch.inference_mode()
def test_scores_come_in_the_order_of_the_chains(judge):
    mixed = [CHAINS[0], make_chain(OTHER, ("a=3",), 1), *CHAINS[1:]]
    alone = [judge.score([chain])[0].whole for chain in mixed]
    assert [one.whole for one in judge.score(mixed)] == pytest.approx(alone, abs=1e-5)


def test_each_solution_is_a_target_from_its_first_token_on(rows):
    packed = pack_question(rows)
    batch = collate_questions([packed], pad=0)
    asked = [
        [int(one) for one in batch["next_ids"][0, chain.begin : chain.end - 1]]
        for chain in packed.chains
    ]
    assert asked == [list(row.ids[row.n_prompt : row.n_solution]) for row in rows]
    n_targets = int((batch["next_ids"] != NONE).sum())
    assert n_targets == sum(row.n_solution - row.n_prompt for row in rows)
    # Nothing before the first asked token is computed.
    assert bool((batch["next_ids"][0, : int(batch["first"])] == NONE).all())
    assert int(batch["check_places"].min()) >= int(batch["first"]) >= packed.segments[0].end


def test_every_right_whole_is_paired_with_every_wrong_one_of_its_row(mini_tokenizer):
    ours = [pack_chain(chain, MarkLayout(), mini_tokenizer) for chain in CHAINS]
    theirs = [pack_chain(make_chain(OTHER, ("a=3",), 1), MarkLayout(), mini_tokenizer)]
    batch = collate_questions([pack_question(theirs), pack_question(ours)], pad=0)
    wholes = batch["check_wholes"].nonzero().flatten().tolist()
    assert batch["check_targets"][wholes].tolist() == [1, 1, 0, 0, 0]
    pairs = {*zip(batch["pair_right"].tolist(), batch["pair_wrong"].tolist(), strict=True)}
    assert pairs == {(wholes[1], wrong) for wrong in wholes[2:]}
    assert float(batch["pair_weights"].sum()) == pytest.approx(1)


def test_what_is_judged_stands_behind_its_own_check(rows):
    packed = pack_question(rows)
    batch = collate_questions([packed], pad=0)
    places = [place for chain in packed.chains for place in chain.places]
    assert batch["check_places"].tolist() == places
    for row, chain in zip(rows, packed.chains, strict=True):
        assert [packed.ids[place] for place in chain.places] == [row.ids[i] for i in row.places]


def test_padding_is_seen_by_nothing(mini_tokenizer):
    packed = [pack_chain(chain, MarkLayout(), mini_tokenizer) for chain in CHAINS]
    batch = pad_rows([pack_question(packed[:1]), pack_question(packed)], pad=0)
    n_tokens = len(packed[0].ids)
    assert batch.ids.shape[1] % 8 == 0
    assert not batch.sees[0, 0, :n_tokens, n_tokens:].any()
    # A row of nothing would divide by zero.
    assert batch.sees.any(dim=-1).all()


def test_a_question_with_many_chains_has_several_rows_each_with_its_share():
    is_right = [True, False, True, False, True, True, False]
    rows = row_groups(["a"] * 6 + ["b"], n_most=4, is_right=is_right)
    assert [sorted(row) for row in rows] == [[0, 1, 4], [2, 3, 5], [6]]
    assert row_groups(["a", "b", "a"], n_most=2) == [[0, 2], [1]]
