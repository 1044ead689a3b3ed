"""Every weight is moved by one optimiser."""

from __future__ import annotations

import pytest
import torch

from engine.training.model_folder import ModelShape, new_model
from engine.training.optimizer import OptimizerKind, make_optimizers

TINY = ModelShape(
    width=64, inner_width=64, n_layers=1, n_heads=2, n_key_value_heads=1, head_width=32
)


@pytest.fixture
def model(tokenizer):
    return new_model(tokenizer, TINY, seed=0)


def moved_by(optimizer):
    return [p for group in optimizer.param_groups for p in group["params"]]


@pytest.mark.parametrize("kind", OptimizerKind)
def test_every_weight_has_one_optimizer(model, kind):
    optimizers = make_optimizers(model, kind, rate=1e-3, weight_decay=0.1)
    found = [id(p) for optimizer in optimizers for p in moved_by(optimizer)]
    assert sorted(found) == sorted(id(p) for p in model.parameters())


def test_muon_moves_the_matrices_of_the_layers_and_nothing_else(model):
    muon, adamw = make_optimizers(model, OptimizerKind.MUON, rate=1e-3, weight_decay=0.1)
    assert {p.dim() for p in moved_by(muon)} == {2}
    # Four projections of the attention, three of the feed-forward layer.
    assert len(moved_by(muon)) == 7
    assert any(p is model.get_input_embeddings().weight for p in moved_by(adamw))


@pytest.mark.parametrize("kind", OptimizerKind)
def test_only_matrices_decay(model, kind):
    for optimizer in make_optimizers(model, kind, rate=1e-3, weight_decay=0.1):
        for group in optimizer.param_groups:
            expected = 0.1 if all(p.dim() > 1 for p in group["params"]) else 0.0
            assert group["weight_decay"] == expected


@pytest.mark.parametrize("kind", OptimizerKind)
def test_a_step_makes_a_row_likelier(model, kind):
    ids = torch.arange(20, 40).unsqueeze(0)
    optimizers = make_optimizers(model, kind, rate=1e-2, weight_decay=0.0)
    losses = []
    for _ in range(3):
        loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        losses.append(float(loss.detach()))
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
    assert losses[0] > losses[1] > losses[2]
