"""A chain with all the places where it is judged, as one row of tokens.

Judging each beginning of a solution by a row of its own would compute the question and the first
steps again and again. So the whole solution is the trunk of one row, and each beginning adds only
the tokens that come after what it shares with the trunk (for svend-mini one `<check>`). A branch
sees the trunk up to where it leaves it, and itself; its positions go on from there. Each token's
state is then the one that it has in a row of its own, as the server computes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from engine.training.example import JudgedChain
from engine.training.verifier.claim_text import ClaimLayout, encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Tokens of a row that leave its trunk.

    Attributes:
        begin: Where the branch begins in the row.
        end: Where it ends.
        n_shared: How many tokens of the trunk it sees.
    """

    begin: int
    end: int
    n_shared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedChain:
    """One chain as tokens.

    Attributes:
        ids: The trunk, then the branches.
        branches: In the order of the steps.
        n_trunk: Tokens of the trunk: the whole solution, with what asks for its judgement.
        n_prompt: Tokens of the trunk before the solution begins.
        n_solution: Tokens of the trunk up to the solution's end.
        places: The token behind which each step is judged, and the last one the whole.
        labels: Whether each is right.
    """

    ids: tuple[int, ...]
    branches: tuple[Branch, ...]
    n_trunk: int
    n_prompt: int
    n_solution: int
    places: tuple[int, ...]
    labels: tuple[bool, ...]

    @property
    def is_right(self) -> bool:
        """Whether the whole solution is."""
        return self.labels[-1]


def pack_chain(
    chain: JudgedChain, layout: ClaimLayout, tokenizer: PreTrainedTokenizerBase
) -> PackedChain:
    """Put a chain and all of its beginnings into one row."""
    trunk = encode(tokenizer, layout.render(chain.question, chain.steps, is_whole=True))
    prompt = encode(tokenizer, layout.render(chain.question, (), is_whole=False))
    ids, branches, places = list(trunk), list[Branch](), list[int]()
    for n_steps in range(1, len(chain.steps) + 1):
        text = layout.render(chain.question, chain.steps[:n_steps], is_whole=False)
        part = encode(tokenizer, text)
        n_shared = count_shared(trunk, part)
        if n_shared < len(part):
            begin = len(ids)
            ids += part[n_shared:]
            branches.append(Branch(begin=begin, end=len(ids), n_shared=n_shared))
        places.append(len(ids) - 1 if n_shared < len(part) else n_shared - 1)
    labels = list(chain.labels)
    if places and places[-1] == len(trunk) - 1:
        # Nothing is said of the answer apart: the last step is judged by what it comes to.
        labels[-1] = chain.is_right
    return PackedChain(
        ids=tuple(ids),
        branches=tuple(branches),
        n_trunk=len(trunk),
        n_prompt=count_shared(trunk, prompt),
        n_solution=len(trunk) - count_shared(trunk[::-1], prompt[::-1]),
        places=(*places, len(trunk) - 1),
        labels=(*labels, chain.is_right),
    )


def count_shared(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two texts begin with alike."""
    n_shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        n_shared += 1
    return n_shared
