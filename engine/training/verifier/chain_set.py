"""A set of judged chains out of samples, mutations and imports: balanced, and of many systems."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from random import Random

from engine.training.emission.chain import RIGHT_SYSTEM, WRONG_SYSTEM
from engine.training.example import JudgedChain
from engine.training.verifier import tool_chain
from engine.training.verifier.asked import Asked

# Written by the exact rules, not by a model.
MADE: frozenset[str] = frozenset(
    {RIGHT_SYSTEM, WRONG_SYSTEM, tool_chain.RIGHT_SYSTEM, tool_chain.WRONG_SYSTEM}
)


def balance(
    chains: Iterable[JudgedChain], *, per_question: int, rng: Random
) -> tuple[JudgedChain, ...]:
    """At most so many chains of each question, none twice, right and wrong as even as can be.

    Chains of as many systems as there are: among the equal ones the choice goes by turns through
    the systems.
    """
    groups: defaultdict[str, list[JudgedChain]] = defaultdict(list)
    for chain in _different(chains):
        groups[chain.question].append(chain)
    return tuple(chain for group in groups.values() for chain in _even(group, per_question, rng))


def written_by_models(chains: Sequence[JudgedChain]) -> tuple[JudgedChain, ...]:
    """The chains that a model wrote; all of them where there is nothing but made ones."""
    return tuple(chain for chain in chains if chain.system not in MADE) or tuple(chains)


def draw_mutations(
    asked: Sequence[Asked], *, n_chains: int, rng: Random
) -> tuple[JudgedChain, ...]:
    """Right chains and mutations of them, as many of the one as of the other, over all questions.

    Returns:
        `n_chains` of them, or fewer where no question has a program.
    """
    found: list[JudgedChain] = []
    sources = [one for one in asked if one.problem is not None]
    while sources and len(found) < n_chains:
        n_before = len(found)
        for one in rng.sample(sources, len(sources)):
            chains = one.mutate(rng)
            wrong = [chain for chain in chains if not chain.is_right]
            if wrong:
                found += [chains[0], rng.choice(wrong)]
            if len(found) >= n_chains:
                break
        if len(found) == n_before:
            break
    return tuple(found[:n_chains])


def count_mutations(n_sampled: int, ratio: float) -> int:
    """How many made chains stand beside sampled ones so that they are a share of all."""
    return round(n_sampled * ratio / (1 - ratio))


def _different(chains: Iterable[JudgedChain]) -> Iterator[JudgedChain]:
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for chain in chains:
        key = (chain.question, chain.steps)
        if key not in seen:
            seen.add(key)
            yield chain


def _even(group: Sequence[JudgedChain], n_most: int, rng: Random) -> list[JudgedChain]:
    right = _by_turns([chain for chain in group if chain.is_right], rng)
    wrong = _by_turns([chain for chain in group if not chain.is_right], rng)
    # A question that is always or never answered is kept: it calibrates, though it orders nothing.
    n_each = min(len(right), len(wrong), n_most // 2) or n_most
    return [*right[:n_each], *wrong[:n_each]]


def _by_turns(chains: Sequence[JudgedChain], rng: Random) -> list[JudgedChain]:
    """The chains in an order that takes one of each system at a time."""
    systems: defaultdict[str, list[JudgedChain]] = defaultdict(list)
    for chain in rng.sample(list(chains), len(chains)):
        systems[chain.system].append(chain)
    ordered: list[JudgedChain] = []
    while any(systems.values()):
        ordered += [left.pop() for left in systems.values() if left]
    return ordered
