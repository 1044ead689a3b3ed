"""A mixture file says what goes in; a fault in it names the field."""

from __future__ import annotations

import pytest

from engine.training.datasets.mixture import Mixture, Order, Part, read_mixture
from engine.training.datasets.row import Kind
from engine.training.datasets.sieve import PersonalPolicy
from engine.training.errors import DatasetError
from engine.training.example import Category

WHOLE = """
seed = 7
kind = "steps"
order = "curriculum"
dev_ratio = 0.1
personal = "mask"
near_duplicate = 0.9
tokenizer = "model"
max_tokens = 512
[rows]
math = 200
code = 40
[[part]]
file = "set.jsonl"
format = "gsm8k"
category = "math"
licence = "MIT"
source = "mine"
cap = 50
near_duplicates = true
[[part]]
generator = "frameworks"
framework = "own.toml"
category = "math"
weight = 2
"""
SHORT = '[rows]\nmath = 2\n[[part]]\nfile = "set.jsonl"\n'


def read(tmp_path, text):
    path = tmp_path / "mixture.toml"
    path.write_text(text)
    return read_mixture(path)


def test_every_field_is_read(tmp_path):
    assert read(tmp_path, WHOLE) == Mixture(
        rows={Category.MATH: 200, Category.CODE: 40},
        parts=(
            Part(
                file=tmp_path / "set.jsonl",
                format="gsm8k",
                category=Category.MATH,
                licence="MIT",
                source="mine",
                cap=50,
                near_duplicates=True,
            ),
            Part(
                generator="frameworks",
                framework=tmp_path / "own.toml",
                category=Category.MATH,
                weight=2.0,
                near_duplicates=True,
            ),
        ),
        seed=7,
        kind=Kind.STEPS,
        order=Order.CURRICULUM,
        dev_ratio=0.1,
        personal=PersonalPolicy.MASK,
        near_duplicate=0.9,
        tokenizer=tmp_path / "model",
        max_tokens=512,
    )


def test_most_fields_have_a_default(tmp_path):
    mixture = read(tmp_path, SHORT)

    assert (mixture.kind, mixture.order) == (Kind.CONVERSATION, Order.SHUFFLED)
    assert mixture.parts == (Part(file=tmp_path / "set.jsonl"),)
    assert len(mixture.digest) == 64


def test_near_duplicates_may_be_left_in(tmp_path):
    assert read(tmp_path, f"near_duplicate = false\n{SHORT}").near_duplicate is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("seed =", "mixture.toml: Invalid value", id="no TOML"),
        pytest.param('[[part]]\nfile = "x"', "`.rows.` says of no category", id="no rows"),
        pytest.param("[rows]\nmath = 2", "no `..part..`", id="no part"),
        pytest.param(SHORT.replace("math", "maths"), "`rows` is 'maths', not", id="category"),
        pytest.param(SHORT.replace("2", "0"), "`math` is no whole number from 1", id="no count"),
        pytest.param(SHORT.replace("2", "true"), "`math` is no whole number", id="truth"),
        pytest.param(f"seeds = 1\n{SHORT}", "`seeds` is no field; known: dev", id="field"),
        pytest.param(f"dev_ratio = 1\n{SHORT}", "`dev_ratio` is no number", id="ratio"),
        pytest.param(f"max_tokens = 9\n{SHORT}", "need one another", id="no tokenizer"),
        pytest.param(f'tokenizer = "x"\n{SHORT}', "need one another", id="no length"),
        pytest.param(f"{SHORT}weight = 0", "part 1: `weight` is no number", id="weight"),
        pytest.param(f"{SHORT}cap = 0", "part 1: `cap` is no whole number", id="cap"),
        pytest.param(f"{SHORT}near_duplicates = 1", "neither true nor false", id="flag"),
        pytest.param(f"{SHORT}colour = 1", "part 1: `colour` is no field", id="part's field"),
        pytest.param(f'{SHORT}format = "x"', "part 1: no format 'x'", id="format"),
        pytest.param(f'{SHORT}generator = "stories"', "either `file` or", id="both"),
        pytest.param(f'{SHORT}framework = "x"', "goes with the generator", id="framework"),
        pytest.param(
            '[rows]\nmath = 2\n[[part]]\ngenerator = "x"', "no generator 'x'", id="generator"
        ),
        pytest.param(
            'kind = "steps"\n[rows]\nmath = 2\n[[part]]\ngenerator = "programs"',
            "part 1: the generator `programs` gives conversation and preference, and the set is",
            id="kind",
        ),
        pytest.param(
            '[rows]\nmath = 2\n[[part]]\ngenerator = "stories"',
            "a generator needs `category`",
            id="no category",
        ),
    ],
)
def test_a_fault_names_the_field(tmp_path, text, words):
    with pytest.raises(DatasetError, match=words):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_a_fault(tmp_path):
    with pytest.raises(DatasetError, match="No such file"):
        read_mixture(tmp_path / "gone.toml")
