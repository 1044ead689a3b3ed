"""A model of a hundred thousand parameters with a chat template, and a way to run commands."""

from __future__ import annotations

import json

import pytest
import torch
from click.testing import CliRunner
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

from scripts.svend.training_commands import train

CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
MARKS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    # Models here are so small that threads only wait for one another.
    torch.set_num_threads(1)


def chat_row(a, b):
    return {
        "messages": [
            {"role": "user", "content": f"What is {a} and {b}?"},
            {"role": "assistant", "content": f"a={a}+{b}<ans>a"},
        ],
        "answer": str(a + b),
    }


def pair_row(a, b):
    user, said = chat_row(a, b)["messages"]
    wrong = {**said, "content": f"a={a}-{b}<ans>a"}
    return {"prompt": [user], "chosen": [said], "rejected": [wrong]}


@pytest.fixture(scope="session")
def tiny_tokenizer():
    texts = [turn["content"] for a in range(30) for turn in chat_row(a, a % 7)["messages"]]
    bare = Tokenizer(models.BPE())
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bare.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=320, special_tokens=MARKS, initial_alphabet=alphabet, show_progress=False
    )
    bare.train_from_iterator(texts, trainer)
    bare.add_tokens([AddedToken("<ans>", special=False, normalized=False)])
    return PreTrainedTokenizerFast(
        tokenizer_object=bare,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        clean_up_tokenization_spaces=False,
        chat_template=CHAT_TEMPLATE,
    )


@pytest.fixture(scope="session")
def tiny_base(tiny_tokenizer, tmp_path_factory):
    """A folder with an untrained model of about a hundred thousand parameters."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=len(tiny_tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=32,
        max_position_embeddings=256,
        tie_word_embeddings=True,
        # At this width the usual deviation of 0.02 takes hundreds of steps to leave.
        initializer_range=0.1,
        eos_token_id=tiny_tokenizer.eos_token_id,
        pad_token_id=tiny_tokenizer.pad_token_id,
        bos_token_id=None,
    )
    Qwen3ForCausalLM(config).save_pretrained(folder)
    tiny_tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def write_rows(tmp_path_factory):
    """A function that writes rows to a file of its own."""

    def write(name, rows):
        path = tmp_path_factory.mktemp("rows") / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def chat_file(write_rows):
    return write_rows("chat.jsonl", [chat_row(a, b) for a in range(20) for b in range(10)])


@pytest.fixture(scope="session")
def pair_file(write_rows):
    return write_rows("pairs.jsonl", [pair_row(a, b) for a in range(20) for b in range(1, 11)])


@pytest.fixture(scope="session")
def run_train():
    """A function that runs `svend train …` and returns its output."""

    def run(*arguments, fails=False):
        words = [str(argument) for argument in arguments]
        result = CliRunner().invoke(train, words, catch_exceptions=False)
        assert (result.exit_code != 0) == fails, result.output
        return result.output

    return run
