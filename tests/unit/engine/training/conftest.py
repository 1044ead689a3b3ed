"""A small corpus and a tokenizer of it, made once."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.training.corpus import CorpusPaths, load_corpus
from engine.training.mixture import CPU_MIXTURE
from engine.training.shard import draw_rows
from engine.training.tokenizer import train_tokenizer

FIXTURES = Path(__file__).parents[4] / "tests" / "fixtures" / "training"


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    # Models here are so small that threads only wait for one another.
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def corpus_paths():
    return CorpusPaths(gsm8k=FIXTURES / "gsm8k.jsonl", mawps=FIXTURES / "mawps.jsonl")


@pytest.fixture(scope="session")
def corpus(corpus_paths):
    return load_corpus(corpus_paths)


@pytest.fixture(scope="session")
def tokenizer(corpus):
    return train_tokenizer(draw_rows(corpus, CPU_MIXTURE, seed=0, shard=-1, n_rows=1_500))
