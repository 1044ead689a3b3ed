"""`python -m engine.training base|eval|data`: the whole recipe, one command a stage."""

from __future__ import annotations

from engine.training.commands import train

if __name__ == "__main__":
    train(prog_name="python -m engine.training")
