"""A packed row says of each beginning what a row of its own would say."""

from __future__ import annotations

import pytest
import torch

from engine.training.verifier.claim_text import ChatLayout, MarkLayout, encode
from engine.training.verifier.packed_chain import pack_chain
from tests.unit.engine.training.verifier.made_up import make_chain
from tests.unit.engine.training.verifier.test_claim_text import CHAT_TEMPLATE

QUESTION = "Ann has 12 cups and buys 7 more. How many?"
CHAINS = [
    make_chain(QUESTION, ("a=12+7",), 1),
    make_chain(QUESTION, ("a=(12+7)", "b=(a+1)*2", "c=b-7"), 1),
]


def alone(judge, text):
    """The log-odds of yes behind a text in a row of its own."""
    yes, no = judge.label_ids
    ids = torch.tensor([encode(judge._tokenizer, text)])
    logits = judge.model(input_ids=ids).logits[0, -1]
    return float(logits[yes] - logits[no])


@torch.inference_mode()
def test_every_beginning_is_judged_as_in_a_row_of_its_own(judge):
    scores = judge.score(CHAINS)
    for chain, score in zip(CHAINS, scores, strict=True):
        texts = [
            MarkLayout().render(QUESTION, chain.steps[:n], is_whole=False)
            for n in range(1, len(chain.steps) + 1)
        ]
        whole = MarkLayout().render(QUESTION, chain.steps, is_whole=True)
        expected = torch.tensor([alone(judge, text) for text in [*texts, whole]]).sigmoid()
        assert torch.allclose(torch.tensor([*score.steps, score.whole]), expected, atol=1e-5)


@pytest.mark.parametrize("chain", CHAINS, ids=["one step", "three steps"])
def test_a_branch_is_read_back_as_its_text(chain, mini_tokenizer):
    row = pack_chain(chain, MarkLayout(), mini_tokenizer)
    for number, branch in enumerate(row.branches, start=1):
        ids = [*row.ids[: branch.n_shared], *row.ids[branch.begin : branch.end]]
        text = MarkLayout().render(QUESTION, chain.steps[:number], is_whole=False)
        assert mini_tokenizer.decode(ids) == text


def test_what_is_trained_is_the_solution_alone(mini_tokenizer):
    row = pack_chain(CHAINS[1], MarkLayout(), mini_tokenizer)
    solution = mini_tokenizer.decode(list(row.ids[row.n_prompt : row.n_solution]))
    assert solution == "a=(12+7);b=(a+1)*2;c=b-7<ans>c"


def test_labels_are_of_the_steps_and_of_the_whole(mini_tokenizer):
    row = pack_chain(CHAINS[1], MarkLayout(), mini_tokenizer)
    assert row.labels == (True, False, False, False)
    assert not row.is_right
    assert len(row.places) == 4


def test_a_chat_judges_the_last_step_by_what_it_comes_to(mini_tokenizer):
    mini_tokenizer.chat_template = CHAT_TEMPLATE
    # All steps are right, and the answer is not: it stopped too early.
    chain = make_chain(QUESTION, ("a=12+7", "b=a*2"), 2)
    early = type(chain)(
        **{name: getattr(chain, name) for name in chain.__slots__} | {"is_right": False}
    )
    row = pack_chain(early, ChatLayout(tokenizer=mini_tokenizer), mini_tokenizer)
    mini_tokenizer.chat_template = None
    assert row.places[-2] == row.places[-1]
    assert row.labels == (True, False, False)
