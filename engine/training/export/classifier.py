"""A language model that says yes or no as a classifier: the same score, from a head of its own.

P(yes) / (P(yes) + P(no)) is the sigmoid of the difference of two logits, which is what the
difference of two rows of the output matrix gives. Put as the one row of a classifier's head, it
gives the same score with no vocabulary behind it, for a text (the score behind its last token) or
for every token.
"""

from __future__ import annotations

from copy import deepcopy
from enum import StrEnum
from typing import Any, Final

import torch
from transformers import AutoModelForSequenceClassification, AutoModelForTokenClassification

from engine.domain.errors import InvalidInputError

LABEL: Final = "right"


class Scope(StrEnum):
    """What a classifier scores."""

    TEXT = "text"
    TOKEN = "token"  # noqa: S105 - what is scored, no secret


_CLASSES: Final[dict[Scope, Any]] = {
    Scope.TEXT: AutoModelForSequenceClassification,
    Scope.TOKEN: AutoModelForTokenClassification,
}


def to_classifier(model: Any, label_ids: tuple[int, int], scope: Scope) -> Any:
    """Make a classifier of one label that shares nothing with the model.

    Args:
        model: A causal language model without an adapter.
        label_ids: The tokens for yes and for no.
        scope: Of texts, or of tokens.

    Raises:
        InvalidInputError: The model's logits are more than a linear map, or there is no classifier
            of its architecture.
    """
    yes, no = label_ids
    head = model.get_output_embeddings()
    if getattr(head, "bias", None) is not None or _is_capped(model.config):
        raise InvalidInputError(
            "the model's logits are more than a matrix times its states, so no row of a "
            "classifier gives the same score"
        )
    config = _configure(model.config)
    try:
        classifier: Any = _CLASSES[scope].from_config(config, dtype=head.weight.dtype)
    except ValueError as error:
        raise InvalidInputError(
            f"no classifier of {scope}s is known for {model.config.model_type}"
        ) from error
    classifier.base_model.load_state_dict(model.base_model.state_dict())
    with torch.no_grad():
        classifier.score.weight.copy_((head.weight[yes] - head.weight[no]).unsqueeze(0))
    return classifier.eval()


def _configure(given: Any) -> Any:
    config = deepcopy(given)
    config.num_labels = 1
    config.id2label, config.label2id = {0: LABEL}, {LABEL: 0}
    config.tie_word_embeddings = False
    config.classifier_dropout = 0.0
    # A head with a bias would add to what the language model says.
    config.token_classification_bias = False
    if config.pad_token_id is None:
        config.pad_token_id = _first(config.eos_token_id)
    return config


def _first(token_ids: Any) -> Any:
    return token_ids[0] if isinstance(token_ids, list) else token_ids


def _is_capped(config: Any) -> bool:
    names = ("final_logit_softcapping", "logit_scale", "logits_scaling")
    return any(getattr(config, name, None) not in (None, 1, 1.0) for name in names)
