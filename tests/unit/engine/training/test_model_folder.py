"""What a model's folder holds for servers beside its weights."""

from __future__ import annotations

import pytest
from transformers import AutoTokenizer

from engine.training.model_folder import ModelShape, new_model, save_folder

QUESTION = {"role": "user", "content": "How many\n clips?"}
TOOLS = [{"type": "function", "function": {"name": "plot"}}]
CALLS = [{"type": "function", "function": {"name": "plot", "arguments": {"kind": "bar"}}}]


@pytest.fixture(name="saved", scope="module")
def _saved(tokenizer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    shape = ModelShape(width=64, inner_width=64, n_layers=1)
    save_folder(folder, new_model(tokenizer, shape, seed=0), tokenizer, sampling_temperature=0.8)
    return AutoTokenizer.from_pretrained(folder)


@pytest.mark.parametrize(
    ("messages", "tools", "prompt"),
    [
        ([QUESTION], None, "<q>How many clips?<prog>"),
        ([QUESTION], TOOLS, "<tool>plot<q>How many clips?<tool>"),
        (
            [
                QUESTION,
                {"role": "assistant", "content": None, "tool_calls": CALLS},
                {"role": "tool", "content": "drawn"},
            ],
            None,
            '<q>How many clips?<tool>plot{"kind":"bar"}<result>drawn',
        ),
    ],
    ids=["question", "tools", "result"],
)
def test_a_chat_is_put_to_the_model_in_its_own_marks(saved, messages, tools, prompt):
    rendered = saved.apply_chat_template(
        messages, tools=tools, tokenize=False, add_generation_prompt=True
    )
    assert rendered == prompt


def test_a_text_has_the_same_tokens_with_and_without_a_template(saved, tokenizer):
    text = "<q>How many clips?<prog>a=48/2<ans>a</s>"
    assert saved(text).input_ids == tokenizer(text).input_ids
