"""A chat model of a published kind is tuned through its own template, which goes along."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from engine.training.tune.device import find_place
from engine.training.tune.job import TuneJob
from engine.training.tune.material import gather_material
from engine.training.tune.rows import load_rows
from engine.training.tune.run import build_trainer
from engine.training.tune.settings import Device, Method, Precision, TuneSettings

PUBLISHED = Path(next(iter(find_spec("trl").submodule_search_locations))) / "chat_templates"
LLAMA_MARKS = ("<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>")
KINDS = {
    "qwen2_5": (
        (Qwen2Config, Qwen2ForCausalLM),
        ("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
        {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"},
    ),
    "llama3": (
        (LlamaConfig, LlamaForCausalLM),
        (*LLAMA_MARKS, "<|end_header_id|>", "<|eot_id|>"),
        {"eos_token": "<|eot_id|>", "bos_token": "<|begin_of_text|>"},
    ),
}
TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "What is 2 and 3?"},
    {"role": "assistant", "content": "It is 5."},
    {"role": "user", "content": "And 4 more?"},
    {"role": "assistant", "content": "It is 9."},
]


def write_model(folder, kind):
    """A tiny model with a published template as a text in its tokenizer's settings."""
    (config, model), marks, named = KINDS[kind]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    bare = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bare.decoder = decoders.ByteLevel()
    bare.add_tokens([AddedToken(mark, special=True, normalized=False) for mark in marks])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bare, **named)
    tokenizer.save_pretrained(folder)
    path = folder / "tokenizer_config.json"
    template = (PUBLISHED / f"{kind}.jinja").read_text()
    path.write_text(json.dumps({**json.loads(path.read_text()), "chat_template": template}))
    torch.manual_seed(0)
    size = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1}
    ends = {"eos_token_id": tokenizer.eos_token_id, "bos_token_id": tokenizer.bos_token_id}
    model(config(vocab_size=len(tokenizer), **size, **heads, **ends)).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module", params=KINDS)
def base(request, tmp_path_factory):
    return write_model(tmp_path_factory.mktemp(request.param) / "base", request.param)


@pytest.fixture(scope="module")
def rows(write_rows):
    return write_rows("talks.jsonl", [{"messages": TALK}] * 4)


def test_the_assistants_words_and_their_end_alone_are_targets(base, rows, tmp_path):
    place = find_place(Device.CPU, Precision.FP32)
    job = TuneJob(
        method=Method.SFT,
        base=str(base),
        rows=load_rows([rows], Method.SFT),
        out_dir=tmp_path,
        settings=TuneSettings(max_steps=1, batch_rows=2, micro_rows=2),
    )
    trainer = build_trainer(gather_material(job, place, []))
    batch = next(iter(trainer.get_train_dataloader()))
    tokenizer = AutoTokenizer.from_pretrained(base)
    ids, targets = batch["input_ids"][0], batch["labels"][0]
    end = tokenizer.eos_token
    assert tokenizer.decode(targets[targets != -100]) == f"It is 5.{end}It is 9.{end}"
    # What a server is sent is the same text, with one token that begins it and no second.
    sent = tokenizer.apply_chat_template(TALK, tokenize=False)
    assert tokenizer.decode(ids[batch["attention_mask"][0] == 1]) == sent
    if tokenizer.bos_token:
        assert sent.count(tokenizer.bos_token) == 1


def test_tokenizer_and_template_go_along_into_adapter_and_merged_model(
    base, rows, run_train, tmp_path
):
    adapter, merged = tmp_path / "adapter", tmp_path / "merged"
    size = ("--max-steps", "1", "--batch-rows", "2", "--micro-rows", "2", "--max-tokens", "512")
    run_train("sft", "--base", base, "--data", rows, "--out", adapter, *size)
    run_train("merge", "--adapter", adapter, "--base", base, "--out", merged)
    expected = AutoTokenizer.from_pretrained(base)
    for folder in (adapter, merged):
        found = AutoTokenizer.from_pretrained(folder)
        assert found.chat_template == expected.chat_template
        assert found.get_vocab() == expected.get_vocab()
        assert (found.eos_token, found.bos_token) == (expected.eos_token, expected.bos_token)
    model = AutoModelForCausalLM.from_pretrained(merged)
    assert model.generation_config.eos_token_id == expected.eos_token_id
