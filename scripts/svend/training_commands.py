"""`svend train`: the recipe's commands, imported only when one of them is called."""

from __future__ import annotations

from engine.training.commands import train

__all__ = ["train"]
