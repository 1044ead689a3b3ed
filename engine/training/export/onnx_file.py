"""Small classifiers as ONNX files: checked against the weights they came from, and in int8."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import PreTrainedTokenizerBase

from engine.training.errors import TrainingError

INPUTS: Final = ("input_ids", "attention_mask")
OUTPUT: Final = "score"
# Float arithmetic in another order; more means that the graph computes something else.
MAX_DRIFT: Final = 1e-4

_BATCH_TEXTS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How far scores lie apart.

    Attributes:
        largest: The largest difference, in [0, 1].
        mean: The mean one.
        n: Over how many texts.
    """

    largest: float
    mean: float
    n: int


class _Scores(torch.nn.Module):
    """A sequence classifier as a function of two tensors."""

    def __init__(self, classifier: Any) -> None:
        super().__init__()
        self.classifier = classifier

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        output = self.classifier(input_ids=input_ids, attention_mask=attention_mask)
        return output.logits[:, 0].sigmoid()


class TorchScores:
    """Scores of texts by the classifier itself."""

    def __init__(self, classifier: Any, tokenizer: PreTrainedTokenizerBase) -> None:
        self._scores = _Scores(classifier.eval())
        self._tokenizer = tokenizer

    @torch.inference_mode()
    def __call__(self, texts: Sequence[str]) -> list[float]:
        """P(right) of each text."""
        found: list[float] = []
        for start in range(0, len(texts), _BATCH_TEXTS):
            batch = encode_texts(self._tokenizer, texts[start : start + _BATCH_TEXTS])
            found += self._scores(*(torch.from_numpy(batch[name]) for name in INPUTS)).tolist()
        return found


class OnnxScores:
    """Scores of texts by a file."""

    def __init__(self, path: Path, tokenizer: PreTrainedTokenizerBase) -> None:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = tokenizer

    def __call__(self, texts: Sequence[str]) -> list[float]:
        """P(right) of each text."""
        found: list[float] = []
        for start in range(0, len(texts), _BATCH_TEXTS):
            batch = encode_texts(self._tokenizer, texts[start : start + _BATCH_TEXTS])
            (scores,) = self._session.run([OUTPUT], batch)
            found += np.asarray(scores).tolist()
        return found


def write_onnx(classifier: Any, tokenizer: PreTrainedTokenizerBase, path: Path) -> None:
    """Write a sequence classifier with one label as a graph of two inputs and one score.

    Raises:
        TrainingError: The model cannot be written as one.
    """
    # Two rows of other lengths, so that neither dimension is taken for a constant.
    batch = encode_texts(tokenizer, ["one", "one and two"])
    example = tuple(torch.from_numpy(batch[name]) for name in INPUTS)
    sizes = {0: torch.export.Dim("texts"), 1: torch.export.Dim("tokens")}
    path.parent.mkdir(parents=True, exist_ok=True)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    # They tell of every weight that stands twice, and of every node that stays as it is.
    for name in ("onnx_ir", "onnxscript"):
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        # The exporter warns of its own insides.
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                _Scores(classifier.eval()),
                example,
                str(path),
                input_names=list(INPUTS),
                output_names=[OUTPUT],
                dynamic_shapes=dict.fromkeys(INPUTS, sizes),
                external_data=False,
                dynamo=True,
                verbose=False,
            )
    except (RuntimeError, torch.onnx.errors.OnnxExporterError) as error:
        raise TrainingError(f"the model cannot be written as ONNX: {error}") from error


def write_int8(path: Path, out: Path) -> None:
    """Write the same graph with the weights of its matrices in eight bits (dynamic)."""
    model = onnx.load(path)
    # The quantiser turns some matrices round and would trip over the shapes that were noted down.
    model.graph.ClearField("value_info")
    # It advises on standard error to prepare the graph; the exporter has done so.
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        quantize_dynamic(model, out, weight_type=QuantType.QInt8)
    finally:
        root.setLevel(level)


def measure_drift(given: Sequence[float], other: Sequence[float]) -> Drift:
    """How far the scores of the same texts lie apart."""
    apart = np.abs(np.asarray(given) - np.asarray(other))
    return Drift(largest=float(apart.max()), mean=float(apart.mean()), n=len(apart))


def encode_texts(tokenizer: PreTrainedTokenizerBase, texts: Sequence[str]) -> dict[str, Any]:
    """Texts as two arrays of int64, padded on the right."""
    encoded: Any = tokenizer(
        list(texts), padding=True, padding_side="right", truncation=True, return_tensors="np"
    )
    return {name: np.asarray(encoded[name], dtype=np.int64) for name in INPUTS}
