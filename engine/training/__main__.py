"""`python -m engine.training base|eval`: the whole recipe, one command a stage."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Run one stage and return the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    options = _parser().parse_args(arguments)
    return int(options.run(options) or 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine.training")
    stages = parser.add_subparsers(required=True)
    base = stages.add_parser("base", help="train the base model from scratch")
    for name in ("--gsm8k", "--mawps", "--screen-exact", "--screen-13gram"):
        base.add_argument(name, type=Path)
    base.add_argument("--minutes", type=float, default=70)
    base.add_argument("--max-steps", type=int)
    base.add_argument("--seed", type=int, default=1)
    base.add_argument("--device", default="cpu")
    base.add_argument("--processes", type=int, default=2, help="one a core; 1 on a GPU")
    base.add_argument("--checkpoint-minutes", type=float, default=5)
    base.add_argument("--work-dir", type=Path, default=Path(".svend/training/svend-mini"))
    base.add_argument("--out", type=Path, required=True)
    base.set_defaults(run=_base)
    return parser


def _base(options: argparse.Namespace) -> None:
    from engine.training.base_run import train_base
    from engine.training.corpus import CorpusPaths
    from engine.training.pretrain import PretrainSettings

    paths = CorpusPaths(
        gsm8k=options.gsm8k,
        mawps=options.mawps,
        screen_exact=options.screen_exact,
        screen_windows=options.screen_13gram,
    )
    settings = PretrainSettings(
        minutes=options.minutes,
        max_steps=options.max_steps,
        seed=options.seed,
        device=options.device,
        checkpoint_minutes=options.checkpoint_minutes,
    )
    train_base(
        paths,
        settings,
        work_dir=options.work_dir,
        out_dir=options.out,
        n_processes=options.processes,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
