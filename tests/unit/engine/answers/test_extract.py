import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.answers.extract import (
    NOT_TOLD,
    Mark,
    declines,
    extract_answer,
    extract_program,
)
from engine.answers.key import canonical_key
from engine.domain.profile import AnswerProtocol


def _marked(text):
    found = extract_answer(text, AnswerProtocol.MARKED)
    return None if found is None else found.text


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("so \\boxed{72}.", "72"),
        ("\\boxed{\\frac{1}{2}}", "\\frac{1}{2}"),
        ("\\boxed {72}", "72"),
        ("\\fbox{72}", "72"),
        ("\\boxed{\\{1, 2\\}}", "\\{1, 2\\}"),
        ("48/2=24\n#### 72", "72"),
        ("####72\n", "72"),
        ("<ans>72", "72"),
        ("<ans>72</ans> done", "72"),
        ("The answer is 72.", "72"),
        ("So the final answer is: **72**", "72**"),
        ("**Answer:** 72", "72"),
        ("**Answer**: 72", "72"),
        ("Answer:\n\n72 clips\nbye", "72 clips"),
        ("ANSWER: (B)", "(B)"),
        ("The correct answer is (B) 72.", "(B) 72"),
        ("The answer is yes, because he can.", "yes"),
        ("The answer is $3.50. I hope it is correct.", "$3.50"),
        ("The answer is 72 because 48 + 24 = 72", "72"),
        ("The answer is 1,234, which is odd.", "1,234"),
        ("The answer is (1, 2)", "(1, 2)"),
        ("The answer is $\\boxed{72}$.", "72"),
    ],
    ids=ascii,
)
def test_marked_answer_is_found(text, answer):
    assert _marked(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "She sold 48 clips and then 24, so 72",
        "72",
        "\\boxed{72",
        "\\boxed{}",
        "\\boxed72",
        "####",
        "#### \n\n",
        "<ans>",
        "Answer:",
        "The answer is",
        "The answer is. 72",
        "no answers: 72",
        "It would answer is 72",
    ],
    ids=ascii,
)
def test_text_without_a_mark_abstains(text):
    assert _marked(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "\\boxed{7} no, \\boxed{8}",
        "#### 7\n#### 8",
        "The answer is 7. No: the answer is 8.",
        "\\boxed{7}\n#### 8",
        "#### 7\n<ans>8",
        "\\boxed{7}. Wait, the answer is 8.",
        "the answer is 7\n\\boxed{8}",
        "#### 8\n####",
        "\\boxed{8} \\boxed{}",
        "\\boxed{8} and \\boxed{9",
    ],
    ids=ascii,
)
def test_last_mark_wins(text):
    assert _marked(text) == "8"


def test_phrase_without_an_answer_yields_to_a_firm_mark():
    assert _marked("\\boxed{72} The answer is thus confirmed") == "72"
    assert _marked("The answer is thus confirmed") == "thus confirmed"


def test_outer_box_wins_over_the_boxes_in_it():
    assert _marked("\\boxed{\\boxed{1} + 2}") == "\\boxed{1} + 2"


def test_mark_and_its_place_are_told():
    found = extract_answer("ok #### 72", AnswerProtocol.MARKED)
    assert found is not None
    assert (found.mark, found.start) == (Mark.HASHES, 3)


def test_only_the_end_of_a_long_output_is_searched():
    assert _marked("#### 7\n" + "x" * 200_000) is None
    assert _marked("x" * 200_000 + "#### 7\n") == "7"


@pytest.mark.parametrize(
    ("text", "source", "variable"),
    [
        ("v=48/2;a=48+v<ans>a", "v=48/2;a=48+v", "a"),
        ("v=48/2;a=48+v<ans>v</s>", "v=48/2;a=48+v", "v"),
        ("v=48/2;a=48+v", "v=48/2;a=48+v", "a"),
        ("v=48/2;a=48+v;<ans> a \n</s>junk", "v=48/2;a=48+v", "a"),
        ("<q>how many?<prog>a=1<ans>a", "a=1", "a"),
        ("a = 1 ; b_2 = a", "a = 1 ; b_2 = a", "b_2"),
        ("a=1\nb=2", "a=1\nb=2", "b"),
    ],
    ids=ascii,
)
def test_program_is_split_from_its_variable(text, source, variable):
    program = extract_program(text)
    assert program is not None
    assert (program.source, program.variable) == (source, variable)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<ans>a",
        "72",
        "a=1<ans>",
        "a=1<ans>b",
        "a=1<ans>72",
        "a=1<ans>a<ans>a",
        "a=" + "1" * 5000,
    ],
    ids=lambda text: ascii(text[:16]),
)
def test_program_without_an_answering_variable_abstains(text):
    assert extract_program(text) is None
    assert extract_answer(text, AnswerProtocol.PROGRAM) is None


def test_program_protocol_names_the_variable():
    found = extract_answer("v=48/2;a=48+v<ans>a", AnswerProtocol.PROGRAM)
    assert found is not None
    assert (found.text, found.mark, found.start) == ("a", Mark.TAG, 13)


def test_program_protocol_ignores_other_marks():
    assert extract_answer("\\boxed{72}", AnswerProtocol.PROGRAM) is None


@given(st.text(), st.sampled_from(AnswerProtocol))
def test_arbitrary_text_never_raises(text, protocol):
    extract_answer(text, protocol)


@given(st.text(alphabet="\\boxed{}# <ans>\nThe answer is:.;=1", max_size=200))
def test_found_answer_is_part_of_the_text(text):
    found = extract_answer(text, AnswerProtocol.MARKED)
    assert found is None or (found.text in text and found.text.strip() == found.text != "")


def _n_calls(text):
    n_calls = 0

    def count(*_):
        nonlocal n_calls
        n_calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        for protocol in AnswerProtocol:
            extract_answer(text, protocol)
    finally:
        sys.setprofile(before)
    return n_calls


@pytest.mark.parametrize(
    "piece",
    [
        "\\boxed{",
        "\\boxed{}",
        "{",
        "}",
        "#### ",
        "####\n",
        "<ans>",
        "the answer is ",
        "answer:\n",
        "a=1;",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("end", ["", "}" * 900], ids=["open", "closed"])
def test_work_grows_no_faster_than_the_text(piece, end):
    assert _n_calls(piece * 1800 + end * 2) <= 2.2 * _n_calls(piece * 900 + end) + 40


@pytest.mark.parametrize(
    "text", ["<ans><none>", "<ans><none></s>", "<q>How many?<prog><ans> <none></s>a=1"], ids=str
)
def test_a_declined_question_has_an_answer_of_its_own(text):
    found = extract_answer(text, AnswerProtocol.PROGRAM)
    assert found is not None
    assert found.text == NOT_TOLD
    assert canonical_key(found.text) == "x:unknown"


@pytest.mark.parametrize(
    "text", ["a=1<ans><none>", "<none>", "<ans>", "<ans>a<none>", "a=1<ans>a"], ids=str
)
def test_a_program_declines_nothing(text):
    assert not declines(text)
