"""How much memory a run takes, part by part, before it is begun.

The parts are those of ZeRO (Rajbhandari et al. 2020, arXiv 1910.02054, section 3): weights,
gradients, the optimiser's two moments, and the activations that wait for the backward pass
(Korthikanti et al. 2022, arXiv 2205.05198, section 4, for a gated layer and fused attention).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.training.tune.dimensions import ModelDimensions
from engine.training.tune.settings import Method, Precision, TuneSettings

GIBIBYTE: Final = 2**30
# What a device holds beside the tensors: its context, its libraries' workspaces, and the pieces
# that an allocator cannot use. Five percent, and never less than what a bare context takes.
OVERHEAD_RATIO: Final = 0.05
CONTEXT_BYTES: Final = 600 * 2**20

# AdamW keeps two moments, in single precision.
_OPTIMIZER_BYTES: Final = 8
_FULL_BYTES: Final = 4
_HALF_BYTES: Final = 2
# The output layer is computed so many tokens at a time, so that no batch of logits is ever whole.
_HEAD_TOKENS: Final = 4_096
# Logits, and their gradient.
_HEAD_COPIES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryEstimate:
    """Bytes on one device, by what holds them.

    Attributes:
        n_parameters: Weights of the model.
        n_trained: Weights that move.
        weights: The model and its adapter.
        gradients: Of what moves.
        optimizer: Two moments of what moves.
        activations: What one forward pass leaves for the backward pass, at full length.
        head: The output layer's logits, a piece at a time.
        overhead: What the device holds beside the tensors.
    """

    n_parameters: int
    n_trained: int
    weights: int
    gradients: int
    optimizer: int
    activations: int
    head: int
    overhead: int

    @property
    def total(self) -> int:
        """All of it."""
        tensors = self.weights + self.gradients + self.optimizer + self.activations + self.head
        return tensors + self.overhead


def estimate_memory(
    dimensions: ModelDimensions,
    settings: TuneSettings,
    *,
    method: Method,
    precision: Precision,
    sampled_tokens: int = 0,
) -> MemoryEstimate:
    """What the run takes on one device.

    Args:
        dimensions: The model's.
        settings: Batch, length, adapter.
        method: Pairs put two rows where another method has one; a reference that is the model
            without its adapter costs nothing, a copy of the whole model its weights.
        precision: Of the passes; not `auto`.
        sampled_tokens: With GRPO, the tokens of a completion beyond the prompt's.
    """
    lora = settings.lora
    n_trained = (
        dimensions.n_parameters if lora is None else dimensions.n_adapter_parameters(lora.rank)
    )
    tokens = settings.micro_rows * (settings.max_tokens + sampled_tokens)
    tokens *= 2 if method in {Method.DPO, Method.REWARD} else 1
    parts = {
        "weights": _weights(dimensions, settings, method, precision),
        "gradients": n_trained * _FULL_BYTES,
        "optimizer": n_trained * _OPTIMIZER_BYTES,
        "activations": _activations(dimensions, settings, tokens, precision),
        "head": _head(dimensions, method, tokens),
    }
    overhead = max(CONTEXT_BYTES, round(OVERHEAD_RATIO * sum(parts.values())))
    return MemoryEstimate(
        n_parameters=dimensions.n_parameters, n_trained=n_trained, overhead=overhead, **parts
    )


def advise(settings: TuneSettings, *, method: Method) -> str:
    """What takes less, the cheapest first."""
    ways: list[str] = []
    if settings.lora is None:
        ways.append("train an adapter instead (leave out --full)")
    if not settings.recompute:
        ways.append("--recompute (a quarter slower)")
    if settings.micro_rows > 1:
        ways.append(f"--micro-rows 1 (instead of {settings.micro_rows})")
    ways.append(f"--max-tokens {settings.max_tokens // 2} (instead of {settings.max_tokens})")
    if method == Method.DPO and settings.lora is None:
        ways.append("an adapter needs no second model as reference")
    ways.append("a smaller model, or --force if you know better")
    return "; ".join(ways)


def weight_bytes(settings: TuneSettings, precision: Precision) -> int:
    """Bytes of one weight of the model as it is loaded.

    Frozen weights are held as they are used. Weights that are trained are held in single
    precision, whatever the passes compute in: small steps would be rounded away.
    """
    frozen = settings.lora is not None
    return _HALF_BYTES if frozen and precision != Precision.FP32 else _FULL_BYTES


def _weights(
    dimensions: ModelDimensions, settings: TuneSettings, method: Method, precision: Precision
) -> int:
    each = weight_bytes(settings, precision)
    held = dimensions.n_parameters * each
    if settings.lora is not None:
        return held + dimensions.n_adapter_parameters(settings.lora.rank) * _FULL_BYTES
    # Every weight moves: a pair's reference is a second model. Under autocast the layers' weights
    # are held once more in half precision while a pass lasts.
    copies = 2 if method == Method.DPO else 1
    cast = 0 if precision == Precision.FP32 else dimensions.n_parameters * _HALF_BYTES
    return held * copies + cast


def _activations(
    dimensions: ModelDimensions, settings: TuneSettings, tokens: int, precision: Precision
) -> int:
    each = _FULL_BYTES if precision == Precision.FP32 else _HALF_BYTES
    layer = _layer_elements(dimensions, settings) * tokens * each
    # The residual stream stays in single precision where the weights do.
    stream = dimensions.width * tokens * _FULL_BYTES
    if settings.recompute:
        return dimensions.n_layers * stream + layer
    return dimensions.n_layers * (layer + 2 * stream)


def _layer_elements(dimensions: ModelDimensions, settings: TuneSettings) -> int:
    """Numbers that one token leaves behind in one layer, beside the residual stream.

    The two norms' outputs; query, key and value before and after their rotation; what attention
    gives; gate, its activation, its product, and the other branch. An adapter adds the dropped-out
    copy of each linear layer's input and its mask's byte, and the narrow product.
    """
    heads = dimensions.n_heads * dimensions.head_width
    keys = dimensions.n_key_value_heads * dimensions.head_width
    plain = 2 * dimensions.width + 3 * heads + 3 * keys + 4 * dimensions.inner_width
    if settings.lora is None:
        return plain
    inputs = sum(inputs for inputs, _ in dimensions.linear_shapes)
    dropped = 1.5 if settings.lora.dropout else 0
    return plain + round(dropped * inputs) + settings.lora.rank * len(dimensions.linear_shapes)


def _head(dimensions: ModelDimensions, method: Method, tokens: int) -> int:
    if method == Method.REWARD:
        return 0
    # Supervised training and preferences fold the vocabulary a tile at a time.
    rows = min(tokens, _HEAD_TOKENS)
    return rows * dimensions.vocabulary * _FULL_BYTES * _HEAD_COPIES
