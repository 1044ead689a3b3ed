"""Prompts with scripted answers, and a tiny untrained model."""

from __future__ import annotations

import pytest

from engine.training.drift.behaviour import Behaviour
from engine.training.drift.reply import Reply
from engine.training.model_folder import ModelShape, new_model, save_folder


def reply(said, *, n_tokens=5, n_statements=1):
    return Reply(
        said=said,
        is_declined=said == "not enough information",
        n_tokens=n_tokens,
        n_statements=n_statements,
    )


@pytest.fixture(scope="session")
def behave():
    """A function that makes a behaviour of answers."""

    def make(said, *, retold=(), samples=(), tool=None, n_tokens=5):
        return Behaviour(
            greedy=reply(said, n_tokens=n_tokens),
            tool=tool,
            retold=tuple(map(reply, retold)),
            samples=tuple(map(reply, samples)),
        )

    return make


@pytest.fixture(scope="session")
def save_model(tokenizer, tmp_path_factory):
    """A function that saves an untrained model of a seed, and returns its folder."""

    def save(seed):
        folder = tmp_path_factory.mktemp("models") / f"seed-{seed}"
        shape = ModelShape(width=64, inner_width=64, n_layers=1, n_heads=1, n_key_value_heads=1)
        model = new_model(tokenizer, shape, seed=seed)
        save_folder(folder, model, tokenizer, sampling_temperature=0.8)
        return folder

    return save
