"""The project's own tokenizer: byte-level BPE, one token a digit, marks that stay in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from engine.training.row_format import BEGIN, END, MARKS, PAD, RESERVED

VOCABULARY_SIZE: Final = 2_048
CONTEXT_TOKENS: Final = 512

_MARK: Final = re.compile("|".join(re.escape(mark) for mark in (*MARKS, END)))


def train_tokenizer(
    rows: Iterable[str], *, n_tokens: int = VOCABULARY_SIZE
) -> PreTrainedTokenizerFast:
    """Learn the vocabulary from rows of the mixture.

    Args:
        rows: The texts of rows.
        n_tokens: The size of the vocabulary, marks included; at most what 16 bits can count.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    special = [AddedToken(text, special=True, normalized=False) for text in (PAD, BEGIN, END)]
    plain = [AddedToken(text, special=False, normalized=False) for text in (*MARKS, *RESERVED)]
    trainer = trainers.BpeTrainer(
        vocab_size=n_tokens - len(plain),
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    # The marks are cut away before training, so that no merge is spent on their letters.
    tokenizer.train_from_iterator(_without_marks(rows), trainer)
    tokenizer.add_tokens(plain)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BEGIN,
        eos_token=END,
        pad_token=PAD,
        padding_side="left",
        model_max_length=CONTEXT_TOKENS,
        clean_up_tokenization_spaces=False,
    )


def token_id(tokenizer: PreTrainedTokenizerFast, token: str) -> int:
    """The id of one token."""
    found = tokenizer.convert_tokens_to_ids(token)
    if not isinstance(found, int):
        msg = f"{token!r} is not one token"
        raise TypeError(msg)
    return found


def _without_marks(rows: Iterable[str]) -> Iterable[str]:
    for row in rows:
        yield from _MARK.split(row)
