"""Only what the assistant says is a target; what is too long is left out."""

from __future__ import annotations

import pytest
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from engine.training.datasets.render import Rendering
from engine.training.errors import DatasetError, TrainingError
from engine.training.example import Category, Conversation, Message, Origin, Role, ToolUse
from engine.training.tune.encode import (
    DEV_ROW,
    IGNORED,
    encode_row,
    encode_rows,
    fit_prompts,
    keep_last_runs,
    require_template,
)

CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
ORIGIN = Origin(source="tests", licence="MIT", category=Category.MATH)


def make_tokenizer(chat_template=CHAT_TEMPLATE, marks=("<|im_start|>", "<|im_end|>")):
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    bare = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bare.decoder = decoders.ByteLevel()
    bare.add_tokens([AddedToken(mark, special=True, normalized=False) for mark in marks])
    return PreTrainedTokenizerFast(
        tokenizer_object=bare,
        eos_token="<|im_end|>",
        clean_up_tokenization_spaces=False,
        chat_template=chat_template,
    )


@pytest.fixture(scope="module")
def tokenizer():
    return make_tokenizer()


def talk(*turns, **rest):
    messages = tuple(Message(role=Role(role), content=content) for role, content in turns)
    return Conversation(messages=messages, origin=ORIGIN, **rest)


def trained(row, tokenizer):
    """The texts of the runs of targets."""
    encoded = encode_row(row, Rendering(tokenizer=tokenizer, schemas={}))
    assert len(encoded.ids) == len(encoded.targets)
    runs, inside = [], False
    for token, target in zip(encoded.ids, encoded.targets, strict=True):
        assert target in {IGNORED, token}
        if target != IGNORED:
            runs = [*runs[:-1], [*runs[-1], token]] if inside else [*runs, [token]]
        inside = target != IGNORED
    return [tokenizer.decode(run).strip() for run in runs]


def test_every_turn_of_the_assistant_is_trained_and_no_other(tokenizer):
    row = {
        "conversation": talk(
            ("system", "be brief"),
            ("user", "1+1?"),
            ("assistant", "two"),
            ("user", "2+2?"),
            ("assistant", "four"),
        ),
        "n_trained_turns": 2,
    }
    assert trained(row, tokenizer) == ["two<|im_end|>", "four<|im_end|>"]


def test_of_a_prompt_with_turns_the_completion_alone_is_trained(tokenizer):
    turns = (("user", "1+1?"), ("assistant", "two"), ("user", "2+2?"), ("assistant", "four"))
    row = {"conversation": talk(*turns), "n_trained_turns": 1}
    assert trained(row, tokenizer) == ["four<|im_end|>"]


def test_the_result_of_a_tool_is_not_trained(tokenizer):
    call = ToolUse(name="calculator", arguments={"expression": "1+1"})
    messages = (
        Message(role=Role.USER, content="1+1?"),
        Message(role=Role.ASSISTANT, content="I ask.", calls=(call,)),
        Message(role=Role.TOOL, content="2468"),
        Message(role=Role.ASSISTANT, content="It is two."),
    )
    conversation = Conversation(messages=messages, origin=ORIGIN, tools=("calculator",))
    said = trained({"conversation": conversation, "n_trained_turns": 2}, tokenizer)
    assert len(said) == 2
    assert "calculator" in said[0]
    assert said[1] == "It is two.<|im_end|>"
    assert not any("2468" in one for one in said)


def test_of_texts_the_completion_is_trained_with_an_end(tokenizer):
    assert trained({"prompt": "1+1=", "completion": "2"}, tokenizer) == ["2<|im_end|>"]
    assert trained({"prompt": "1=", "completion": "1<|im_end|>"}, tokenizer) == ["1<|im_end|>"]


def test_what_is_too_long_is_left_out_whole(tokenizer):
    rows = [{"prompt": "a" * n, "completion": "b"} for n in (3, 30, 4)]
    found = encode_rows(rows, tokenizer, max_tokens=10)
    assert (len(found.rows), found.n_too_long) == (2, 1)
    assert all(len(row.ids) <= 10 for row in found.rows)


def test_that_nothing_fits_is_said(tokenizer):
    with pytest.raises(TrainingError, match="the shortest has 32"):
        encode_rows([{"prompt": "a" * 30, "completion": "b"}], tokenizer, max_tokens=10)


@pytest.mark.parametrize(
    ("mask", "n_runs", "kept"),
    [
        ("0110110", 1, "0000110"),
        ("0110110", 2, "0110110"),
        ("0110110", 9, "0110110"),
        ("1101", 1, "0001"),
        ("111", 1, "111"),
        ("111", 0, "000"),
        ("", 1, ""),
    ],
)
def test_the_last_runs_of_a_mask_are_kept(mask, n_runs, kept):
    found = keep_last_runs([one == "1" for one in mask], n_runs)
    assert "".join("01"[one] for one in found) == kept


def test_a_row_that_trains_nothing_is_refused(tokenizer):
    row = {"conversation": talk(("user", "a"), ("assistant", "b")), "n_trained_turns": 0}
    with pytest.raises(DatasetError, match="nothing"):
        trained(row, tokenizer)


def test_the_row_that_is_refused_is_named(tokenizer):
    good = {"conversation": talk(("user", "a"), ("assistant", "b")), "n_trained_turns": 1}
    rows = [good, {**good, "n_trained_turns": 0}]
    with pytest.raises(DatasetError, match=r"^row 2: it holds nothing"):
        encode_rows(rows, tokenizer, max_tokens=64)
    with pytest.raises(DatasetError, match=r"^development row 2: "):
        encode_rows(rows, tokenizer, max_tokens=64, name=DEV_ROW)


def test_the_prompt_that_a_template_cannot_take_is_named():
    strict = make_tokenizer(
        "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('no') }}"
        "{% endif %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}"
    )
    prompts = [[{"role": role, "content": "be brief"}] for role in ("user", "system")]
    with pytest.raises(DatasetError, match=r"^row 2: the template knows no system turn"):
        fit_prompts([{"prompt": prompt, "answer": "2"} for prompt in prompts], strict)


def test_messages_need_a_chat_template():
    bare = make_tokenizer(chat_template=None)
    rows = [{"prompt": [{"role": "user", "content": "1+1?"}], "chosen": [], "rejected": []}]
    with pytest.raises(TrainingError, match="no chat template"):
        require_template(rows, bare)
    with pytest.raises(TrainingError, match="no chat template"):
        fit_prompts(rows, bare)


def test_a_model_of_svend_minis_format_takes_a_question_by_its_marks():
    bare = make_tokenizer(chat_template=None, marks=("<|im_end|>", "<q>", "<prog>"))
    rows = [{"prompt": [{"role": "user", "content": "1+1?"}], "answer": "2"}]
    assert fit_prompts(rows, bare) == [{"prompt": "<q>1+1?<prog>", "answer": "2"}]


def test_a_system_turn_goes_into_the_question_where_a_template_knows_none():
    strict = make_tokenizer(
        "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('no') }}"
        "{% endif %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}"
    )
    turns = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "1+1?"}]
    [row] = fit_prompts([{"prompt": turns, "answer": "2"}], strict)
    assert row["prompt"] == [{"role": "user", "content": "be brief\n\n1+1?"}]


def test_prompts_that_are_texts_stay_as_they_are(tokenizer):
    assert fit_prompts([{"prompt": "1+1=", "answer": "2"}], tokenizer)[0]["prompt"] == "1+1="
