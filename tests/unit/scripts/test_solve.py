"""What `svend solve` takes for its problem."""

from __future__ import annotations

import click
import pytest

from scripts.svend.solve import solve


def parse(*words: str) -> dict[str, object]:
    return solve.make_context("solve", list(words)).params


@pytest.mark.parametrize("problem", ["-5 + 3", "-5", "-x + 3 = 4: how much is x?", "-(1/2) h"])
@pytest.mark.parametrize("is_last", [True, False], ids=["after options", "before options"])
def test_a_problem_may_begin_with_a_dash(problem: str, is_last: bool):
    options = ["--seed", "4", "--json"]
    params = parse(*([*options, problem] if is_last else [problem, *options]))

    assert (params["problem"], params["seed"], params["as_json"]) == (problem, 4, True)


@pytest.mark.parametrize("word", ["--smaples", "-samples", "--5 + 3"])
def test_a_misspelt_option_is_no_problem_and_the_way_round_is_told(word: str):
    with pytest.raises(click.NoSuchOption, match="goes after `--`"):
        parse(word)


def test_a_single_dash_is_standard_input():
    assert parse("-")["problem"] == "-"


def test_two_problems_are_refused():
    with pytest.raises(click.UsageError):
        parse("1 + 1", "-5 + 3")
