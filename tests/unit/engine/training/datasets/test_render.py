"""Through every kind of chat template, the assistant's words are trained and nobody else's.

The templates of Qwen and Llama are those that TRL ships; Mistral's and the plain ones are written
here. The tokenizer knows bytes and the marks only.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from engine.training import rows
from engine.training.datasets.chat_template import TURN_ENDS, ChatTemplate
from engine.training.datasets.mini_template import mini_chat_template
from engine.training.datasets.render import render
from engine.training.errors import DatasetError
from engine.training.example import Conversation, ToolUse
from engine.training.row_format import MARKS, RESERVED
from tests.unit.engine.training.datasets.made_up import ORIGIN, say, talk, talk_with_tool

FIXTURES = Path(__file__).parents[4] / "fixtures" / "training" / "datasets"
PUBLISHED = Path(next(iter(find_spec("trl").submodule_search_locations))) / "chat_templates"
PLAIN = """\
{%- for message in messages %}{{ message.role }}: {{ message.content }}
{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}"""
NO_SYSTEM = """\
{%- for message in messages %}
{%- if message.role not in ['user', 'assistant'] %}{{- raise_exception('no') }}{%- endif %}
{{- '<|' + message.role + '|>' + message.content + eos_token }}
{%- endfor %}"""
TEMPLATES = {
    "mistral": (FIXTURES / "mistral.jinja").read_text(),
    "plain": PLAIN,
    "no-system": NO_SYSTEM,
    **{
        name: (PUBLISHED / f"{name}.jinja").read_text()
        for name in ("llama3", "llama3_1", "qwen2_5", "qwen3", "qwen3_training")
    },
}
WITH_TOOLS = ("mistral", "llama3_1", "qwen2_5", "qwen3", "qwen3_training")
WITHOUT_TOOLS = ("llama3", "plain", "no-system")


def make_tokenizer(template):
    vocabulary = {c: i for i, c in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    marks = dict.fromkeys((*MARKS, *RESERVED, *TURN_ENDS, "<s>", "[INST]", "[/INST]"))
    tokenizer.add_tokens([AddedToken(mark, special=False, normalized=False) for mark in marks])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", chat_template=template
    )


@pytest.fixture(scope="module")
def tokenizers():
    return {name: make_tokenizer(template) for name, template in TEMPLATES.items()}


def trained_text(rendered, tokenizer):
    """What is trained, a line each stretch."""
    stretches, before = [], False
    for token, on in zip(rendered.ids, rendered.mask, strict=True):
        if on and not before:
            stretches.append([])
        if on:
            stretches[-1].append(token)
        before = on
    return [tokenizer.decode(stretch) for stretch in stretches]


def two_rounds():
    turns = (
        say("system", "Be brief."),
        say("user", "What is 2 and 3?"),
        say("assistant", "It is 5."),
        say("user", "And 4 more?"),
        say("assistant", "It is 9."),
    )
    return Conversation(messages=turns, origin=ORIGIN)


@pytest.mark.parametrize("name", TEMPLATES)
def test_only_the_assistants_turns_are_trained(tokenizers, name):
    rendered = render(two_rounds(), tokenizers[name])
    first, second = trained_text(rendered, tokenizers[name])

    assert "It is 5." in first
    assert "It is 9." in second
    assert not any(w in first + second for w in ("Be brief.", "What is", "And 4", "user"))


@pytest.mark.parametrize("name", [n for n in TEMPLATES if n != "plain"])
def test_the_end_of_each_turn_is_trained(tokenizers, name):
    for stretch in trained_text(render(two_rounds(), tokenizers[name]), tokenizers[name]):
        assert stretch.rstrip().endswith(TURN_ENDS)
        assert sum(stretch.count(mark) for mark in TURN_ENDS) == 1


@pytest.mark.parametrize("name", ["llama3", "qwen2_5", "qwen3_instruct_2507"])
@pytest.mark.parametrize("conversation", [two_rounds(), talk_with_tool()], ids=["talk", "tool"])
def test_found_places_are_those_that_a_marked_template_tells(name, conversation):
    stretches, texts = [], set()
    for each in (name, f"{name}_training"):
        tokenizer = make_tokenizer((PUBLISHED / f"{each}.jinja").read_text())
        rendered = render(conversation, tokenizer)
        texts.add(rendered.text)
        # Some mark the line's ends around the turn too, which belong to the prompt or to nobody.
        stretches.append([text.strip("\n") for text in trained_text(rendered, tokenizer)])

    assert len(texts) == 1
    assert stretches[0] == stretches[1]


@pytest.mark.parametrize("name", TEMPLATES)
def test_tokens_mask_and_labels_are_of_one_length(tokenizers, name):
    rendered = render(two_rounds(), tokenizers[name])

    assert len(rendered.ids) == len(rendered.mask) == len(rendered.labels)
    assert tokenizers[name].decode(rendered.ids) == rendered.text
    assert [label != -100 for label in rendered.labels] == list(rendered.mask)


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_is_known_of_tools_follows_from_the_template(tokenizers, name):
    assert ChatTemplate(tokenizers[name]).knows_tools == (name in WITH_TOOLS)


@pytest.mark.parametrize("name", WITH_TOOLS)
def test_calls_go_through_the_templates_own_notation(tokenizers, name):
    rendered = render(talk_with_tool(), tokenizers[name])
    call, answer = trained_text(rendered, tokenizers[name])

    assert '"calculator"' in call
    assert '"48/2"' in call
    assert call.rstrip().endswith(TURN_ENDS)
    assert "Half of 48 is 24." in answer
    assert '{"value":"24"}' in rendered.text.replace('\\"', '"')
    assert "value" not in call + answer


@pytest.mark.parametrize("name", WITHOUT_TOOLS)
def test_calls_are_written_out_where_the_template_knows_none(tokenizers, name):
    rendered = render(talk_with_tool(), tokenizers[name])
    call, answer = trained_text(rendered, tokenizers[name])

    assert '```tool\n{"name": "calculator", "arguments": {"expression": "48/2"}}\n```' in call
    assert '```output\n{"value":"24"}\n```' in rendered.text
    assert "calculator" in rendered.text.partition("What is half")[0]
    assert "Half of 48 is 24." in answer


def test_a_tokenizer_that_marks_blanks_is_followed_too():
    # SentencePiece's way, as Mistral's and Llama 2's tokenizers have it.
    words = ["▁It", "▁is", "▁5.", "▁9.", "[INST]", "[/INST]", "</s>", "<s>", "<unk>"]
    vocabulary = {word: index for index, word in enumerate(words)}
    inner = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    inner.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
    inner.add_special_tokens(["[INST]", "[/INST]", "</s>", "<s>"])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner,
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        chat_template=TEMPLATES["mistral"],
    )
    rendered = render(two_rounds(), tokenizer)
    pairs = zip(rendered.ids, rendered.mask, strict=True)
    trained = tokenizer.convert_ids_to_tokens([token for token, on in pairs if on])

    assert trained == ["▁It", "▁is", "▁5.", "</s>", "▁It", "▁is", "▁9.", "</s>"]


def test_a_system_turn_goes_into_the_question_where_there_is_none(tokenizers):
    rendered = render(two_rounds(), tokenizers["no-system"])
    assert rendered.text.startswith("<|user|>Be brief.\n\nWhat is 2 and 3?</s>")


def test_a_schema_is_told_to_the_model(tokenizers):
    schema = {"name": "calculator", "description": "Computes.", "parameters": {"type": "object"}}
    rendered = render(talk_with_tool(), tokenizers["qwen2_5"], {"calculator": schema})
    assert '"description": "Computes."' in rendered.text


def test_a_template_that_refuses_is_a_fault():
    tokenizer = make_tokenizer("{{ raise_exception('never') }}")
    with pytest.raises(DatasetError, match="refuses the conversation: never"):
        render(talk(), tokenizer)


def test_a_tokenizer_without_a_template_is_a_fault():
    with pytest.raises(DatasetError, match="no chat template"):
        render(talk(), make_tokenizer(None))


@pytest.fixture(scope="module")
def mini():
    return make_tokenizer(mini_chat_template())


CALL = ToolUse(name="unit_convert", arguments={"value": "5", "to": "<km>"})
CALLED = 'unit_convert{"to":"\\u003ckm>","value":"5"}'
ASKED = "How many km are 5 miles?"
ASK = say("user", "How many km are 5  miles?")
MINI_ROWS = {
    "solves": (
        talk("48 and half as many?", "a=48/2;b=48+a<ans>b"),
        "<q>48 and half as many?<prog>a=48/2;b=48+a<ans>b</s>",
        ["a=48/2;b=48+a<ans>b</s>"],
    ),
    "declines": (
        talk("How old is she?", "<ans><none>"),
        "<q>How old is she?<prog><ans><none></s>",
        ["<ans><none></s>"],
    ),
    "calls": (
        Conversation(messages=(ASK, say("assistant", "", CALL)), origin=ORIGIN),
        f"<q>{ASKED}<tool>{CALLED}</s>",
        [f"{CALLED}</s>"],
    ),
    "answers": (
        Conversation(
            messages=(
                ASK,
                say("assistant", "", CALL),
                say("tool", '"8 km"'),
                say("assistant", "8"),
            ),
            origin=ORIGIN,
            tools=("calculator", "unit_convert"),
        ),
        f'<tool>calculator unit_convert<q>{ASKED}<tool>{CALLED}<result>"8 km"<ans>8</s>',
        [CALLED, "<ans>8</s>"],
    ),
    "finds no tool": (
        talk("Who wrote it?", "No tool tells.", tools=("calculator",)),
        "<tool>calculator<q>Who wrote it?<tool><none></s>",
        ["<none></s>"],
    ),
}


@pytest.mark.parametrize("name", MINI_ROWS)
def test_svend_minis_own_marks_are_written(mini, name):
    conversation, text, trained = MINI_ROWS[name]
    rendered = render(conversation, mini)

    assert rendered.text == text
    assert trained_text(rendered, mini) == trained


def test_the_template_writes_what_rows_are_written_as(mini):
    solved, called = MINI_ROWS["solves"][0], MINI_ROWS["answers"][0]
    question, program = "48 and half as many?", "a=48/2;b=48+a"
    row = rows.Solved(question=question, program=program, answer="b")
    assert render(solved, mini).text == rows.render(row)
    use = rows.Called(
        question=ASKED,
        calls=(rows.render_call(CALL),),
        results=('"8 km"',),
        answer="8",
        offered=called.tools,
    )
    assert render(called, mini).text == rows.render(use)


def test_svend_mini_refuses_prose(mini):
    with pytest.raises(DatasetError, match="not with prose"):
        render(talk(), mini)
