"""The settings of a verifier's training."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from engine.training.errors import TrainingError
from engine.training.tune.settings import Device, LoraSettings, Precision, check_size

ADAPTER_RATE: Final = 1e-3
FULL_RATE: Final = 2e-4
ENCODER_RATE: Final = 5e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class LossWeights:
    """How much each part of a language model's loss counts.

    Attributes:
        check: Of the words for yes and no, behind steps and wholes.
        token: Of the whole's label at every token of the solution.
        language: Of the solution's own tokens.
        ranking: Of right solutions of a question above its wrong ones.
    """

    check: float = 1.0
    token: float = 0.5
    language: float = 0.1
    ranking: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierSettings:
    """How long and how fast to train.

    Attributes:
        learning_rate: The highest; None takes what suits an adapter, all weights or an encoder.
        n_epochs: How often each chain is seen; fractions are allowed.
        max_steps: Ends the run earlier.
        batch_rows: Rows of one step over all devices: the effective batch. A row holds chains of
            one question.
        micro_rows: Rows of one forward pass on one device.
        row_chains: The most chains of one row; a question with more has several.
        max_tokens: Longer chains are left out, and counted.
        residual_dropout: The share of what each block adds that is dropped (Cobbe et al.: 0.2).
        warm_up_ratio: The share of the steps in which the rate rises; it falls by half a cosine.
        weight_decay: Of every matrix.
        clip_norm: The largest norm of a step's gradient.
        precision: Of the passes.
        device: Where.
        seed: Of the order of chains, of new weights and of dropout.
        log_steps: Steps between two lines of metrics.
        save_steps: Steps between two checkpoints, each with an evaluation.
        patience: Evaluations without a gain after which the run stops; 0 never stops it.
        taught_share: How much of each target is what the base model's own likelihood of the
            solution says, in [0, 1]; the rest is the label.
        lora: The adapter; None trains every weight.
        weights: Of the loss of a language model.
    """

    learning_rate: float | None = None
    n_epochs: float = 3.0
    max_steps: int | None = None
    batch_rows: int = 16
    micro_rows: int = 8
    row_chains: int = 8
    max_tokens: int = 1_024
    residual_dropout: float = 0.1
    warm_up_ratio: float = 0.03
    weight_decay: float = 0.05
    clip_norm: float = 1.0
    precision: Precision = Precision.AUTO
    device: Device = Device.AUTO
    seed: int = 1
    log_steps: int = 10
    save_steps: int = 100
    patience: int = 5
    taught_share: float = 0.0
    lora: LoraSettings | None = field(default_factory=LoraSettings)
    weights: LossWeights = field(default_factory=LossWeights)

    def __post_init__(self) -> None:
        """Refuse what no run could have.

        Raises:
            TrainingError: When a number is out of its range; it names the setting.
        """
        check_size(self)
        if not 0 <= self.residual_dropout < 1:
            raise TrainingError(f"residual_dropout {self.residual_dropout} is not in [0, 1)")
        if not 0 <= self.taught_share <= 1:
            raise TrainingError(f"taught_share {self.taught_share} is not in [0, 1]")

    def rate(self, *, is_encoder: bool) -> float:
        """The learning rate: the given one, or what suits."""
        if self.learning_rate is not None:
            return self.learning_rate
        if is_encoder:
            return ENCODER_RATE
        return FULL_RATE if self.lora is None else ADAPTER_RATE
