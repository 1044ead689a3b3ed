"""A DeBERTa of the published kind becomes a verifier, and is written in every form it has."""

from __future__ import annotations

import json
from random import Random

import pytest
import torch
from click.testing import CliRunner
from sentencepiece import SentencePieceTrainer
from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer

from engine.training.datasets.file import write_examples
from engine.training.export.commands import export
from engine.training.record import get_record
from engine.training.verifier.encoder_judge import EncoderJudge
from engine.training.verifier.judge_folder import load_judge, new_encoder_judge
from engine.training.verifier.settings import VerifierSettings
from engine.training.verifier.train_command import train
from tests.unit.engine.training.verifier import made_up

# The library's own module of this model.
pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.script:DeprecationWarning")

SHAPE = {
    "hidden_size": 64,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 128,
    "max_position_embeddings": 256,
    "pooler_hidden_size": 64,
    # What follows is as in the published third version.
    "type_vocab_size": 0,
    "position_biased_input": False,
    "relative_attention": True,
    "position_buckets": 32,
    "pos_att_type": ["p2c", "c2p"],
    "share_att_key": True,
    "norm_rel_ebd": "layer_norm",
}
MARKS = {"pad": "[PAD]", "bos": "[CLS]", "eos": "[SEP]", "unk": "[UNK]"}
SIZE = ("--batch-rows", "16", "--micro-rows", "16", "--learning-rate", "3e-3")
STEPS = ("--max-steps", "40", "--save-steps", "20", "--log-steps", "10")


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)


def write_base(folder):
    """A random classifier whose tokenizer is SentencePiece's file alone, as it is published."""
    folder.mkdir()
    questions = [made_up.make_question(Random(seed))[0] for seed in range(60)]
    with (folder / "spm.model").open("wb") as file:
        SentencePieceTrainer.train(
            sentence_iterator=iter([*questions, "a=1+2 b=a*3-4/5 c=b+6 7 8 9 0"]),
            model_writer=file,
            vocab_size=120,
            hard_vocab_limit=False,
            num_threads=1,
            minloglevel=2,
            **{f"{name}_piece": piece for name, piece in MARKS.items()},
            **{f"{name}_id": index for index, name in enumerate(MARKS)},
        )
    AutoConfig.for_model("deberta-v2", **SHAPE).save_pretrained(folder)
    n_tokens = len(AutoTokenizer.from_pretrained(folder))
    torch.manual_seed(0)
    config = AutoConfig.from_pretrained(folder, vocab_size=n_tokens)
    AutoModelForSequenceClassification.from_config(config).save_pretrained(folder)


def invoke(command, *arguments):
    words = [str(argument) for argument in arguments]
    result = CliRunner().invoke(command, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a DeBERTa, a verifier trained from it, and the chains."""
    folder = tmp_path_factory.mktemp("deberta")
    write_base(folder / "base")
    write_examples(folder / "train.jsonl", made_up.make_chains(60, seed=1))
    write_examples(folder / "dev.jsonl", made_up.make_chains(10, seed=2))
    files = ("--chains", folder / "train.jsonl", "--dev", folder / "dev.jsonl")
    given = ("--encoder", folder / "base", "--out", folder / "verifier", "--device", "cpu")
    invoke(train, *given, *files, *SIZE, *STEPS)
    return folder


@pytest.fixture(scope="module")
def exported(folder):
    forms = ("--form", "classifier", "--form", "int8", "--chains", folder / "dev.jsonl")
    return invoke(export, "--verifier", folder / "verifier", "--out", folder / "forms", *forms)


def test_it_learns_to_tell_right_from_wrong(folder):
    record = get_record(folder / "verifier")
    assert record.metrics["best_within_question_auroc"] > 0.9
    assert record.settings["encoder"] is True


def test_it_is_read_back_and_judges_every_beginning(folder):
    judge = load_judge(folder / "verifier", base=None, device="cpu")
    assert isinstance(judge, EncoderJudge)
    right, wrong = judge.score(made_up.make_chains(1, seed=3)[:2])
    assert len(right.steps) == 2
    assert right.whole > wrong.whole


def test_a_text_scores_the_same_whatever_stands_beside_it(folder):
    # Its positions are relative ones, and padding has none.
    judge = new_encoder_judge(folder / "base", VerifierSettings(), device="cpu")
    short = made_up.make_chain("Ann has 2 cups.", ("a=2+3",), 1)
    long = made_up.make_chains(1, seed=4)[0]
    (alone,) = judge.score([short])
    together, _ = judge.score([short, long])
    assert together.whole == pytest.approx(alone.whole, abs=1e-5)


def test_the_classifier_and_its_graph_score_as_the_verifier(exported):
    assert exported["classifier_drift"]["largest"] < 1e-5
    assert exported["onnx"]["drift"]["largest"] < 1e-4


def test_eight_bits_are_smaller(exported):
    assert exported["int8"]["bytes"] < exported["onnx"]["bytes"]
