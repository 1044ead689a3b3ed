"""What moves the weights: AdamW for all of them, or Muon for the layers' matrices.

Muon replaces the momentum of a matrix by the nearest semi-orthogonal one, so that a step moves it
as far in every direction (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon). Scaled
to the size of AdamW's steps (Liu et al. 2025, arXiv 2502.16982, section 2.2), it takes AdamW's
rates. Embeddings and vectors stay with AdamW there as well.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import torch
from torch import nn

_BETAS: Final = (0.9, 0.98)
_MOMENTUM: Final = 0.95


class OptimizerKind(StrEnum):
    """``ADAMW`` moves every weight; ``MUON`` the matrices of the layers, and AdamW the rest."""

    ADAMW = "adamw"
    MUON = "muon"


def make_optimizers(
    model: nn.Module, kind: OptimizerKind, *, rate: float, weight_decay: float
) -> tuple[torch.optim.Optimizer, ...]:
    """The optimisers that together move every weight of a model, each weight by one of them.

    Args:
        model: A decoder whose layers lie under ``layers``.
        kind: Which.
        rate: The learning rate, of all of them.
        weight_decay: Of every matrix; vectors have none.
    """
    named = {name: p for name, p in model.named_parameters() if p.requires_grad}
    hidden = [p for name, p in named.items() if kind == OptimizerKind.MUON and _is_hidden(name, p)]
    chosen = {id(p) for p in hidden}
    others = [p for p in named.values() if id(p) not in chosen]
    adamw = torch.optim.AdamW(
        [
            {"params": [p for p in others if p.dim() > 1], "weight_decay": weight_decay},
            {"params": [p for p in others if p.dim() <= 1], "weight_decay": 0.0},
        ],
        lr=rate,
        betas=_BETAS,
        fused=True,
    )
    if not hidden:
        return (adamw,)
    muon = torch.optim.Muon(
        hidden,
        lr=rate,
        weight_decay=weight_decay,
        momentum=_MOMENTUM,
        adjust_lr_fn="match_rms_adamw",
    )
    return (muon, adamw)


def _is_hidden(name: str, parameter: nn.Parameter) -> bool:
    return parameter.dim() == 2 and ".layers." in f".{name}"  # noqa: PLR2004 - a matrix
