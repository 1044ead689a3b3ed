"""`svend train sft` on a tiny model: what is trained, what is left behind, what stops it."""

from __future__ import annotations

import json
import socket

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

from engine.training.record import find_record
from engine.training.tune.callback import read_metrics
from engine.training.tune.device import find_place
from engine.training.tune.job import TuneJob
from engine.training.tune.material import gather_material
from engine.training.tune.rows import load_rows
from engine.training.tune.run import build_trainer
from engine.training.tune.settings import Device, Method, Precision, TuneSettings
from tests.integration.training.conftest import chat_row

QUICK = ("--max-tokens", "64", "--micro-rows", "8", "--batch-rows", "8", "--log-steps", "1")
ADAPTER = "adapter_model.safetensors"


@pytest.fixture(scope="module")
def trained(run_train, tiny_base, chat_file, tmp_path_factory):
    """A short run with everything that a run leaves."""
    out = tmp_path_factory.mktemp("sft") / "out"
    data = ("--data", chat_file, "--dev", chat_file)
    steps = ("--max-steps", "4", "--save-steps", "2", "--learning-rate", "1e-2")
    output = run_train("sft", "--base", tiny_base, *data, "--out", out, *QUICK, *steps)
    return out, output


def test_a_run_leaves_an_adapter_with_its_tokenizer(trained):
    out, _ = trained
    names = set(load_file(out / ADAPTER))
    assert names
    assert all("lora_" in name for name in names)
    assert AutoTokenizer.from_pretrained(out).chat_template
    config = json.loads((out / "adapter_config.json").read_text())
    assert (config["r"], config["lora_alpha"], config["lora_dropout"]) == (16, 32, 0.05)
    assert not (out / "checkpoints").exists()


def test_a_run_leaves_a_record_that_can_be_published(trained, tiny_base, chat_file):
    out, _ = trained
    record = find_record(out)
    assert record.method == "sft"
    assert (record.n_steps, record.seed, record.base) == (4, 1, "tiny")
    assert record.data[0].n_rows == 200
    assert len(record.base_digest) == 64
    assert record.metrics["eval_loss"] < record.metrics["train_loss"]
    assert record.wall_time_s > 0
    assert record.peak_memory_bytes > 0
    assert {"trl", "peft", "torch", "transformers"} <= set(record.versions)
    text = (out / "run.json").read_text()
    assert str(tiny_base.parent) not in text
    assert str(chat_file.parent) not in text
    assert socket.gethostname() not in text


def test_a_run_leaves_metrics_as_lines_and_for_tensorboard(trained):
    out, _ = trained
    rows = read_metrics(out / "metrics.jsonl")
    assert [row["step"] for row in rows if "loss" in row] == [1, 2, 3, 4]
    assert [row["step"] for row in rows if "eval_loss" in row] == [2, 4]
    assert list((out / "tensorboard").iterdir())


def test_the_memory_is_said_first(trained):
    _, output = trained
    assert output.index("memory, at most") < output.index("4 steps")


def test_a_finished_run_is_not_repeated(trained, run_train, tiny_base, chat_file):
    out, _ = trained
    before = (out / "run.json").stat().st_mtime_ns
    data = ("--data", chat_file, "--dev", chat_file)
    steps = ("--max-steps", "4", "--save-steps", "2", "--learning-rate", "1e-2")
    run_train("sft", "--base", tiny_base, *data, "--out", out, *QUICK, *steps)
    assert (out / "run.json").stat().st_mtime_ns == before


def test_another_run_does_not_replace_a_result(trained, run_train, tiny_base, chat_file):
    out, _ = trained
    words = ("sft", "--base", tiny_base, "--data", chat_file, "--out", out, *QUICK)
    assert "another run" in run_train(*words, fails=True)


def test_gradients_flow_into_the_adapter_alone(tiny_base, chat_file, tmp_path):
    settings = TuneSettings(max_steps=2, batch_rows=8, micro_rows=8, max_tokens=64)
    rows = load_rows([chat_file], Method.SFT)
    job = TuneJob(
        method=Method.SFT, base=str(tiny_base), rows=rows, out_dir=tmp_path, settings=settings
    )
    place = find_place(Device.CPU, Precision.FP32)
    trainer = build_trainer(gather_material(job, place, []))
    before = {name: value.clone() for name, value in trainer.model.named_parameters()}
    trainer.train()
    moved = {
        name
        for name, value in trainer.model.named_parameters()
        if not torch.equal(value, before[name])
    }
    assert moved
    assert all("lora_" in name for name in moved)
    assert all(
        ("lora_" in name) == value.requires_grad
        for name, value in trainer.model.named_parameters()
    )


