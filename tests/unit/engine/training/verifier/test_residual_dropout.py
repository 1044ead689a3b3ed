"""Dropout is added where layers have none, and acts in training alone."""

from __future__ import annotations

import pytest
import torch

from engine.domain.errors import InvalidInputError
from engine.training.verifier.residual_dropout import add_residual_dropout


class Block(torch.nn.Module):
    """Gives a tensor, or a tuple as attention does."""

    def __init__(self, *, is_tuple):
        super().__init__()
        self.is_tuple = is_tuple

    def forward(self, given):
        return (given, "weights") if self.is_tuple else given


def make_model():
    model = torch.nn.Module()
    model.self_attn, model.mlp = Block(is_tuple=True), Block(is_tuple=False)
    return model


def test_what_blocks_add_is_dropped_while_training():
    torch.manual_seed(0)
    model = make_model()
    assert add_residual_dropout(model, 0.5) == 2
    ones = torch.ones(1_000)
    attended, weights = model.self_attn(ones)
    assert weights == "weights"
    # What is kept is scaled up, so that the mean stays what it was.
    assert set(attended.tolist()) == {0.0, 2.0}
    assert set(model.mlp(ones).tolist()) == {0.0, 2.0}


def test_nothing_is_dropped_in_evaluation():
    model = make_model().eval()
    add_residual_dropout(model, 0.5)
    assert model.mlp(torch.ones(9)).tolist() == [1.0] * 9


def test_no_dropout_asks_nothing_of_the_model():
    assert add_residual_dropout(torch.nn.Linear(2, 2), 0.0) == 0


def test_a_model_without_known_blocks_is_refused():
    with pytest.raises(InvalidInputError, match="self_attn"):
        add_residual_dropout(torch.nn.Linear(2, 2), 0.1)
