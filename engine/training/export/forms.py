"""One finished verifier in the forms that were asked for, each checked against the verifier."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from peft import PeftModel
from transformers import PreTrainedTokenizerBase

from engine.training.errors import DatasetError, TrainingError
from engine.training.example import Category, JudgedChain, Origin
from engine.training.export.classifier import Scope, to_classifier
from engine.training.export.onnx_file import (
    MAX_DRIFT,
    OnnxScores,
    TorchScores,
    measure_drift,
    write_int8,
    write_onnx,
)
from engine.training.record import let_read, write_json
from engine.training.verifier.claim_text import ClaimLayout
from engine.training.verifier.encoder_judge import EncoderJudge
from engine.training.verifier.judge_folder import load_judge
from engine.training.verifier.language_judge import LanguageJudge
from engine.training.verifier.verifier_file import VerifierFile, read_verifier_file

PROFILE_FILE: Final = "svend-verifier-profile.json"
REPORT_FILE: Final = "export.json"
ONNX_FILE: Final = "model.onnx"
INT8_FILE: Final = "model-int8.onnx"

_N_TEXTS: Final = 64
_PARTS: Final = ("{problem}", "{steps}")


class Form(StrEnum):
    """How a verifier is written.

    ``MERGED``: a language model with the adapter in its weights. ``CLASSIFIER``: a sequence
    classifier with one label. ``TOKENS``: a token classifier with one label. ``ONNX``: the
    sequence classifier as a graph. ``INT8``: the graph with weights in eight bits.
    """

    MERGED = "merged"
    CLASSIFIER = "classifier"
    TOKENS = "tokens"
    ONNX = "onnx"
    INT8 = "int8"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """A verifier as a classifier, whatever it was.

    Attributes:
        judge: It itself.
        language: Its language model, without an adapter; None for an encoder.
        classifier: The same as a sequence classifier.
        tokenizer: Its own.
        template: How the classifier takes a claim; None for the default of the kind `classify`.
        file: What the verifier's folder says of itself.
    """

    judge: LanguageJudge | EncoderJudge
    language: Any
    classifier: Any
    tokenizer: PreTrainedTokenizerBase
    template: str | None
    file: VerifierFile


def export_verifier(
    folder: Path,
    out_dir: Path,
    forms: Sequence[Form],
    *,
    base: Path | None,
    chains: Sequence[JudgedChain] = (),
) -> dict[str, Any]:
    """Write the forms, one folder each, and how far their scores lie from the verifier's.

    Args:
        folder: What training wrote.
        out_dir: Where the forms go.
        forms: Which.
        base: The model that an adapter belongs to.
        chains: What the forms are checked on; a made-up problem is used without any.

    Returns:
        Sizes and differences of scores, as the report beside the forms holds them.

    Raises:
        DatasetError: The folder holds no verifier, or an adapter without its base; or an encoder
            is asked for in a form of a language model.
        TrainingError: The graph does not give the verifier's scores.
    """
    judge = load_judge(folder, base=base, device="cpu")
    file = read_verifier_file(folder)
    known = (chains or _made_up())[:_N_TEXTS]
    # Asked before the adapter goes into the weights, which then are what is written.
    scores = [score.whole for score in judge.score(known)]
    is_language = isinstance(judge, LanguageJudge)
    source = _language(judge, file) if is_language else _encoder(judge, file)
    if source.language is None and {Form.MERGED, Form.TOKENS} & set(forms):
        raise DatasetError(f"{folder} holds an encoder, which is neither merged nor per token")
    texts = [judge.whole_text(chain) for chain in known]
    by_classifier = TorchScores(source.classifier, source.tokenizer)(texts)
    report: dict[str, Any] = {
        "layout": file.layout,
        "classifier_drift": asdict(measure_drift(scores, by_classifier)),
    }
    for form in _ordered(forms):
        report[form.value] = _write(form, source, out_dir, texts, by_classifier)
    write_json(out_dir / REPORT_FILE, report)
    return report


def _ordered(forms: Sequence[Form]) -> list[Form]:
    # The graph in eight bits is made of the other one.
    wanted = {*forms, Form.ONNX} if Form.INT8 in forms else set(forms)
    return [form for form in Form if form in wanted]


def _language(judge: LanguageJudge, file: VerifierFile) -> _Source:
    model = judge.model
    if isinstance(model, PeftModel):
        model = model.merge_and_unload()
    return _Source(
        judge=judge,
        language=model,
        classifier=to_classifier(model, judge.label_ids, Scope.TEXT),
        tokenizer=judge.tokenizer,
        template=claim_template(judge.layout, judge.tokenizer),
        file=file,
    )


def _encoder(judge: EncoderJudge, file: VerifierFile) -> _Source:
    return _Source(
        judge=judge,
        language=None,
        classifier=judge.model,
        tokenizer=judge.tokenizer,
        template=None,
        file=file,
    )


def claim_template(layout: ClaimLayout, tokenizer: PreTrainedTokenizerBase) -> str:
    """The layout as the template of a verifier's profile."""
    problem, steps = _PARTS
    text = layout.render(problem, (steps,), is_whole=False)
    begin = str(tokenizer.bos_token or "")
    ids: Any = tokenizer("")["input_ids"]
    # The server's tokenizer puts the first token in front of a text by itself.
    return text.removeprefix(begin) if ids and ids[0] == tokenizer.bos_token_id else text


