"""The settings of a run: what every method has in common, and what each has of its own.

The defaults are those of LoRA without regret (Schulman et al. 2025, thinkingmachines.ai): an
adapter on every linear layer, small batches, ten times the learning rate of full training.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

from engine.training.errors import TrainingError
from engine.training.tune.table import read_fields

LORA_RATE: Final = 2e-4
FULL_RATE: Final = 2e-5

_MIN_GROUP: Final = 2


class Method(StrEnum):
    """How a model is trained."""

    SFT = "sft"
    DPO = "dpo"
    REWARD = "reward"
    GRPO = "grpo"


class Precision(StrEnum):
    """In what numbers the passes are computed; `auto` is what suits the device."""

    AUTO = "auto"
    FP32 = "fp32"
    BF16 = "bf16"
    FP16 = "fp16"


class Device(StrEnum):
    """Where to train; `auto` is the best there is."""

    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"
    MPS = "mps"


class RopeMethod(StrEnum):
    """How positions beyond those of pretraining are reached.

    Linear: Chen et al. 2023, arXiv 2306.15595. YaRN: Peng et al. 2023, arXiv 2309.00071.
    """

    LINEAR = "linear"
    YARN = "yarn"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraSettings:
    """The shape of an adapter (Hu et al. 2021, arXiv 2106.09685, equation 3).

    Attributes:
        rank: Of the update, r.
        alpha: The update is scaled by alpha / r.
        dropout: Of the adapter's input.
        targets: Names of the layers that get one; `all-linear` is all but the output.
    """

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.05
    targets: str = "all-linear"

    def __post_init__(self) -> None:
        """Refuse what no adapter could have.

        Raises:
            TrainingError: When a number is out of its range; it names the setting.
        """
        _check_positive(self, ("rank", "alpha"))
        if not 0 <= self.dropout < 1:
            raise TrainingError(f"dropout {self.dropout} is not in [0, 1)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DpoSettings:
    """Direct preference optimisation (Rafailov et al. 2023, arXiv 2305.18290, equation 7).

    Attributes:
        beta: How close to the reference the model is held.
        anchor_weight: Weight of the chosen turn's own loss (Pang et al. 2024, arXiv 2404.19733,
            equation 2): without it the log-probability of both turns falls.
        max_drop: The run stops when the chosen turns' log-probability has fallen by so many nats
            below the reference, averaged over the last logs.
    """

    beta: float = 0.1
    anchor_weight: float = 0.5
    max_drop: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardSettings:
    """A Bradley-Terry reward model.

    Attributes:
        centre: Weight of the term that holds rewards around zero (Eisenstein et al. 2023,
            arXiv 2312.09244, equation 2).
    """

    centre: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class GrpoSettings:
    """Group-relative policy optimisation (Shao et al. 2024, arXiv 2402.03300, equation 3).

    Attributes:
        n_samples: Completions of one prompt, compared with one another; G.
        max_completion_tokens: Of one completion.
        temperature: Of sampling.
        beta: Weight of the distance from the reference; 0 needs no reference pass.
    """

    n_samples: int = 8
    max_completion_tokens: int = 256
    temperature: float = 1.0
    beta: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what could not be sampled.

        Raises:
            TrainingError: When a number is out of its range; it names the setting.
        """
        _check_positive(self, ("max_completion_tokens", "temperature"))
        if self.n_samples < _MIN_GROUP:
            raise TrainingError(
                f"n_samples is {self.n_samples}; one has nothing to be compared to"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneSettings:
    """What every method has in common.

    Attributes:
        learning_rate: The highest, after the warm-up; None takes the default of the method.
        n_epochs: How often each row is seen; fractions are allowed.
        max_steps: Ends the run earlier.
        batch_rows: Rows of one step over all devices: the effective batch.
        micro_rows: Rows of one forward pass on one device.
        max_tokens: Longer rows are left out of supervised training and reward models, cut
            elsewhere.
        context_tokens: The context that the model is to have; None leaves its own.
        rope: How a longer context than the model's own is reached.
        warm_up_ratio: The share of the steps in which the rate rises; it falls by half a cosine.
        weight_decay: Of every matrix.
        clip_norm: The largest norm of a step's gradient.
        recompute: Whether activations are computed again in the backward pass, for memory.
        packing: Whether short rows share a sequence.
        precision: Of the passes.
        device: Where.
        seed: Of everything that is drawn.
        log_steps: Steps between two lines of metrics.
        save_steps: Steps between two checkpoints, and between two evaluations.
        patience: Evaluations without a gain after which the run stops; 0 never stops it.
        lora: The adapter; None trains every weight.
    """

    learning_rate: float | None = None
    n_epochs: float = 1.0
    max_steps: int | None = None
    batch_rows: int = 32
    micro_rows: int = 4
    max_tokens: int = 1024
    context_tokens: int | None = None
    rope: RopeMethod | None = None
    warm_up_ratio: float = 0.03
    weight_decay: float = 0.0
    clip_norm: float = 1.0
    recompute: bool = False
    packing: bool = False
    precision: Precision = Precision.AUTO
    device: Device = Device.AUTO
    seed: int = 1
    log_steps: int = 10
    save_steps: int = 200
    patience: int = 3
    lora: LoraSettings | None = field(default_factory=LoraSettings)

    def __post_init__(self) -> None:
        """Refuse what no run could have.

        Raises:
            TrainingError: When a number is out of its range; it names the setting.
        """
        check_size(self)
        _check_positive(self, ("learning_rate", "max_steps", "context_tokens", "log_steps"))


_METHOD_RATES: Final[Mapping[Method, float]] = {
    Method.SFT: LORA_RATE,
    Method.DPO: 2e-5,
    Method.REWARD: 1e-4,
    Method.GRPO: 2e-5,
}
# What the method of training has of its own.
OWN_SETTINGS: Final[Mapping[Method, type[Any] | None]] = {
    Method.SFT: None,
    Method.DPO: DpoSettings,
    Method.REWARD: RewardSettings,
    Method.GRPO: GrpoSettings,
}


def check_size(settings: Any) -> None:
    """Refuse the sizes of a run that none could have.

    Args:
        settings: A verifier's, or those of tuning: both name their sizes alike.

    Raises:
        TrainingError: When a number is out of its range; it names the setting.
    """
    _check_positive(settings, ("n_epochs", "batch_rows", "micro_rows", "max_tokens", "save_steps"))
    if settings.batch_rows % settings.micro_rows:
        raise TrainingError(
            f"batch_rows {settings.batch_rows} is no multiple of micro_rows {settings.micro_rows}"
        )


def check_groups(settings: TuneSettings, own: GrpoSettings) -> None:
    """Refuse a step that holds a piece of a group of completions.

    Raises:
        TrainingError: When the rows of a step cannot be shared out in whole groups.
    """
    if settings.batch_rows % own.n_samples:
        raise TrainingError(
            f"{settings.batch_rows} rows a step hold no whole groups of {own.n_samples}: give a "
            "--batch-rows that is a multiple of --samples"
        )


def learning_rate_of(method: Method, settings: TuneSettings) -> float:
    """The given rate, or the method's own; a tenth of it where every weight is trained."""
    if settings.learning_rate is not None:
        return settings.learning_rate
    rate = _METHOD_RATES[method]
    return rate if settings.lora is not None else rate * FULL_RATE / LORA_RATE


def read_settings(values: Mapping[str, Any]) -> TuneSettings:
    """Settings from plain values, such as a preset and the options of a command, joined.

    Raises:
        TrainingError: For a name that is no setting, or a value that it cannot have.
    """
    given = dict(values)
    lora = given.pop("lora", {})
    if "rope" in given:
        given["rope"] = given["rope"] and _choice(RopeMethod, "rope", given["rope"])
    for name, kind in (("precision", Precision), ("device", Device)):
        if name in given:
            given[name] = _choice(kind, name, given[name])
    if lora is not False and lora is not None:
        given["lora"] = read_fields(LoraSettings, lora)
    else:
        given["lora"] = None
    return read_fields(TuneSettings, given)


def settings_values(*settings: Any) -> dict[str, Any]:
    """Settings as plain JSON values, by name."""
    found: dict[str, Any] = {}
    for one in settings:
        found |= asdict(one) if one is not None else {}
    return found


def _check_positive(settings: Any, names: Iterable[str]) -> None:
    for name in names:
        value = getattr(settings, name)
        if value is not None and value <= 0:
            raise TrainingError(f"{name} is {value}; it has to be positive")


def _choice(kind: type[StrEnum], name: str, value: str) -> StrEnum:
    try:
        return kind(value)
    except ValueError as error:
        raise TrainingError(f"{name} {value!r} is none of {', '.join(kind)}") from error
