"""The trainer of verifiers: the library's own, with a judge's loss and figure of merit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import Dataset, Sampler
from transformers import Trainer, TrainerCallback, TrainingArguments
from transformers.trainer_pt_utils import LengthGroupedSampler

from engine.training.example import JudgedChain
from engine.training.verifier.judge import Judge
from engine.training.verifier.within_question import order_figures


class EncodedQuestions(Dataset[Any]):
    """Rows as a judge makes them, each of one question's chains, all at once."""

    def __init__(self, rows: Sequence[Any]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Any:
        return self._rows[index]

    def lengths(self) -> list[int]:
        """Tokens of each row."""
        return [len(row.ids) for row in self._rows]


class ChainTrainer(Trainer):
    """Trains a judge, and asks it at every evaluation how well it orders development chains.

    Args:
        judge: What is trained.
        rows: Encoded training questions.
        dev: Development chains; some question must have right and wrong ones.
        arguments: Of the trainer.
        callbacks: What else looks on.
    """

    def __init__(
        self,
        judge: Judge,
        rows: EncodedQuestions,
        dev: Sequence[JudgedChain],
        *,
        arguments: TrainingArguments,
        callbacks: list[TrainerCallback],
    ) -> None:
        self._judge = judge
        self._rows = rows
        self._dev = dev
        super().__init__(
            model=judge.model,
            args=arguments,
            train_dataset=rows,
            # Never iterated: `evaluate` is this class's own. Without one it would not be called.
            eval_dataset=rows,
            data_collator=judge.collate,
            callbacks=callbacks,
        )
        # The loss is the mean of a batch, whatever the model's forward pass takes.
        self.loss_is_scaled_for_ga = False

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,  # noqa: FBT001, FBT002 - the trainer's signature
        num_items_in_batch: torch.Tensor | int | None = None,  # noqa: ARG002 - likewise
    ) -> Any:
        """The judge's loss."""
        loss = self._judge.loss(model, inputs)
        return (loss, None) if return_outputs else loss

    def evaluate(
        self,
        eval_dataset: Any = None,  # noqa: ARG002 - the trainer's signature
        ignore_keys: list[str] | None = None,  # noqa: ARG002 - likewise
        metric_key_prefix: str = "eval",
    ) -> dict[str, float]:
        """How well right development chains are ordered above wrong ones."""
        figures = order_figures(self._judge, self._dev)
        metrics = {f"{metric_key_prefix}_{name}": value for name, value in figures.items()}
        self.log(dict(metrics))
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics

    def count_trained(self) -> int:
        """How many parameters can move."""
        return sum(one.numel() for one in self._judge.model.parameters() if one.requires_grad)

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:  # noqa: ARG002 - the trainer's signature
        """Rows of like length together: they waste little on padding."""
        generator = torch.Generator().manual_seed(self.args.seed)
        return LengthGroupedSampler(
            self.args.train_batch_size * self.args.gradient_accumulation_steps,
            lengths=self._rows.lengths(),
            generator=generator,
        )

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:  # noqa: ARG002 - the trainer's signature
        """A checkpoint is a verifier's folder."""
        folder = Path(output_dir or str(self.args.output_dir))
        folder.mkdir(parents=True, exist_ok=True)
        self._judge.save(folder)
