"""Models of one shape are averaged by their shares; nothing else is."""

from __future__ import annotations

import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import load_file, save_file

from engine.training.average import Member, average, average_models, parse_member
from engine.training.errors import TrainingError


@pytest.fixture
def make_model(tmp_path):
    def make(name, value, *, size=2, tokenizer="{}"):
        folder = tmp_path / name
        folder.mkdir()
        weights = {"a": torch.full((size,), value, dtype=torch.bfloat16)}
        save_file(weights, folder / "model.safetensors")
        (folder / "tokenizer.json").write_text(tokenizer)
        (folder / "config.json").write_text(name)
        (folder / "results.json").write_text("measured on these weights")
        (folder / "svend-calibrator.json").write_text("fitted to these weights")
        return folder

    return make


def test_weights_are_averaged_by_their_shares(make_model, tmp_path):
    members = [
        Member(folder=make_model("one", 1.0), share=1),
        Member(folder=make_model("two", 5.0), share=3),
    ]
    average_models(members, tmp_path / "mean")

    mean = load_file(tmp_path / "mean" / "model.safetensors")
    assert torch.equal(mean["a"], torch.full((2,), 4.0, dtype=torch.bfloat16))


def test_what_belongs_to_other_weights_is_left_out(make_model, tmp_path):
    members = [Member(folder=make_model(name, 1.0), share=1) for name in ("one", "two")]
    average_models(members, tmp_path / "mean")

    names = {path.name for path in (tmp_path / "mean").iterdir()}
    assert names == {"model.safetensors", "tokenizer.json", "config.json"}
    assert (tmp_path / "mean" / "config.json").read_text() == "two"


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"size": 3}, "another shape"),
        ({"tokenizer": "[]"}, "different tokenizers"),
    ],
)
def test_models_that_do_not_fit_are_refused(make_model, tmp_path, other, words):
    members = [
        Member(folder=make_model("one", 1.0), share=1),
        Member(folder=make_model("two", 1.0, **other), share=1),
    ]
    with pytest.raises(TrainingError, match=words):
        average_models(members, tmp_path / "mean")
    assert not (tmp_path / "mean").exists()


def test_a_folder_without_weights_is_named(make_model, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "tokenizer.json").write_text("{}")
    members = [
        Member(folder=make_model("one", 1.0), share=1),
        Member(folder=tmp_path / "empty", share=1),
    ]
    with pytest.raises(TrainingError, match="empty holds no model: no weights in one file"):
        average_models(members, tmp_path / "mean")


def test_a_folder_that_is_not_there_is_named_before_the_tokenizers_are_compared(
    make_model, tmp_path
):
    members = [
        Member(folder=make_model("one", 1.0), share=1),
        Member(folder=tmp_path / "nowhere", share=1),
    ]
    with pytest.raises(TrainingError, match="nowhere holds no model: there is no such folder"):
        average_models(members, tmp_path / "mean")


def test_torn_weights_are_named(make_model, tmp_path):
    torn = make_model("two", 1.0)
    (torn / "model.safetensors").write_bytes(b"torn")
    members = [Member(folder=make_model("one", 1.0), share=1), Member(folder=torn, share=1)]
    with pytest.raises(TrainingError, match="cannot be read"):
        average_models(members, tmp_path / "mean")


def test_nothing_is_written_over(make_model, tmp_path):
    members = [Member(folder=make_model(name, 1.0), share=1) for name in ("one", "two")]
    with pytest.raises(TrainingError, match="not empty"):
        average_models(members, members[0].folder)


def test_one_model_has_no_average(make_model, tmp_path):
    with pytest.raises(TrainingError, match="two models"):
        average_models([Member(folder=make_model("one", 1.0), share=1)], tmp_path / "mean")


@pytest.mark.parametrize("text", ["folder", "folder=", "folder=0", "folder=-1", "=1", "f=inf"])
def test_a_model_without_a_share_is_refused(text):
    with pytest.raises(TrainingError, match=r"FOLDER=0\.5"):
        parse_member(text)


def test_the_command_says_what_it_wrote_and_what_it_lacks(make_model, tmp_path):
    one, two = make_model("one", 1.0), make_model("two", 2.0)
    given = ["--model", f"{one}=0.5", "--model", f"{two}=0.5"]
    told = CliRunner().invoke(average, [*given, "--out", str(tmp_path / "mean")])
    assert told.output == f"averaged 2 models into {tmp_path / 'mean'}\n"

    again = CliRunner().invoke(average, [*given, "--out", str(tmp_path / "mean")])
    assert again.exit_code == 1
    assert again.output.count("\n") == 1
