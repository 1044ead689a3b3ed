"""Tokens trained on, counted over all attempts of a run.

The library's trainers begin to count at nothing whenever a process does. The state that lies in
every checkpoint has a place for such a number, which they leave empty.
"""

from __future__ import annotations

from typing import Any, Final

from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

COUNT: Final = "_total_train_tokens"


class TokenCount(TrainerCallback):
    """Keeps a trainer's count of tokens in its checkpoints, and takes it up from there.

    Args:
        trainer: One that counts by itself and does not use the state for it.
    """

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer

    def on_train_begin(
        self,
        args: TrainingArguments,  # noqa: ARG002 - the library's signature
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        **_: Any,
    ) -> None:
        """Count on from the checkpoint; from nothing at the very beginning."""
        setattr(self._trainer, COUNT, state.num_input_tokens_seen)

    def on_step_end(
        self,
        args: TrainingArguments,  # noqa: ARG002
        state: TrainerState,
        control: TrainerControl,  # noqa: ARG002
        **_: Any,
    ) -> None:
        """Put the count where a checkpoint of this step will hold it."""
        state.num_input_tokens_seen = getattr(self._trainer, COUNT)
