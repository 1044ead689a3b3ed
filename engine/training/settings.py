"""How long, how fast and how large to train, and the two recipes that were thought through."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from engine.training.mixture import CPU_MIXTURE, GPU_MIXTURE, Mixture
from engine.training.model_folder import ModelShape
from engine.training.optimizer import OptimizerKind

HEAD_WIDTH: Final = 64
_INNER_MULTIPLE: Final = 64
_INNER_RATIO: Final = 2.75


@dataclass(frozen=True, slots=True, kw_only=True)
class PretrainSettings:
    """How long and how fast to train.

    Attributes:
        minutes: The time budget; the learning rate follows the share of it that is spent.
        max_steps: Ends the run earlier, and makes it independent of the machine's speed.
        measures_steps: Count steps for the first minute, set their number from it, and let the
            learning rate follow that: for a machine that does nothing else.
        seed: Of the weights, the data and the order.
        device: `cpu` or `cuda`.
        micro_tokens: The tokens of one forward pass, padding included.
        n_micro: Forward passes of each process for one step.
        optimizer: What moves the weights.
        peak_rate: The highest learning rate, after the warm-up.
        warm_up_ratio: The share of the run in which the rate rises.
        weight_decay: Of every matrix.
        clip_norm: The largest norm of a step's gradient.
        checkpoint_minutes: The time between two checkpoints.
        judgement_minutes: The time between two looks at the development sets.
        sampling_temperature: Written into the profile.
        vocabulary: Tokens, marks included.
        tokenizer_rows: Rows that the vocabulary is learnt from.
        shard_rows: Rows drawn, encoded and sorted at a time.
        n_dev_problems: Problems of each kind answered at a look, for the log.
        mixture: What the rows are.
        is_compiled: Whether the layers are compiled for each width.
        is_fed_aside: Whether a process of its own makes the rows.
        has_wide_batches: Whether batches have few widths, as compiled layers want them.
        shape: How large the model is.
        start: A model's folder whose weights a run without a checkpoint begins with.
    """

    minutes: float
    max_steps: int | None = None
    measures_steps: bool = False
    seed: int = 1
    device: str = "cpu"
    micro_tokens: int = 2_048
    n_micro: int = 1
    optimizer: OptimizerKind = OptimizerKind.ADAMW
    peak_rate: float = 2e-3
    warm_up_ratio: float = 0.015
    weight_decay: float = 0.1
    clip_norm: float = 1.0
    checkpoint_minutes: float = 5.0
    judgement_minutes: float = 20.0
    sampling_temperature: float = 0.5
    vocabulary: int = 2_048
    tokenizer_rows: int = 24_000
    shard_rows: int = 8_192
    n_dev_problems: int = 64
    mixture: Mixture = CPU_MIXTURE
    is_compiled: bool = False
    is_fed_aside: bool = True
    has_wide_batches: bool = False
    shape: ModelShape = field(default_factory=ModelShape)
    start: Path | None = None


def shape_of(*, n_layers: int, width: int) -> ModelShape:
    """A shape of a depth and a width, the rest in proportion: a pair of query heads to a key.

    Args:
        n_layers: How many layers.
        width: A multiple of 64.
    """
    n_heads = max(1, width // HEAD_WIDTH)
    inner = round(_INNER_RATIO * width / _INNER_MULTIPLE) * _INNER_MULTIPLE
    return ModelShape(
        width=width,
        inner_width=inner,
        n_layers=n_layers,
        n_heads=n_heads,
        n_key_value_heads=n_heads // 2 if n_heads % 2 == 0 else n_heads,
        head_width=HEAD_WIDTH,
    )


PRESETS: Final = {
    # Two cores of a laptop, an hour or two: 6.4 million parameters.
    "cpu": PretrainSettings(minutes=70),
    # One data-centre GPU for half an hour: 33 million parameters, on rows packed beforehand.
    "gpu": PretrainSettings(
        minutes=17,
        measures_steps=True,
        device="cuda",
        micro_tokens=131_072,
        n_micro=2,
        peak_rate=2e-3,
        warm_up_ratio=0.01,
        checkpoint_minutes=3,
        judgement_minutes=9,
        vocabulary=4_096,
        tokenizer_rows=60_000,
        shard_rows=262_144,
        n_dev_problems=256,
        mixture=GPU_MIXTURE,
        is_compiled=True,
        has_wide_batches=True,
        shape=ModelShape(
            width=384, inner_width=1_024, n_layers=20, n_heads=6, n_key_value_heads=2
        ),
    ),
}
