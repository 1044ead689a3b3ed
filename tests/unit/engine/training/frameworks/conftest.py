"""A small framework of the tests' own, to read, to spoil and to draw from."""

from __future__ import annotations

import pytest

from engine.training.frameworks.reader import read_framework

TEXT = '''
domain = "toys"
category = "math"
about = "Toys in boxes."

[[principle]]
name = "groups"
states = "Equal groups multiply."
because = """
Adding the same number again and again is multiplying.
"""
logic = """
Count the groups.
Multiply.
"""

[[principle.block]]
name = "boxes"
level = 1
numbers = "n 2..9; k 11..40"
words.toy = ["balls", "dolls"]
where = "k > n"
ask = """
How many {toy} are in {n} boxes of {k}?
{A} has {n} boxes of {k} {toy}. How many is that?
[Count|Add up] the {toy}: {n.raw} boxes, {k.raw} in each.
"""
program = "all=n*k"
tool = "calculator"
explain = "{n} boxes of {k} make {all}."
say = "There are {answer} {toy}."
claim = "There are {answer} {toy} in all."

[[principle.block]]
name = "lengths"
level = 2
rows = """
f | fl | t | k
km | kilometers | m | 1000
m | meters | cm | 100
"""
numbers = "n 2..9"
texts.q = "{n} {f}"
ask = """
What is {q} in {t}?
Write {n.raw} {fl} in {t}.
Convert {q} to {t}.
"""
program = "n*k"
tool = "unit_convert"
arguments = { value = "{n}", from_unit = "{f}", to_unit = "{t}" }
say = "{q} is {answer} {t}."

[[principle.block]]
name = "colours"
level = 3
rows = """
thing | answer
a lemon | yellow
grass | green
snow | white
"""
ask = """
What colour is {thing}?
Which colour has {thing}?
{thing}: colour?
"""
say = "It is {answer}."
claim = "The colour of {thing} is {answer}."
'''


@pytest.fixture
def text():
    return TEXT.lstrip()


@pytest.fixture
def path(tmp_path, text):
    file = tmp_path / "toys.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def toys(path):
    return read_framework(path)


@pytest.fixture
def spoiled(tmp_path, text):
    """Read the file with one text replaced."""

    def read(old, new):
        assert old in text
        file = tmp_path / "spoiled.toml"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return read_framework(file)

    return read
