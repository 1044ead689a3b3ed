"""Plans are the same in every process, and cover every shipped framework."""

from __future__ import annotations

from fractions import Fraction

import pytest

from engine.training.errors import DatasetError
from engine.training.example import Category
from engine.training.frameworks.catalogue import FOLDER, shipped_frameworks
from engine.training.frameworks.reader import read_framework
from engine.training.generation.plan import Kind, Shape, plan_blueprints, plan_subjects
from engine.training.generation.prompt import told_of
from engine.training.generation.session import digest_of
from engine.training.generation.sketch import Sketch

SHAPE = Shape(kind=Kind.BLUEPRINTS, n_items=4)
FRAMEWORKS = tuple(shipped_frameworks().values())


def test_every_category_that_ships_can_be_asked_for():
    quotas = {framework.category: 10 for framework in FRAMEWORKS}
    lanes = plan_blueprints(FRAMEWORKS, quotas, 2, SHAPE)
    for category, lane in lanes.items():
        # Ten at four a request take three requests, and twice that is planned.
        assert len(lane.requests) == 6
        assert all(request.category is category for request in lane.requests)


def test_larger_quota_begins_with_the_same_requests():
    few = plan_blueprints(FRAMEWORKS, {Category.MATH: 8}, 1, SHAPE)[Category.MATH]
    many = plan_blueprints(FRAMEWORKS, {Category.MATH: 80}, 3, SHAPE)[Category.MATH]
    assert many.requests[: len(few.requests)] == few.requests
    assert len({request.request_id for request in many.requests}) == len(many.requests)
    assert len({request.seed for request in many.requests}) == len(many.requests)


def test_category_without_a_source_has_no_requests():
    physics = tuple(f for f in FRAMEWORKS if f.category is Category.PHYSICS)
    assert not plan_blueprints(physics, {Category.MATH: 8}, 1, SHAPE)[Category.MATH].requests


def test_digest_of_a_framework_is_that_of_its_words():
    for path in sorted(FOLDER.glob("*.toml"))[:3]:
        assert digest_of(told_of(read_framework(path))) == digest_of(told_of(read_framework(path)))


def test_questions_are_asked_about_in_rounds():
    subjects = [Sketch(question=text, category=Category.MATH) for text in ("1+1?", "2+2?")]
    shape = Shape(kind=Kind.SOLUTIONS, n_samples=3, is_mini=True)
    lane = plan_subjects(subjects, {Category.MATH: 9}, 2, shape)[Category.MATH]
    assert [request.prompt for request in lane.requests] == 2 * [
        "<q>1+1?<prog>",
        "<q>2+2?<prog>",
    ]
    assert [request.n_samples for request in lane.requests] == 4 * [3]


@pytest.mark.parametrize(
    ("kind", "changes", "fault"),
    [
        (Kind.PARAPHRASES, {}, "question 1 has no program"),
        (Kind.PARAPHRASES, {"program": "a=q"}, "question 1 has no program"),
        (Kind.SOLUTIONS, {"values": {"n": Fraction(3)}}, "question 1 has not one value"),
    ],
    ids=["no program", "a program that fails", "a value too many"],
)
def test_question_of_which_nothing_could_be_kept_is_refused(kind, changes, fault):
    subject = Sketch(question="1+1?", category=Category.MATH, **changes)
    with pytest.raises(DatasetError, match=fault):
        plan_subjects([subject], {Category.MATH: 9}, 2, Shape(kind=kind))
