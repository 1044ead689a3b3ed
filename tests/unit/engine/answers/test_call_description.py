from engine.answers.call import find_call
from engine.answers.call_description import describe_tools
from engine.answers.call_fault import EXAMPLE

CONVERT = {
    "type": "function",
    "function": {
        "name": "convert",
        "description": "Converts  a\nmagnitude.",
        "parameters": {
            "type": "object",
            "$defs": {"Unit": {"enum": ["m", "km"], "type": "string"}},
            "properties": {
                "value": {"type": "number", "description": "The magnitude."},
                "to": {"$ref": "#/$defs/Unit"},
                "digits": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
                "names": {"type": "array", "items": {"type": "string"}, "default": ["a"]},
                "kind": {"type": ["string", "null"]},
                "places": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"x": {"type": "number"}, "to": {"$ref": "#/$defs/Unit"}},
                    },
                },
            },
            "required": ["value", "to"],
        },
    },
}


def test_each_argument_is_told_with_its_type_and_need():
    lines = describe_tools([CONVERT]).splitlines()

    assert "convert: Converts a magnitude." in lines
    assert "- value (number, required): The magnitude." in lines
    assert '- to (one of "m", "km", required)' in lines
    assert "- digits (integer or null, optional)" in lines
    assert '- names (array of string, default ["a"])' in lines
    assert "- kind (string or null, optional)" in lines
    assert '- places (array of object {x: number, to: one of "m", "km"}, optional)' in lines


def test_a_schema_that_contains_itself_is_told_to_a_depth():
    node = {"type": "object", "properties": {"left": {"$ref": "#/$defs/Node"}}}
    schema = {"$defs": {"Node": node}, "properties": {"root": {"$ref": "#/$defs/Node"}}}
    text = describe_tools([{"name": "f", "parameters": schema}])

    assert text.endswith("(object {left: object {left: object {left: object}}}, optional)")


def test_the_form_that_is_asked_for_is_one_that_is_read():
    assert EXAMPLE in describe_tools([CONVERT])
    assert find_call(EXAMPLE.replace("<the tool>", "convert")).name == "convert"


def test_bare_functions_are_told_like_wrapped_ones():
    assert describe_tools([CONVERT["function"]]) == describe_tools([CONVERT])


def test_a_tool_without_arguments_is_a_line():
    assert describe_tools([{"name": "now"}]).splitlines()[-1] == "now"


def test_without_tools_there_is_nothing_to_say():
    assert describe_tools([]) == ""


def test_long_choices_are_cut():
    many = {"name": "f", "parameters": {"properties": {"x": {"enum": list(range(99))}}}}

    assert "11, ..." in describe_tools([many])
