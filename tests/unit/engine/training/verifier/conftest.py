"""The smallest models that can judge, made once."""

from __future__ import annotations

from random import Random

import pytest
import torch

from engine.training.verifier.judge_folder import load_language
from engine.training.verifier.language_judge import LanguageJudge
from tests.unit.engine.training.verifier import made_up


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    # Models here are so small that threads only wait for one another.
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def mini_tokenizer():
    return made_up.make_tokenizer()


@pytest.fixture(scope="session")
def base_folder(tmp_path_factory, mini_tokenizer):
    return made_up.write_base(tmp_path_factory.mktemp("base"), mini_tokenizer)


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory, mini_tokenizer):
    return made_up.write_encoder(tmp_path_factory.mktemp("encoder"), mini_tokenizer)


@pytest.fixture
def judge(base_folder):
    loaded = load_language(base_folder, base=None)
    return LanguageJudge(loaded.model, loaded.tokenizer, loaded.layout)


@pytest.fixture
def rng():
    return Random(0)
