"""How large a model is, from the few numbers of its configuration: before anything is loaded.

Counts hold for the decoders of the Llama, Mistral and Qwen families: gated feed-forward layers,
grouped key and value heads, root-mean-square norms.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from engine.training.errors import TrainingError

CONFIG_FILE: Final = "config.json"

_NAMES: Final[Mapping[str, str]] = {
    "hidden_size": "width",
    "intermediate_size": "inner_width",
    "num_hidden_layers": "n_layers",
    "num_attention_heads": "n_heads",
    "num_key_value_heads": "n_key_value_heads",
    "vocab_size": "vocabulary",
    "max_position_embeddings": "context_tokens",
}
# What these families do and their configurations do not say.
_BIASED_FAMILIES: Final = frozenset({"qwen2"})
_NORMED_FAMILIES: Final = frozenset({"qwen3"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDimensions:
    """The numbers that decide how many parameters there are.

    Attributes:
        width: Of the residual stream.
        inner_width: Of the feed-forward layers.
        n_layers: How many layers.
        n_heads: Query heads.
        n_key_value_heads: Key and value heads.
        head_width: Of one head.
        vocabulary: Rows of the embedding.
        context_tokens: Positions seen in pretraining.
        tied: Input and output embeddings are one.
        biased: Query, key and value have a bias.
        normed_heads: Query and key have a norm of their own.
    """

    width: int
    inner_width: int
    n_layers: int
    n_heads: int
    n_key_value_heads: int
    head_width: int
    vocabulary: int
    context_tokens: int
    tied: bool = False
    biased: bool = False
    normed_heads: bool = False

    @property
    def linear_shapes(self) -> tuple[tuple[int, int], ...]:
        """(inputs, outputs) of the linear layers of one layer."""
        queries = self.n_heads * self.head_width
        keys = self.n_key_value_heads * self.head_width
        return (
            (self.width, queries),
            (self.width, keys),
            (self.width, keys),
            (queries, self.width),
            (self.width, self.inner_width),
            (self.width, self.inner_width),
            (self.inner_width, self.width),
        )

    @property
    def n_parameters(self) -> int:
        """All weights, embeddings included."""
        keys = self.n_key_value_heads * self.head_width
        layer = sum(inputs * outputs for inputs, outputs in self.linear_shapes) + 2 * self.width
        if self.biased:
            layer += self.n_heads * self.head_width + 2 * keys
        if self.normed_heads:
            layer += 2 * self.head_width
        embeddings = self.vocabulary * self.width * (1 if self.tied else 2)
        return embeddings + self.n_layers * layer + self.width

    def n_adapter_parameters(self, rank: int) -> int:
        """Weights of an adapter of this rank on every linear layer but the output."""
        layer = sum(inputs + outputs for inputs, outputs in self.linear_shapes)
        return rank * layer * self.n_layers


def read_dimensions(config: Mapping[str, Any]) -> ModelDimensions:
    """The dimensions in a model's configuration.

    Raises:
        TrainingError: When one of the numbers is missing: another kind of model.
    """
    missing = [name for name in _NAMES if name != "num_key_value_heads" and name not in config]
    if missing:
        raise TrainingError(f"the model's configuration does not say {missing[0]}")
    family = config.get("model_type", "")
    numbers = {ours: config.get(theirs) for theirs, ours in _NAMES.items()}
    heads = int(config["num_attention_heads"])
    numbers["n_key_value_heads"] = numbers["n_key_value_heads"] or heads
    return ModelDimensions(
        **{name: int(value) for name, value in numbers.items() if value is not None},
        head_width=config.get("head_dim") or int(config["hidden_size"]) // heads,
        tied=bool(config.get("tie_word_embeddings", False)),
        biased=bool(config.get("attention_bias", False)) or family in _BIASED_FAMILIES,
        normed_heads=family in _NORMED_FAMILIES,
    )


def find_dimensions(base: str) -> ModelDimensions | None:
    """The dimensions of a model in a folder; None for one that is only named, or of another kind.

    A model that is not at hand is not fetched for the sake of an estimate.
    """
    path = Path(base) / CONFIG_FILE
    if not path.is_file():
        return None
    try:
        return read_dimensions(json.loads(path.read_text(encoding="utf-8")))
    except (TrainingError, ValueError, OSError):
        return None
