"""What a later stage lacks is said before the first begins."""

from __future__ import annotations

import json

import pytest

from engine.training.errors import TrainingError
from engine.training.tune.curriculum import read_curriculum
from engine.training.tune.stages import plan_stages, run_curriculum

HEAD = 'base = "no/model"\nout = "runs"\n'
FIRST = '[[stage]]\nname = "first"\nmethod = "sft"\ndata = ["rows.jsonl"]\n'


@pytest.fixture
def curriculum(tmp_path):
    """A function that reads a file of stages beside rows of each layout."""
    pair = {"prompt": "q", "chosen": "a", "rejected": "b"}
    (tmp_path / "rows.jsonl").write_text(json.dumps({"prompt": "q", "completion": "a"}) + "\n")
    (tmp_path / "pairs.jsonl").write_text(json.dumps(pair) + "\n")
    (tmp_path / "tasks.jsonl").write_text(json.dumps({"prompt": "q", "answer": "1"}) + "\n")

    def read(text):
        path = tmp_path / "stages.toml"
        path.write_text(text)
        return read_curriculum(path)

    return read


def stage(rest, *, name="last", method="sft", data="rows.jsonl"):
    files = f'data = ["{data}"]\n' if data else ""
    return f'[[stage]]\nname = "{name}"\nmethod = "{method}"\n{files}{rest}\n'


@pytest.mark.parametrize(
    ("last", "fault"),
    [
        (stage("", data="nowhere.jsonl"), "nowhere.jsonl: No such file"),
        (stage('dev = ["nowhere.jsonl"]'), "nowhere.jsonl: No such file"),
        (stage("", data="pairs.jsonl"), "line 1: `completion`"),
        (stage('preset = "gpt-2"'), "no preset 'gpt-2'"),
        (stage('preset = "mine.toml"'), "no preset"),
        (stage('preset = "verifier-3b"'), "one for reward, not sft"),
        (stage("settings = { learning_rat = 1 }"), "'learning_rat'"),
        (stage("settings = { learning_rate = 'high' }"), "learning_rate is 'high', not a number"),
        (stage("settings = { lora = 3 }"), "lora is 3"),
        (stage("settings = { lora = { rank = 0 } }"), "rank is 0"),
        (stage('settings = { device = "cpu", precision = "fp16" }'), "not in fp16"),
        (stage("own = { beta = 0.1 }"), "sft has no settings of its own"),
        (stage("own = { betta = 1 }", method="dpo", data="pairs.jsonl"), "'betta'"),
        (stage("settings = { lora = false }"), "needs a `merge` before it"),
        (stage("own = { n_samples = 1 }", method="grpo"), "n_samples is 1"),
        (stage("own = { n_samples = 5 }", method="grpo", data="tasks.jsonl"), "groups of 5"),
    ],
    ids=lambda text: text[-30:],
)
def test_what_is_wrong_with_the_last_stage_is_said_before_the_first(
    curriculum, tmp_path, last, fault
):
    with pytest.raises(TrainingError, match="stage last: ") as caught:
        run_curriculum(curriculum(HEAD + FIRST + last))
    assert fault in str(caught.value)
    assert not (tmp_path / "runs").exists()


def test_a_model_too_large_for_the_device_is_refused_before_the_first(curriculum, tmp_path):
    text = HEAD.replace("no/model", "Qwen/Qwen2.5-14B-Instruct") + FIRST.replace("first", "small")
    whole = 'preset = "qwen2.5-14b"\nsettings = { lora = false, device = "cpu" }'
    # The first stage names no preset, so that nothing is known of what it takes.
    text += stage("", name="whole", method="merge", data="") + stage(whole)
    with pytest.raises(TrainingError, match="stage last: this run does not fit"):
        run_curriculum(curriculum(text))
    assert not (tmp_path / "runs").exists()


def test_there_is_an_adapter_to_merge(curriculum):
    with pytest.raises(TrainingError, match="stage last: there is no adapter"):
        plan_stages(curriculum(HEAD + stage("", method="merge", data="")))


def test_each_stage_goes_on_from_the_one_before(curriculum, tmp_path):
    names = ("adapter", "reward", "more", "whole", "full", "last")
    methods = ("sft", "reward", "sft", "merge", "sft", "dpo")
    rests = ("", "", "", "", "settings = { lora = false }", "")
    tables = (
        stage(rest, name=name, method=method, data="" if method == "merge" else "rows.jsonl")
        for name, method, rest in zip(names, methods, rests, strict=True)
    )
    planned = plan_stages(curriculum(HEAD + "".join(tables)))
    runs = tmp_path / "runs"
    jobs = {one.stage.name: one.job for one in planned}
    assert jobs["adapter"].from_adapter is None
    # A reward model has a head of its own, and stands beside the line.
    assert jobs["reward"].from_adapter is None
    assert jobs["more"].from_adapter == runs / "adapter"
    assert jobs["whole"] is None
    assert jobs["full"].base == str(runs / "whole")
    assert jobs["last"].base == str(runs / "full")
    assert jobs["last"].from_adapter is None
