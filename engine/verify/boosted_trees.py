"""Gradient-boosted trees as plain numbers: fitted elsewhere, read from JSON, and evaluated here.

Friedman 2001 (Annals of Statistics 29:1189), for the log-odds: the bias and what each tree's leaf
adds to it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from engine.domain.canonical import JsonValue
from engine.domain.errors import CalibrationError
from engine.verify.log_odds import to_probability

_LEAF = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A tree as columns, one entry a node; the first node is the root.

    Attributes:
        features: Which feature a node asks about; -1 for a leaf.
        thresholds: Up to this value the left node follows.
        left: Its number; always a later one.
        right: The number of the right one; always a later one.
        values: What a leaf adds to the log-odds.
    """

    features: tuple[int, ...]
    thresholds: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what would not end, or end nowhere."""
        columns = (self.thresholds, self.left, self.right, self.values)
        n_nodes = len(self.features)
        if not n_nodes or any(len(column) != n_nodes for column in columns):
            raise CalibrationError("the columns of a tree are not equally long, or empty")
        if not all(math.isfinite(x) for x in (*self.thresholds, *self.values)):
            raise CalibrationError("a tree holds what is not a finite number")
        for node, feature in enumerate(self.features):
            children = (self.left[node], self.right[node])
            if feature != _LEAF and not all(node < child < n_nodes for child in children):
                raise CalibrationError("a node of a tree leads back, or nowhere")

    def at(self, features: Sequence[float]) -> float:
        """What the tree adds to the log-odds."""
        node = 0
        while self.features[node] != _LEAF:
            is_left = features[self.features[node]] <= self.thresholds[node]
            node = (self.left if is_left else self.right)[node]
        return self.values[node]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoostedTrees:
    """A sum of trees.

    Attributes:
        n_features: How many features they take.
        bias: The log-odds before any tree.
        trees: In the order in which they were fitted.
    """

    n_features: int
    bias: float
    trees: tuple[Tree, ...]

    def __post_init__(self) -> None:
        """Refuse trees that ask about a feature that there is not."""
        if not math.isfinite(self.bias):
            raise CalibrationError("the bias is not a finite number")
        asked = {feature for tree in self.trees for feature in tree.features}
        if not asked <= set(range(_LEAF, self.n_features)):
            raise CalibrationError(f"a tree asks about a feature beyond the {self.n_features}")

    def at(self, features: Sequence[float]) -> float:
        """Return the probability, in (0, 1)."""
        return to_probability(math.fsum((self.bias, *(tree.at(features) for tree in self.trees))))

    def to_data(self) -> dict[str, JsonValue]:
        """Return the trees as JSON."""
        return {
            "n_features": self.n_features,
            "bias": self.bias,
            "trees": [
                {name: list(getattr(tree, name)) for name in Tree.__slots__} for tree in self.trees
            ],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_data` wrote.

        Raises:
            CalibrationError: When it is no such thing.
        """
        try:
            trees = tuple(
                Tree(
                    features=tuple(int(one) for one in tree["features"]),
                    thresholds=tuple(float(one) for one in tree["thresholds"]),
                    left=tuple(int(one) for one in tree["left"]),
                    right=tuple(int(one) for one in tree["right"]),
                    values=tuple(float(one) for one in tree["values"]),
                )
                for tree in data["trees"]
            )
            n_features, bias = int(data["n_features"]), float(data["bias"])
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise CalibrationError(f"no boosted trees: {error!r}") from error
        return cls(n_features=n_features, bias=bias, trees=trees)
