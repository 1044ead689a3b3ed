"""A claim is put to a model as a server puts it."""

from __future__ import annotations

import pytest

from engine.domain.errors import InvalidInputError
from engine.training.row_format import CHECK
from engine.training.rows import Judged, render
from engine.training.verifier.claim_text import ChatLayout, MarkLayout, encode, find_layout

STEPS = ("a=48/2", "b=48+a")
CHAT_TEMPLATE = """\
{% for message in messages %}[{{ message.role }}]{{ message.content }}{% endfor %}\
{% if add_generation_prompt %}[assistant]{% endif %}"""


@pytest.mark.parametrize(
    ("steps", "answer"), [((STEPS[0],), ""), (STEPS, "b")], ids=["beginning", "whole"]
)
def test_a_claim_reads_as_the_base_models_judged_rows(steps, answer):
    row = Judged(question="Q?", program=";".join(steps), answer=answer, is_right=True)
    text = MarkLayout().render("Q?", steps, is_whole=bool(answer))
    assert text == render(row).partition(CHECK)[0] + CHECK


def test_a_named_answer_is_not_named_again():
    text = MarkLayout().render("Q?", ("a=1+2", "b=a+1<ans>a"), is_whole=True)
    assert text == "<q>Q?<prog>a=1+2;b=a+1<ans>a<check>"


def test_a_call_of_a_tool_stands_behind_its_own_mark():
    text = MarkLayout().render("Q?", ('<tool>calculator{"a":1}',), is_whole=True)
    assert text == '<q>Q?<tool>calculator{"a":1}<check>'


def test_a_question_is_one_line():
    assert MarkLayout().render("Two\n lines?", (), is_whole=False) == "<q>Two lines?<prog><check>"


def test_the_marks_are_used_where_the_tokenizer_has_them(mini_tokenizer):
    assert find_layout(mini_tokenizer).name == "marks"


class Plain:
    """A tokenizer that knows no mark."""

    def __init__(self, template):
        self.chat_template = template

    def __call__(self, text, *, add_special_tokens):
        return {"input_ids": [ord(char) for char in text]}

    def apply_chat_template(self, messages, *, tokenize, add_generation_prompt):
        roles = "".join(f"[{one['role']}]{one['content']}" for one in messages)
        return roles + "[assistant]" * add_generation_prompt


def test_a_chat_model_is_asked_the_prompt_of_the_chat_set():
    layout = find_layout(Plain(CHAT_TEMPLATE))
    text = layout.render("What is 6 x 7?", ("6 x 7 = 42", "So 42."), is_whole=True)
    assert isinstance(layout, ChatLayout)
    assert "What is 6 x 7?" in text
    assert "6 x 7 = 42\n\nSo 42." in text
    assert text.endswith("Is it right so far?[assistant]")


def test_a_model_that_cannot_be_asked_is_refused():
    with pytest.raises(InvalidInputError, match="chat template"):
        find_layout(Plain(None))


def test_encoding_adds_nothing(mini_tokenizer):
    ids = encode(mini_tokenizer, "<q>a<check>")
    assert mini_tokenizer.decode(ids) == "<q>a<check>"
