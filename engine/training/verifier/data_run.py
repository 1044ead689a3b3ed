"""Data for verifiers: sampled, labelled by execution, balanced, with mutations beside."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from engine.training.datasets.file import read_examples, write_examples
from engine.training.errors import DatasetError
from engine.training.example import Conversation, JudgedChain
from engine.training.record import fingerprint_of
from engine.training.verifier.asked import Asked
from engine.training.verifier.chain_file import read_chains
from engine.training.verifier.chain_set import balance, count_mutations, draw_mutations
from engine.training.verifier.tool_chain import tool_chains
from engine.training.verifier.verifier_file import question_digest
from engine.training.verifier.writer import Draw, Writer

logger = logging.getLogger(__name__)

PARTS_SUFFIX: Final = ".parts"


OnProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPlan:
    """What is made.

    Attributes:
        temperatures: At each of them every model is sampled.
        n_samples: Of each question, model and temperature.
        has_greedy: Whether each model's likeliest solution is a system of its own.
        per_question: Most chains of one question; 0 keeps every sample, as votes need them.
        mutation_ratio: The share of made chains among all.
        seed: Of everything that is drawn.
        n_at_once: Questions asked side by side; the last answers of each lot come alone, so that
            a server idles less the more there are.
    """

    temperatures: tuple[float, ...]
    n_samples: int
    has_greedy: bool = True
    per_question: int = 16
    mutation_ratio: float = 0.3
    seed: int = 0
    n_at_once: int = 512

    def __post_init__(self) -> None:
        """Refuse shares that are none."""
        if not 0 <= self.mutation_ratio < 1:
            raise DatasetError(f"a share of mutations of {self.mutation_ratio} is not in [0, 1)")

    def draws(self) -> tuple[Draw, ...]:
        """What each model is asked for."""
        greedy = (Draw(n_samples=1, temperature=0.0, seed=self.seed),) if self.has_greedy else ()
        return greedy + tuple(
            Draw(n_samples=self.n_samples, temperature=temperature, seed=self.seed)
            for temperature in self.temperatures
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DataReport:
    """What was written.

    Attributes:
        n_chains: In all.
        n_right: Of them.
        n_questions: Of how many questions.
        n_mixed: Questions with right and wrong chains.
        by_system: Chains of each system.
    """

    n_chains: int
    n_right: int
    n_questions: int
    n_mixed: int
    by_system: dict[str, int]


def write_data(
    asked: Sequence[Asked],
    writers: Sequence[Writer],
    plan: DataPlan,
    *,
    others: Sequence[Path],
    out: Path,
    on_progress: OnProgress,
) -> DataReport:
    """Sample, label, balance and write; samples that a killed run has finished are kept.

    Args:
        asked: The questions.
        writers: Who writes solutions; may be empty where others or mutations suffice.
        plan: How much of what.
        others: Files of examples whose judged chains go in as they are, such as labels from
            people, and whose calls of tools become chains.
        out: The file; finished samples lie beside it while the run lasts.
        on_progress: Told a system's name, how many questions are done, and of how many.

    Raises:
        DatasetError: A file cannot be read, or nothing came of it all.
    """
    rng = Random(f"verifier-data:{plan.seed}")
    parts = out.with_name(out.name + PARTS_SUFFIX)
    sampled = [
        chain
        for writer in writers
        for draw in plan.draws()
        for chain in _system(writer, draw, asked, parts, on_progress, plan.n_at_once)
    ]
    if plan.per_question:
        sampled = list(balance(sampled, per_question=plan.per_question, rng=rng))
    imported = [chain for path in others for chain in _imported(path, rng)]
    n_made = count_mutations(len(sampled), plan.mutation_ratio) if writers else len(asked) * 2
    made = draw_mutations(asked, n_chains=n_made, rng=rng) if plan.mutation_ratio else ()
    chains = [*sampled, *made, *imported]
    if not chains:
        raise DatasetError(
            "nothing to write: name a model, a file of chains, or ask for mutations"
        )
    write_examples(out, chains)
    for part in parts.glob("*.jsonl") if parts.is_dir() else ():
        part.unlink()
    if parts.is_dir():
        parts.rmdir()
    return report_on(chains)


def report_on(chains: Sequence[JudgedChain]) -> DataReport:
    """Count what chains there are."""
    right = {chain.question for chain in chains if chain.is_right}
    wrong = {chain.question for chain in chains if not chain.is_right}
    return DataReport(
        n_chains=len(chains),
        n_right=sum(chain.is_right for chain in chains),
        n_questions=len(right | wrong),
        n_mixed=len(right & wrong),
        by_system=dict(sorted(Counter(chain.system for chain in chains).items())),
    )


def _system(
    writer: Writer,
    draw: Draw,
    asked: Sequence[Asked],
    parts: Path,
    on_progress: OnProgress,
    n_at_once: int,
) -> Sequence[JudgedChain]:
    """The chains of one model at one temperature, or those that an earlier run finished."""
    system = f"{writer.name}@{draw.temperature:g}"
    part = parts / f"{_part_name(system, draw, asked)}.jsonl"
    if part.is_file():
        logger.info("sampled before system=%s", system)
        return read_chains([part])
    found = list(_sampled(writer, draw, asked, system, on_progress, n_at_once))
    if found:
        parts.mkdir(parents=True, exist_ok=True)
        write_examples(part, found)
    return found


def _sampled(
    writer: Writer,
    draw: Draw,
    asked: Sequence[Asked],
    system: str,
    on_progress: OnProgress,
    n_at_once: int,
) -> Iterator[JudgedChain]:
    for start in range(0, len(asked), n_at_once):
        chunk = asked[start : start + n_at_once]
        # Each chunk has seeds of its own, as many as a server may use up for it.
        moved = Draw(
            n_samples=draw.n_samples,
            temperature=draw.temperature,
            seed=draw.seed + start * draw.n_samples,
        )
        for one, texts in zip(
            chunk, writer.write([a.question for a in chunk], moved), strict=True
        ):
            labelled = (writer.label(one, text, system=system) for text in texts)
            yield from (chain for chain in labelled if chain is not None)
        on_progress(system, start + len(chunk), len(asked))


def _part_name(system: str, draw: Draw, asked: Sequence[Asked]) -> str:
    values: dict[str, Any] = {
        "system": system,
        "draw": [draw.n_samples, draw.temperature, draw.seed],
        "questions": [question_digest(one.question) for one in asked],
    }
    return fingerprint_of(values)


def _imported(path: Path, rng: Random) -> Iterator[JudgedChain]:
    talks: list[Conversation] = []
    for example in read_examples(path):
        if isinstance(example, JudgedChain):
            yield example
        if isinstance(example, Conversation):
            talks.append(example)
    yield from tool_chains(talks, rng)