def test_every_weight_is_trained_in_full(run_train, tiny_base, chat_file, tmp_path):
    out = tmp_path / "out"
    run_train(
        "sft",
        "--full",
        "--base",
        tiny_base,
        "--data",
        chat_file,
        "--out",
        out,
        *QUICK,
        "--max-steps",
        "2",
    )
    before, after = (load_file(folder / "model.safetensors") for folder in (tiny_base, out))
    assert set(before) == set(after)
    assert not any(torch.equal(before[name], after[name]) for name in before)
    assert find_record(out).n_trained == sum(value.numel() for value in after.values())


def test_twenty_rows_are_learnt_by_heart(run_train, tiny_base, write_rows, tmp_path):
    rows = [chat_row(a, (3 * a) % 10) for a in range(20)]
    path, out = write_rows("twenty.jsonl", rows), tmp_path / "out"
    run_train(
        "sft",
        "--full",
        "--base",
        tiny_base,
        "--data",
        path,
        "--out",
        out,
        "--max-tokens",
        "64",
        "--micro-rows",
        "20",
        "--batch-rows",
        "20",
        "--epochs",
        "60",
        "--learning-rate",
        "1e-2",
        "--log-steps",
        "10",
    )
    losses = [row["loss"] for row in read_metrics(out / "metrics.jsonl") if "loss" in row]
    assert losses[0] > 5
    assert losses[-1] < 0.02
    model, tokenizer = (
        AutoModelForCausalLM.from_pretrained(out),
        AutoTokenizer.from_pretrained(out),
    )
    prompt = tokenizer.apply_chat_template(
        rows[7]["messages"][:1], add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    said = model.generate(**prompt, max_new_tokens=16, do_sample=False)
    text = tokenizer.decode(said[0, prompt["input_ids"].shape[1] :], skip_special_tokens=True)
    assert text == "a=7+1<ans>a"


def test_a_run_stops_when_the_development_rows_show_no_gain(
    run_train, tiny_base, chat_file, write_rows, tmp_path
):
    other = [chat_row(a, a) for a in range(9)]
    for row in other:
        row["messages"][1]["content"] = "~~~~ zzz ~~~~"
    dev, out = write_rows("dev.jsonl", other), tmp_path / "out"
    run_train(
        "sft",
        "--full",
        "--base",
        tiny_base,
        "--data",
        chat_file,
        "--dev",
        dev,
        "--out",
        out,
        *QUICK,
        "--learning-rate",
        "1e-2",
        "--epochs",
        "10",
        "--save-steps",
        "4",
        "--patience",
        "1",
    )
    record = find_record(out)
    assert record.n_steps < 100
    assert "no gain" in record.stopped
    evaluated = [
        row["eval_loss"] for row in read_metrics(out / "metrics.jsonl") if "eval_loss" in row
    ]
    assert evaluated[-1] > min(evaluated)
    assert record.metrics["best_eval_loss"] == pytest.approx(min(evaluated))
    assert record.metrics["best_step"] < record.n_steps


def test_a_missing_service_is_one_line(run_train, tiny_base, chat_file, tmp_path):
    words = ("sft", "--base", tiny_base, "--data", chat_file, "--out", tmp_path / "out")
    output = run_train(*words, *QUICK, "--report-to", "wandb", fails=True)
    assert output.splitlines()[-1].startswith("Error: --report-to wandb needs the package wandb")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--base", "nowhere/at-all"), "neither a folder here nor a model"),
        (("--base", "{empty}"), "holds no model"),
        (("--base", "{base}", "--from-adapter", "{base}"), "holds no adapter"),
        (("--base", "{base}", "--rank", "4", "--full"), "--rank says nothing"),
        (("--base", "{base}", "--batch-rows", "3"), "multiple"),
        (("--base", "{base}", "--max-tokens", "2"), "every row has more than 2 tokens"),
        (("--base", "{base}", "--targets", "nowhere"), "no adapter fits the model"),
        (("--base", "{base}", "--preset", "none"), "no preset 'none'"),
        (("--base", "{base}", "--preset", "verifier-3b"), "one for reward"),
        ((), "which model"),
    ],
    ids=str,
)
def test_what_cannot_be_run_is_said_in_one_line(
    run_train, tiny_base, chat_file, tmp_path, monkeypatch, words, fault
):
    # A name that is no folder is looked for in the local cache alone.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    given = [word.format(base=tiny_base, empty=tmp_path) for word in words]
    output = run_train("sft", "--data", chat_file, "--out", tmp_path / "o", *given, fails=True)
    (line,) = [one for one in output.splitlines() if "Error: " in one]
    assert fault in line
    assert output.strip().endswith(line)


def test_a_run_that_does_not_fit_is_refused_with_advice(
    run_train, tiny_base, chat_file, tmp_path, monkeypatch
):
    monkeypatch.setattr("engine.training.tune.device._find_memory", lambda _: 2**20)
    words = ("sft", "--base", tiny_base, "--data", chat_file, "--out", tmp_path / "out", *QUICK)
    output = run_train(*words, fails=True)
    assert "does not fit" in output
    assert "--recompute" in output
    assert "--micro-rows 1" in output
    run_train(*words, "--force", "--max-steps", "1")
