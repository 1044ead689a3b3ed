"""What is drawn from is screened, split, and made of what it was given."""

from __future__ import annotations

import dataclasses
import hashlib
from random import Random

import numpy as np
import pytest

from engine.training.corpus import (
    N_GSM8K_DEV,
    CorpusPaths,
    draw_human,
    draw_training_problem,
    load_corpus,
)
from engine.training.datasets.file import write_examples
from engine.training.example import Category, Conversation, Message, Origin, Role
from engine.training.problem import Split, split_of


def test_without_data_every_problem_is_generated_from_training_templates():
    corpus, rng = load_corpus(CorpusPaths()), Random(7)
    found = [draw_training_problem(corpus, rng) for _ in range(30)]
    assert {problem.source for problem in found} == {"generated"}
    assert {split_of(problem.template) for problem in found} == {Split.TRAIN}


def test_human_rows_are_mixed_in(corpus):
    rng = Random(1)
    given = dataclasses.replace(corpus, gsm8k=corpus.gsm8k_dev, mawps=corpus.mawps_dev)
    sources = [draw_training_problem(given, rng).source for _ in range(400)]
    assert 60 < sources.count("gsm8k") < 140
    assert 2 < sources.count("mawps") < 30


def test_development_rows_are_not_trained(corpus):
    assert len(corpus.gsm8k_dev) == min(4, N_GSM8K_DEV)
    assert len(corpus.mawps_dev) == 2
    assert corpus.gsm8k == corpus.mawps == ()


def test_a_persons_problem_comes_in_many_forms(corpus):
    rng = Random(0)
    found = {draw_human(corpus.gsm8k_dev, rng).question for _ in range(40)}
    assert len(found) > 20


@pytest.fixture
def screen_paths(tmp_path):
    held_back = "vera had 31 pins. she lost 12 of them. how many pins does she have now"
    digest = hashlib.blake2b(held_back.encode(), digest_size=8).digest()
    np.save(tmp_path / "exact.npy", np.array([int.from_bytes(digest, "big")], dtype=np.uint64))
    np.save(tmp_path / "windows.npy", np.zeros(0, dtype=np.uint64))
    return {
        "screen_exact": tmp_path / "exact.npy",
        "screen_windows": tmp_path / "windows.npy",
    }


def test_held_back_rows_are_dropped_and_counted(corpus_paths, screen_paths):
    report = load_corpus(dataclasses.replace(corpus_paths, **screen_paths)).report
    assert (report.n_mawps_programs, report.n_mawps_screened, report.n_mawps_dev) == (2, 1, 1)


def test_conversations_are_read_and_screened(screen_paths, tmp_path):
    origin = Origin(source="made up", licence="MIT", category=Category.GENERAL)
    asked = (
        "How much is 2 kg in grams?",
        "Vera had 31 pins. She lost 12 of them. How many pins does she have now?",
    )
    path = tmp_path / "tools.jsonl"
    write_examples(
        path,
        [
            Conversation(
                messages=(
                    Message(role=Role.USER, content=question),
                    Message(role=Role.ASSISTANT, content="2000"),
                ),
                origin=origin,
            )
            for question in asked
        ],
    )
    corpus = load_corpus(CorpusPaths(tool_rows=path, **screen_paths))
    assert [one.messages[0].content for one in corpus.tool_rows] == [asked[0]]
    assert corpus.report.n_tool_rows == 1


def test_a_generated_problem_that_is_held_back_is_drawn_again(corpus):
    first = draw_training_problem(load_corpus(CorpusPaths()), Random(4))

    class OneHeldBack:
        def hits(self, question):
            return question == first.question

    given = dataclasses.replace(load_corpus(CorpusPaths()), screen=OneHeldBack())
    assert draw_training_problem(given, Random(4)).question != first.question
