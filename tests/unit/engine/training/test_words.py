"""Words agree in number and article, and some are invented."""

from __future__ import annotations

from random import Random

import pytest

from engine.training import words


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        pytest.param("apples", "apple", id="regular"),
        pytest.param("puppies", "puppy", id="ies"),
        pytest.param("cookies", "cookie", id="ie stays"),
        pytest.param("tomatoes", "tomato", id="oes"),
        pytest.param("boxes", "box", id="xes"),
        pytest.param("children", "child", id="irregular"),
        pytest.param("sheep", "sheep", id="unchanged"),
    ],
)
def test_singular(plural, one):
    assert words.singular(plural) == one


def test_the_article_follows_the_sound():
    assert words.with_article("orange") == "an orange"
    assert words.with_article("pear") == "a pear"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        pytest.param(0, "zero", id="zero"),
        pytest.param(12, "twelve", id="small"),
        pytest.param(40, "forty", id="tens"),
        pytest.param(41, None, id="between tens"),
        pytest.param(200, None, id="large"),
    ],
)
def test_numbers_are_spelt_where_people_spell_them(number, text):
    assert words.spell(number) == text


def test_one_name_in_ten_is_invented():
    rng = Random(0)
    drawn = [words.draw_person(rng).name for _ in range(2_000)]
    # The known names are few, so what appears once is almost surely invented.
    n_single = sum(drawn.count(name) == 1 for name in set(drawn))
    assert 120 < n_single < 260


def test_pronouns_fit():
    people = [words.draw_person(Random(seed)) for seed in range(50)]
    assert {(p.subject, p.owner, p.object_) for p in people} == {
        ("she", "her", "her"),
        ("he", "his", "him"),
    }
