"""A set of judged chains out of samples, mutations and imports: balanced, and of many systems."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from random import Random
from typing import Final

from engine.training.emission.chain import RIGHT_SYSTEM, WRONG_SYSTEM
from engine.training.example import JudgedChain
from engine.training.verifier import tool_chain
from engine.training.verifier.asked import Asked

# Written by the exact rules, not by a model.
MADE: frozenset[str] = frozenset(
    {RIGHT_SYSTEM, WRONG_SYSTEM, tool_chain.RIGHT_SYSTEM, tool_chain.WRONG_SYSTEM}
)

# Chains of a question whose chains are all right, or all wrong.
_N_UNMIXED: Final = 2

# Draws of a question that bring nothing new before it has no more turns.
_MAX_TRIES: Final = 8

_Key = tuple[str, tuple[str, ...]]  # question and steps


def balance(
    chains: Iterable[JudgedChain], *, per_question: int, rng: Random
) -> tuple[JudgedChain, ...]:
    """At most so many chains of each question, none twice, right and wrong as even as can be.

    Of a question whose chains are all right, or all wrong, two are kept.

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
    """Right chains and mutations of them, as many of the one as of the other, no two alike.

    The questions have their turns; one of which nothing new is drawn any more has no further.

    Returns:
        `n_chains` of them, or fewer where the questions have no programs, or none that differ.
    """
    found: list[JudgedChain] = []
    seen: set[_Key] = set()
    sources = [one for one in asked if one.problem is not None]
    while sources and len(found) < n_chains:
        left: list[Asked] = []
        for one in rng.sample(sources, len(sources)):
            pair = _draw_new_pair(one, seen, rng) if len(found) < n_chains else ()
            found += pair
            seen.update(map(_key, pair))
            if pair:
                left.append(one)
        sources = left
    return tuple(found[:n_chains])


def count_mutations(n_sampled: int, ratio: float) -> int:
    """How many made chains stand beside sampled ones so that they are a share of all."""
    return round(n_sampled * ratio / (1 - ratio))


def _draw_new_pair(one: Asked, seen: Container[_Key], rng: Random) -> tuple[JudgedChain, ...]:
    """A right and a wrong chain that are not there yet; nothing where none comes up."""
    for _ in range(_MAX_TRIES):
        right, *wrong = one.mutate(rng)
        new = [chain for chain in wrong if _key(chain) not in seen]
        if new and _key(right) not in seen:
            return right, rng.choice(new)
    return ()


def _different(chains: Iterable[JudgedChain]) -> Iterator[JudgedChain]:
    seen: set[_Key] = set()
    for chain in chains:
        if _key(chain) not in seen:
            seen.add(_key(chain))
            yield chain


def _key(chain: JudgedChain) -> _Key:
    return chain.question, chain.steps


def _even(group: Sequence[JudgedChain], n_most: int, rng: Random) -> list[JudgedChain]:
    right = _by_turns([chain for chain in group if chain.is_right], rng)
    wrong = _by_turns([chain for chain in group if not chain.is_right], rng)
    # A question that is always or never answered calibrates, though it orders nothing. With many
    # chains of each, how hard a question is would be the easier thing to learn than what is right.
    n_each = min(len(right), len(wrong), n_most // 2) or _N_UNMIXED
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
