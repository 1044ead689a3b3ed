"""What is loaded fits together, and what the base has beside its weights goes along."""

from __future__ import annotations

import json
import shutil

import pytest
from peft import get_peft_model
from transformers import GPT2Config, Qwen3Config, Qwen3ForCausalLM

from engine.training.errors import TrainingError
from engine.training.record import find_record
from engine.training.tune.device import find_place
from engine.training.tune.model import (
    adapter_config,
    copy_profile,
    copy_tokenizer,
    load_adapter,
    load_base,
    load_tokenizer,
    stretch_context,
)
from engine.training.tune.settings import (
    Device,
    LoraSettings,
    Method,
    Precision,
    TuneSettings,
)
from tests.integration.training.conftest import chat_row, pair_row

SETTINGS = TuneSettings()
PLACE = find_place(Device.CPU, Precision.FP32)
QUICK = "batch_rows = 4, micro_rows = 4, max_tokens = 64, max_steps = 2"


def test_a_folder_without_a_model_is_refused(tiny_base, tmp_path):
    shutil.copytree(tiny_base, tmp_path / "half")
    (tmp_path / "half" / "model.safetensors").unlink()
    with pytest.raises(TrainingError, match="no model that can be loaded"):
        load_base(str(tmp_path / "half"), Method.SFT, SETTINGS, PLACE)


def test_an_adapter_of_another_model_is_refused(tiny_base, tmp_path):
    other = Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=64,
            hidden_size=32,
            intermediate_size=32,
            num_hidden_layers=1,
            num_attention_heads=1,
            num_key_value_heads=1,
            head_dim=32,
        )
    )
    adapted = get_peft_model(other, adapter_config(LoraSettings(), Method.SFT))
    adapted.save_pretrained(str(tmp_path))
    base = load_base(str(tiny_base), Method.SFT, SETTINGS, PLACE)
    with pytest.raises(TrainingError, match="does not fit"):
        load_adapter(base, tmp_path)
    with pytest.raises(TrainingError, match="holds no adapter"):
        load_adapter(base, tmp_path / "nowhere")


def test_an_adapter_of_another_kind_is_refused(run_train, tiny_base, pair_file, tmp_path):
    size = ("--max-tokens", "64", "--max-steps", "1")
    words = ("--base", tiny_base, "--data", pair_file, *size)
    run_train("reward", *words, "--out", tmp_path / "reward")
    given = ("--from-adapter", tmp_path / "reward", "--out", tmp_path / "out")
    assert "one for SEQ_CLS" in run_train("dpo", *words, *given, fails=True)


def test_a_model_without_rotary_positions_is_not_stretched():
    with pytest.raises(TrainingError, match="no rotary positions"):
        stretch_context(GPT2Config(), TuneSettings(context_tokens=4096))


def test_a_tokenizer_without_padding_pads_with_its_end(tiny_base, tmp_path):
    shutil.copytree(tiny_base, tmp_path / "model")
    path = tmp_path / "model" / "tokenizer_config.json"
    config = json.loads(path.read_text())
    del config["pad_token"]
    path.write_text(json.dumps(config))
    tokenizer = load_tokenizer(str(tmp_path / "model"))
    assert tokenizer.pad_token == tokenizer.eos_token


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_tuned_tokenizer_pads_on_the_side_that_its_base_did(tiny_base, tmp_path, side):
    shutil.copytree(tiny_base, tmp_path / "model")
    path = tmp_path / "model" / "tokenizer_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "padding_side": side}))
    base = str(tmp_path / "model")
    copy_tokenizer(base, load_tokenizer(base), tmp_path / "out")
    assert load_tokenizer(str(tmp_path / "out")).padding_side == side


def test_files_of_the_tokenizer_and_the_profile_go_along(tiny_base, tiny_tokenizer, tmp_path):
    base, out = tmp_path / "base", tmp_path / "out"
    shutil.copytree(tiny_base, base)
    # SentencePiece's own file, which some servers read instead.
    (base / "tokenizer.model").write_bytes(b"pieces")
    (base / "svend-profile.json").write_text('{"name": "tiny"}')
    copy_tokenizer(str(base), tiny_tokenizer, out)
    copy_profile(str(base), out)
    assert (out / "tokenizer.model").read_bytes() == b"pieces"
    assert json.loads((out / "svend-profile.json").read_text()) == {"name": "tiny"}
    assert (out / "chat_template.jinja").exists()


def test_a_reward_model_stands_beside_the_line_and_whole_weights_are_the_next_base(
    run_train, tiny_base, write_rows
):
    chats = write_rows("chats.jsonl", [chat_row(a, 1) for a in range(8)])
    pairs = chats.parent / "pairs.jsonl"
    pairs.write_text("".join(json.dumps(pair_row(a, 2)) + "\n" for a in range(8)))
    stage = '[[stage]]\nname = "{}"\nmethod = "{}"\ndata = ["{}"]\nsettings = {{ {} }}\n'
    full = f"{QUICK}, lora = false"
    file = chats.parent / "stages.toml"
    file.write_text(
        f'base = "{tiny_base}"\nout = "runs"\n'
        + stage.format("whole", "sft", "chats.jsonl", full)
        + stage.format("judge", "reward", "pairs.jsonl", QUICK)
        + stage.format("adapter", "sft", "chats.jsonl", QUICK)
    )
    run_train("stages", file)
    runs = chats.parent / "runs"
    assert find_record(runs / "judge").base == "whole"
    assert find_record(runs / "adapter").base == "whole"
    assert find_record(runs / "adapter").parent == ""
    with file.open("a") as written:
        written.write(stage.format("again", "sft", "chats.jsonl", full))
    output = run_train("stages", file, fails=True)
    assert "stage again: a stage that trains every weight needs a `merge`" in output


def test_a_broken_off_second_stage_keeps_its_reference(run_train, tiny_base, pair_file, tmp_path):
    words = ("--base", tiny_base, "--data", pair_file, "--max-tokens", "64")
    first, out = tmp_path / "first", tmp_path / "out"
    run_train("dpo", *words, "--out", first, "--max-steps", "2", "--learning-rate", "1e-2")
    given = ("--from-adapter", first, "--out", out, "--save-steps", "2", "--log-steps", "1")
    steps = ("--max-steps", "4", "--learning-rate", "1e-2")
    run_train("dpo", *words, *given, *steps, "--keep-checkpoints")
    straight = find_record(out).metrics["rewards/margins"]
    (out / "run.json").unlink()
    shutil.rmtree(out / "checkpoints" / "checkpoint-4")
    run_train("dpo", *words, *given, *steps)
    assert find_record(out).metrics["rewards/margins"] == pytest.approx(straight, rel=1e-3)
