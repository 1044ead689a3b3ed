import json
from pathlib import Path

import pytest

from engine.answers.compare import compare_answers, compare_keys
from engine.domain.verdict import Verdict

_FILE = Path(__file__).parents[3] / "fixtures" / "answers" / "pairs.jsonl"
_PAIRS = [json.loads(line) for line in _FILE.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    "pair", _PAIRS, ids=[f"{pair['kind']}-{index}" for index, pair in enumerate(_PAIRS)]
)
def test_pair_has_the_written_verdict(pair):
    assert compare_answers(pair["a"], pair["b"]) == pair["verdict"]
    assert compare_answers(pair["b"], pair["a"]) == pair["verdict"]


def test_pairs_cover_every_verdict_of_every_kind():
    assert len(_PAIRS) >= 300
    kinds = {pair["kind"] for pair in _PAIRS}
    found = {(pair["kind"], pair["verdict"]) for pair in _PAIRS}
    assert found == {(kind, str(verdict)) for kind in kinds for verdict in Verdict}


def test_no_key_is_unchecked_even_against_itself():
    assert compare_keys(None, None) == Verdict.UNCHECKED
    assert compare_keys(None, "n:1") == Verdict.UNCHECKED


def test_choice_may_stand_for_any_text():
    for other in ("n:72", "s:sqrt(2)", "u:1:m", "p:50", "b:yes", "x:unknown"):
        assert compare_keys("c:B", other) == Verdict.UNCHECKED


def test_kinds_that_cannot_agree_differ():
    assert compare_keys("b:yes", "n:1") == Verdict.WRONG
    assert compare_keys("p:50", "u:1:m") == Verdict.WRONG
    assert compare_keys("n:1", "s:sqrt(2)") == Verdict.WRONG


def test_units_that_are_never_converted_are_unchecked():
    assert compare_keys("u:25:degC", "u:5963/20:K") == Verdict.UNCHECKED
    assert compare_keys("u:12:month", "u:31536000:s") == Verdict.UNCHECKED
    assert compare_keys("u:25:degC", "u:26:degC") == Verdict.WRONG
