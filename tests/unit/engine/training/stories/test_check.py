"""The check finds what can only be seen once a story is drawn."""

from __future__ import annotations

from engine.training.stories.check import check_stories
from engine.training.stories.reader import load_stories


def faults_of(text):
    return [str(fault) for fault in check_stories(load_stories(text, "food")).faults]


def test_a_good_story_is_without_fault_and_counted(bakery):
    checked = check_stories(load_stories(bakery, "food"))
    assert checked.faults == ()
    assert checked.counts.n_stories == 1
    assert checked.counts.n_phrasings == 3
    assert checked.counts.n_questions == 3
    assert checked.counts.n_unanswerable == 1
    assert checked.counts.n_wordings == 6
    assert checked.counts.n_windows > 0


def test_a_fact_told_by_one_reading_alone_is_a_fault(bakery):
    text = bakery.replace("Each tray holds {k} {roll}.", "[Each holds {k}.|Each is full.]")
    assert "`k` is needed but not told" in faults_of(text)[0]


def test_numbers_that_do_not_come_out_are_a_fault(bakery):
    (fault,) = faults_of(bakery.replace("n*k :", "n*k/7/11/13 :"))
    assert "draws come out right" in fault


def test_a_doubled_word_is_a_fault(bakery):
    (fault,) = faults_of(bakery.replace("come out of the oven?", "come out of the the oven?"))
    assert "'the the' stands in" in fault


def test_a_question_without_a_mark_at_its_end_is_a_fault(bakery):
    assert "no mark ends" in faults_of(bakery.replace("does {A} bake?", "does {A} bake"))[0]
