"""Files of judged chains: reading them, and keeping questions apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.training.datasets.file import read_examples
from engine.training.errors import DatasetError
from engine.training.example import JudgedChain
from engine.training.verifier.chain_set import written_by_models
from engine.training.verifier.verifier_file import question_digest, question_digests


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptApart:
    """Training chains of which no question is a development question.

    Attributes:
        chains: What is left to train on.
        n_dropped: How many chains had a question of the development file.
    """

    chains: tuple[JudgedChain, ...]
    n_dropped: int


def read_chains(paths: Sequence[Path]) -> tuple[JudgedChain, ...]:
    """The judged chains of files of examples; other examples are passed over.

    Raises:
        DatasetError: A file cannot be read, or none of them holds a judged chain.
    """
    found = tuple(
        example
        for path in paths
        for example in read_examples(path)
        if isinstance(example, JudgedChain)
    )
    if not found:
        names = ", ".join(str(path) for path in paths)
        raise DatasetError(f"{names}: no judged chain; `svend train verifier-data` writes them")
    return found


def keep_apart(chains: Sequence[JudgedChain], dev: Sequence[JudgedChain]) -> KeptApart:
    """Drop the chains of development questions from training chains."""
    held = question_digests(dev)
    kept = tuple(chain for chain in chains if question_digest(chain.question) not in held)
    return KeptApart(chains=kept, n_dropped=len(chains) - len(kept))


def orderable(chains: Sequence[JudgedChain]) -> tuple[JudgedChain, ...]:
    """The development chains that a checkpoint is chosen by.

    Those that a model wrote, since such chains are what a verifier will be asked about; chains
    made by rule only where no question has a right and a wrong one of a model's.

    Raises:
        DatasetError: No question has both a right and a wrong chain.
    """
    for found in (written_by_models(chains), tuple(chains)):
        right = {chain.question for chain in found if chain.is_right}
        wrong = {chain.question for chain in found if not chain.is_right}
        if right & wrong:
            return found
    raise DatasetError("no question has both a right and a wrong chain to tell apart")
