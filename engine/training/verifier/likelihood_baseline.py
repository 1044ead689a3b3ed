"""How probable a language model holds a chain, as what a verifier has to beat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from engine.training.example import JudgedChain
from engine.training.verifier.baseline import Features, Numbers
from engine.training.verifier.judge_folder import load_language
from engine.training.verifier.language_judge import LanguageJudge
from engine.training.verifier.likelihood_teacher import sum_up
from engine.training.verifier.question_rows import row_groups

_ROW_CHAINS = 8


def likelihood_baseline(
    folder: Path, chains: Sequence[JudgedChain], *, device: str
) -> Callable[[], Features]:
    """Features of chains by what a model holds of them.

    Args:
        folder: The language model.
        chains: All that will be asked about.
        device: Where the model is run.

    Raises:
        DatasetError: The folder holds no language model.
    """
    loaded = load_language(folder, base=None)
    judge = LanguageJudge(loaded.model.to(device).eval(), loaded.tokenizer, loaded.layout)
    different = list({(chain.question, chain.steps): chain for chain in chains}.values())
    groups = row_groups([chain.question for chain in different], n_most=_ROW_CHAINS)
    rows = [judge.join([judge.encode(different[index]) for index in group]) for group in groups]
    known = {
        (different[index].question, different[index].steps): sum_up(logprobs)
        for group, read in zip(groups, judge.likelihoods(rows), strict=True)
        for index, logprobs in zip(group, read, strict=True)
    }
    return lambda: Features(Numbers(lambda chain: known[chain.question, chain.steps]))
