"""The teacher says what the model's own likelihood says, and only as loudly as it is given."""

from __future__ import annotations

import pytest
import torch

from engine.training.errors import DatasetError
from engine.training.verifier.claim_text import MarkLayout, encode
from engine.training.verifier.likelihood_teacher import teach
from tests.unit.engine.training.verifier.made_up import make_chain, make_chains

QUESTION = "Ann has 12 cups and buys 7 more. How many?"
PAIR = [
    make_chain(QUESTION, ("a=12+7",), 1),
    make_chain(QUESTION, ("a=12-7", "b=a*2"), 0),
]


def rows_of(judge, chains):
    questions = dict.fromkeys(chain.question for chain in chains)
    return [
        judge.join([judge.encode(chain) for chain in chains if chain.question == question])
        for question in questions
    ]


@torch.inference_mode()
def test_a_likelihood_is_that_of_the_solution_in_a_row_of_its_own(judge):
    (row,) = rows_of(judge, PAIR)
    (read,) = judge.likelihoods([row])
    for chain, found in zip(PAIR, read, strict=True):
        text = MarkLayout().render(QUESTION, chain.steps, is_whole=True)
        prompt = MarkLayout().render(QUESTION, (), is_whole=False)
        n_prompt = len(encode(judge.tokenizer, prompt)) - 1
        ids = torch.tensor([encode(judge.tokenizer, text)[:-1]])
        said = judge.model(input_ids=ids).logits[0, :-1].log_softmax(-1)
        expected = said.gather(1, ids[0, 1:, None]).flatten()[n_prompt - 1 :]
        assert found == pytest.approx(expected.tolist(), abs=1e-4)


def test_the_probable_solution_is_taught_to_be_right(judge):
    rows = rows_of(judge, make_chains(20, seed=3))
    read = [
        [[-0.1 if chain.is_right else -3.0] * len(chain.token_targets) for chain in row.chains]
        for row in rows
    ]
    for row in teach(rows, read, share=1.0):
        for chain in row.chains:
            assert (chain.targets[-1] > 0.5) is chain.is_right
            assert chain.targets[-1] == chain.token_targets[-1]


def test_a_beginning_is_taught_by_what_is_known_of_it(judge):
    (row,) = rows_of(judge, PAIR)
    # All of its likelihood is lost in the last token.
    read = [[0.0] * (len(chain.token_targets) - 1) + [-5.0] for chain in row.chains[1:]]
    (taught,) = teach([row], [[[0.0] * len(row.chains[0].token_targets), *read]], share=1.0)
    wrong = taught.chains[1]
    assert wrong.n_read == (len(encode(judge.tokenizer, "a=12-7")), *wrong.n_read[1:])
    assert wrong.targets[0] == wrong.token_targets[0] > 0.5 > wrong.targets[-1]


@pytest.mark.parametrize("share", [0.0, 0.25])
def test_the_labels_are_the_rest(judge, share):
    rows = rows_of(judge, PAIR)
    read = [[[-1.0] * len(chain.token_targets) for chain in row.chains] for row in rows]
    (mixed,) = teach(rows, read, share=share)
    (said,) = teach(rows, read, share=1.0)
    for chain, taught, labelled in zip(mixed.chains, said.chains, rows[0].chains, strict=True):
        expected = [
            share * one + (1 - share) * other
            for one, other in zip(taught.targets, labelled.targets, strict=True)
        ]
        assert chain.targets == pytest.approx(expected)
        assert chain.labels == labelled.labels


def test_chains_that_are_all_right_teach_nothing(judge):
    rows = rows_of(judge, PAIR[:1])
    with pytest.raises(DatasetError, match="teaches nothing"):
        teach(rows, [[[-1.0] * len(rows[0].chains[0].token_targets)]], share=0.5)
