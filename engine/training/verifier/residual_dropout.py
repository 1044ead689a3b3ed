"""Dropout on what each layer adds to the residual stream.

Verifiers overfit their few questions, and Llama's layers have no dropout of their own. Cobbe et
al. 2021 (arXiv 2110.14168, section 4.3) drop 20 % at the residual; so does this, on the output of
every attention and feed-forward block.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import torch

from engine.domain.errors import InvalidInputError

_BLOCKS: Final = ("self_attn", "mlp")


def add_residual_dropout(model: torch.nn.Module, ratio: float) -> int:
    """Drop a share of what blocks add, while the model trains.

    Args:
        model: Hooks are put on its blocks; what it computes in evaluation mode stays the same.
        ratio: The share, in [0, 1); 0 adds no hook.

    Returns:
        On how many blocks.

    Raises:
        InvalidInputError: The model has no blocks of the known names.
    """
    if ratio == 0:
        return 0
    blocks = [block for name, block in model.named_modules() if name.rpartition(".")[2] in _BLOCKS]
    if not blocks:
        raise InvalidInputError(
            f"residual dropout knows blocks named {' and '.join(_BLOCKS)}, and the model has "
            "none: set it to 0"
        )
    for block in blocks:
        block.register_forward_hook(partial(_drop, ratio=ratio))
    return len(blocks)


def _drop(block: torch.nn.Module, _given: Any, output: Any, *, ratio: float) -> Any:
    if not block.training:
        return output
    if isinstance(output, tuple):
        first, *rest = output
        return (torch.nn.functional.dropout(first, ratio), *rest)
    return torch.nn.functional.dropout(output, ratio)
