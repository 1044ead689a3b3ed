"""Made-up problems, right and wrong chains of them, and the smallest models that judge them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import torch
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from engine.training.example import Category, Fault, JudgedChain, Origin
from engine.training.model_folder import ModelShape, new_model, save_folder
from engine.training.tokenizer import train_tokenizer

SHAPE = ModelShape(
    width=64, inner_width=128, n_layers=2, n_heads=2, n_key_value_heads=1, head_width=32
)
ORIGIN = Origin(source="made-up", licence="MIT", category=Category.MATH)
NAMES = ("Ann", "Ben", "Cleo", "Dan", "Eve", "Finn")
THINGS = ("cups", "pens", "eggs", "nuts", "caps")


def make_question(rng: Random) -> tuple[str, int, int, int]:
    """A question of two steps, and its numbers."""
    a, b, c = rng.randint(2, 40), rng.randint(2, 40), rng.randint(2, 9)
    name, thing = rng.choice(NAMES), rng.choice(THINGS)
    text = f"{name} has {a} {thing} and buys {b} more. A friend has {c} times as many. How many?"
    return text, a, b, c


def make_chains(n_questions: int, *, seed: int, systems: Sequence[str] = ("one@0.8", "two@1")):
    """Two right and two wrong chains of each question: a wrong sign shows in the words alone."""
    rng = Random(seed)
    found = []
    for _ in range(n_questions):
        question, a, b, c = make_question(rng)
        for system in systems:
            found.append(make_chain(question, (f"a={a}+{b}", f"b=a*{c}"), 2, system))
            found.append(make_chain(question, (f"a={a}-{b}", f"b=a*{c}"), 0, system))
    return found


def make_chain(question, steps, n_right, system="one@0.8", fault=Fault.ARITHMETIC):
    """A chain that is right when all of its steps are."""
    is_right = n_right == len(steps)
    return JudgedChain(
        question=question,
        steps=tuple(steps),
        n_right=n_right,
        is_right=is_right,
        origin=ORIGIN,
        fault=None if is_right else fault,
        system=system,
    )


def make_tokenizer() -> PreTrainedTokenizerFast:
    """svend-mini's kind of tokenizer, learnt from made-up questions."""
    rows = [f"<q>{make_question(Random(seed))[0]}<prog>a=1+2<ans>a</s>" for seed in range(60)]
    return train_tokenizer(rows)


def write_base(folder: Path, tokenizer: PreTrainedTokenizerFast) -> Path:
    """A random language model of about a hundred thousand parameters beside its embeddings."""
    model = new_model(tokenizer, SHAPE, seed=0)
    save_folder(folder, model, tokenizer, sampling_temperature=0.8, dtype=torch.float32)
    return folder


def write_encoder(folder: Path, tokenizer: PreTrainedTokenizerFast) -> Path:
    """A random sequence classifier with two labels, as most are published."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=128,
        max_position_embeddings=256,
        pad_token_id=tokenizer.pad_token_id,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
