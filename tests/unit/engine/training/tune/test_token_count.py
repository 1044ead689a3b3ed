"""Tokens are counted over all attempts."""

from __future__ import annotations

from types import SimpleNamespace

from engine.training.tune.token_count import COUNT, TokenCount


def test_the_count_goes_on_from_the_checkpoint_and_into_the_next():
    trainer, state = SimpleNamespace(**{COUNT: 0}), SimpleNamespace(num_input_tokens_seen=70)
    count = TokenCount(trainer)
    count.on_train_begin(None, state, None)
    assert getattr(trainer, COUNT) == 70
    setattr(trainer, COUNT, 90)
    count.on_step_end(None, state, None)
    assert state.num_input_tokens_seen == 90
