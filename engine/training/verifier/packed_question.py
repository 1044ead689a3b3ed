"""The chains of one question, as one row of tokens that computes the question once.

A question is often longer than a solution, and a verifier learns from many solutions of it. So the
chains of a question stand behind it in one row, each with its branches (`packed_chain`). A chain
sees the question and itself, never another chain, and its positions go on from the question's:
each token's state is the one that it has in a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import torch

from engine.training.verifier.packed_chain import PackedChain, count_shared

_MULTIPLE: Final = 8

_Range = tuple[int, int]  # first token, and the one behind the last


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Tokens of a row that follow each other in a text.

    Attributes:
        begin: Where the segment begins in the row.
        end: Where it ends.
        position: The position of its first token in its text.
        sees: What of the row it sees besides itself, as ranges of tokens.
    """

    begin: int
    end: int
    position: int
    sees: tuple[_Range, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedChain:
    """Where a chain stands in a row.

    Attributes:
        begin: The token before the solution's first.
        end: The token behind the solution's last.
        places: The token behind which each step is judged, and the last one the whole.
        n_read: How many tokens of the solution are known at each place.
        labels: Whether each is right.
        targets: What is to be said at each place, in [0, 1]: its label, or what a teacher says.
        token_targets: The same at every token of the solution.
    """

    begin: int
    end: int
    places: tuple[int, ...]
    n_read: tuple[int, ...]
    labels: tuple[bool, ...]
    targets: tuple[float, ...]
    token_targets: tuple[float, ...]

    @property
    def is_right(self) -> bool:
        """Whether the whole solution is."""
        return self.labels[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedQuestion:
    """A question with its chains as tokens.

    Attributes:
        ids: The question, then each chain with its branches.
        segments: All of the row, in its order.
        chains: Where each chain stands.
    """

    ids: tuple[int, ...]
    segments: tuple[Segment, ...]
    chains: tuple[PlacedChain, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedBatch:
    """Rows of tokens, padded on the right.

    Attributes:
        ids: (rows, tokens).
        positions: (rows, tokens).
        sees: (rows, 1, tokens, tokens); what each token may attend to.
    """

    ids: torch.Tensor
    positions: torch.Tensor
    sees: torch.Tensor


def pack_question(rows: Sequence[PackedChain]) -> PackedQuestion:
    """Put the chains of one question into one row.

    Args:
        rows: At least one; of the same question.
    """
    n_shared = _count_question(rows)
    ids, chains = list(rows[0].ids[:n_shared]), list[PlacedChain]()
    segments = [Segment(begin=0, end=n_shared, position=0)] if n_shared else []
    for row in rows:
        moved = len(ids) - n_shared
        segments += _segments(row, n_shared, moved)
        chains.append(_placed(row, moved))
        ids += row.ids[n_shared:]
    return PackedQuestion(ids=tuple(ids), segments=tuple(segments), chains=tuple(chains))


def pad_rows(rows: Sequence[PackedQuestion], *, pad: int) -> PackedBatch:
    """Put rows into one batch; padding sees only itself, and nothing sees it."""
    longest = max(len(row.ids) for row in rows)
    width = -(-longest // _MULTIPLE) * _MULTIPLE
    ids = torch.full((len(rows), width), pad, dtype=torch.long)
    positions = torch.zeros((len(rows), width), dtype=torch.long)
    sees = torch.eye(width, dtype=torch.bool).repeat(len(rows), 1, 1)
    for index, row in enumerate(rows):
        ids[index, : len(row.ids)] = torch.tensor(row.ids)
        for segment in row.segments:
            _place(positions[index], sees[index], segment)
    return PackedBatch(ids=ids, positions=positions, sees=sees.unsqueeze(1))


def _place(positions: torch.Tensor, sees: torch.Tensor, segment: Segment) -> None:
    own = slice(segment.begin, segment.end)
    n_own = segment.end - segment.begin
    positions[own] = torch.arange(segment.position, segment.position + n_own)
    sees[own, own] = torch.ones((n_own, n_own), dtype=torch.bool).tril()
    for begin, end in segment.sees:
        sees[own, begin:end] = True


def _count_question(rows: Sequence[PackedChain]) -> int:
    """How many tokens stand once: less than all before the solution.

    The last of them foretells the solution's first, which is another one in each chain.
    """
    n_shared = min(row.n_prompt for row in rows) - 1
    return min(n_shared, *(count_shared(rows[0].ids, row.ids) for row in rows))


def _placed(row: PackedChain, moved: int) -> PlacedChain:
    n_solution = row.n_solution - row.n_prompt
    return PlacedChain(
        begin=row.n_prompt - 1 + moved,
        end=row.n_solution + moved,
        places=tuple(place + moved for place in row.places),
        n_read=tuple(_count_read(row, place) for place in row.places),
        labels=row.labels,
        targets=tuple(map(float, row.labels)),
        token_targets=(float(row.is_right),) * n_solution,
    )


def _count_read(row: PackedChain, place: int) -> int:
    branch = next((one for one in row.branches if one.begin <= place < one.end), None)
    position = place if branch is None else branch.n_shared + place - branch.begin
    return min(position, row.n_solution) - row.n_prompt


def _segments(row: PackedChain, n_shared: int, moved: int) -> Iterator[Segment]:
    """The trunk of a chain and its branches, where they stand behind the question.

    Args:
        row: The chain in a row of its own.
        n_shared: How many of its tokens stand once for all chains.
        moved: How much further back in the row its other tokens stand.
    """
    begin = n_shared + moved
    question = (0, n_shared)
    yield Segment(begin=begin, end=row.n_trunk + moved, position=n_shared, sees=(question,))
    for branch in row.branches:
        # A branch may leave the trunk within the question.
        n_question = min(n_shared, branch.n_shared)
        trunk = (begin, max(begin, branch.n_shared + moved))
        yield Segment(
            begin=branch.begin + moved,
            end=branch.end + moved,
            position=branch.n_shared,
            sees=((0, n_question), trunk),
        )