def _write(
    form: Form,
    source: _Source,
    out_dir: Path,
    texts: Sequence[str],
    scores: Sequence[float],
) -> dict[str, Any]:
    match form:
        case Form.MERGED:
            saved = _save(source.language, source, out_dir / form)
            source.file.write(out_dir / form)
            return saved
        case Form.CLASSIFIER:
            return _save(source.classifier, source, out_dir / form, has_profile=True)
        case Form.TOKENS:
            ids = source.judge.label_ids  # type: ignore[union-attr]  # an encoder was refused
            tokens = to_classifier(source.language, ids, Scope.TOKEN)
            return _save(tokens, source, out_dir / form)
        case Form.ONNX:
            path = out_dir / form / ONNX_FILE
            write_onnx(source.classifier, source.tokenizer, path)
            return _checked(path, source, texts, scores, most=MAX_DRIFT)
        case Form.INT8:
            folder = out_dir / Form.ONNX
            write_int8(folder / ONNX_FILE, folder / INT8_FILE)
            return _checked(folder / INT8_FILE, source, texts, scores, most=None)


def _save(
    model: Any, source: _Source, folder: Path, *, has_profile: bool = False
) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    source.tokenizer.save_pretrained(folder)
    let_read(folder)
    if has_profile:
        _write_profile(source, folder)
    return {"bytes": sum(path.stat().st_size for path in folder.glob("*.safetensors"))}


def _write_profile(source: _Source, folder: Path) -> None:
    """How the verifier kind `classify` speaks to the classifier."""
    profile: dict[str, Any] = {"name": "svend-verifier", "endpoint": "classify", "form": "text"}
    if source.template is not None:
        joint = source.judge.layout.joint  # type: ignore[union-attr]  # only a language model's
        profile |= {"template": source.template, "step_mark": joint, "marks_last": False}
    text = json.dumps(profile, indent=2) + "\n"
    (folder / PROFILE_FILE).write_text(text, encoding="utf-8")


def _checked(
    path: Path,
    source: _Source,
    texts: Sequence[str],
    scores: Sequence[float],
    *,
    most: float | None,
) -> dict[str, Any]:
    drift = measure_drift(scores, OnnxScores(path, source.tokenizer)(texts))
    if most is not None and drift.largest > most:
        raise TrainingError(
            f"{path.name} scores up to {drift.largest:.2g} apart from the weights it was made of"
        )
    source.tokenizer.save_pretrained(path.parent)
    if not (path.parent / PROFILE_FILE).is_file():
        _write_profile(source, path.parent)
    return {"bytes": path.stat().st_size, "drift": asdict(drift)}


def _made_up() -> tuple[JudgedChain, ...]:
    origin = Origin(source="made-up", licence="MIT", category=Category.MATH)
    return tuple(
        JudgedChain(
            question=f"A box holds {n} pens. {n + 3} more are put into it. How many are there?",
            steps=(f"a={n}{sign}{n + 3}",),
            n_right=int(sign == "+"),
            is_right=sign == "+",
            origin=origin,
        )
        for n in range(2, 18)
        for sign in "+-"
    )
