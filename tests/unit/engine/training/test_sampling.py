"""A model writes the same to a question whatever stands beside it in the batch."""

from __future__ import annotations

import pytest

from engine.training.model_folder import ModelShape, new_model
from engine.training.sampling import Sampler

SHAPE = ModelShape(
    width=64, inner_width=128, n_layers=2, n_heads=2, n_key_value_heads=1, head_width=32
)
PROMPTS = [
    "<q>Ann has 4 cups and 5 more of them. How many has she got in all?<prog>",
    "<q>Why?<prog>",
]


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_side_that_a_tokenizer_pads_on_changes_nothing_that_is_written(tokenizer, side):
    model = new_model(tokenizer, SHAPE, seed=0).eval()
    before = tokenizer.padding_side
    tokenizer.padding_side = side
    try:
        sampler = Sampler(model=model, tokenizer=tokenizer)
        together = sampler.write(PROMPTS)
        alone = [sampler.write([prompt])[0] for prompt in PROMPTS]
    finally:
        tokenizer.padding_side = before

    assert together == alone
