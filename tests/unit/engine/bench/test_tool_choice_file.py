import json

import pytest

from engine.bench.tool_choice import Expected
from engine.bench.tool_choice_file import parse_questions
from engine.domain.errors import InvalidInputError
from engine.ports import Message

ROW = {
    "id": "simple_python_7-2",
    "question": [[{"role": "user", "content": "?"}]],
    "function": [{"name": "f"}],
    "ground_truth": [{"f": {"x": [1, ""], "y": 2}}],
}


def _parse(*rows, answers=()):
    return parse_questions(map(json.dumps, rows), map(json.dumps, answers))


def test_a_row_is_read_with_its_right_calls():
    (question,) = _parse(ROW)

    assert question.category == "simple_python"
    assert question.messages == (Message(role="user", content="?"),)
    assert question.functions == ({"name": "f"},)
    assert question.expected == (Expected(name="f", values={"x": [1, ""], "y": (2,)}),)


def test_right_calls_may_stand_in_a_file_of_their_own():
    bare = {name: value for name, value in ROW.items() if name != "ground_truth"}
    answer = {"id": ROW["id"], "ground_truth": ROW["ground_truth"]}

    assert _parse(bare, answers=[answer]) == _parse(ROW)


def test_a_question_that_no_tool_fits_needs_no_right_call():
    (question,) = _parse({**ROW, "id": "live_irrelevance_3", "ground_truth": None})

    assert question.expected == ()


def test_a_question_may_be_a_text_and_a_function_may_stand_alone():
    (question,) = _parse({**ROW, "question": "?", "function": {"name": "f"}})

    assert (question.messages, question.functions) == _read(ROW)


def _read(row):
    (question,) = _parse(row)
    return question.messages, question.functions


def test_blank_lines_are_passed_over():
    assert len(parse_questions(["", json.dumps(ROW), "  "])) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": 5}, "id"),
        ({"question": []}, "question"),
        ({"question": [[{"role": "user"}]]}, "question"),
        ({"question": [[{"role": "user", "content": "a"}]] * 2}, "several turns"),
        ({"function": []}, "function"),
        ({"function": [{"name": 5}]}, "function"),
        ({"function": ["f"]}, "function"),
        ({"ground_truth": None}, "ground_truth"),
        ({"ground_truth": []}, "ground_truth"),
        ({"ground_truth": [{"f": {}, "g": {}}]}, "ground_truth"),
        ({"ground_truth": [{"f": 5}]}, "ground_truth"),
    ],
    ids=str,
)
def test_a_row_that_lacks_something_is_refused_with_its_line(change, said):
    with pytest.raises(InvalidInputError, match=f"line 2.*{said}"):
        _parse(ROW, {**ROW, **change})


def test_a_line_that_is_no_json_is_refused():
    with pytest.raises(InvalidInputError, match="line 1 is no JSON"):
        parse_questions(["{"])
