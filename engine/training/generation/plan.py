"""Which requests a run may send: a fixed list for each category, in a fixed order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from engine.ports import Message
from engine.training.errors import DatasetError
from engine.training.example import Category
from engine.training.frameworks.framework import Block, Framework
from engine.training.generation.prompt import (
    ask_blueprints,
    ask_paraphrases,
    ask_solution,
)
from engine.training.generation.sketch import Sketch
from engine.training.row_format import render_prompt


class Kind(StrEnum):
    """What a model is asked for."""

    BLUEPRINTS = "blueprints"
    PARAPHRASES = "paraphrases"
    SOLUTIONS = "solutions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, the same in every run of the same settings.

    Attributes:
        request_id: Category and number.
        kind: What is asked for.
        subject: What it is asked about; of blueprints, the family that they are to belong to.
        prompt: What the server is sent.
        n_samples: How many texts are asked for.
        n_items: How many examples can come of it at most.
        seed: Of the first text.
        by_majority: Whether a stated answer is left aside.
    """

    request_id: str
    kind: Kind
    subject: Sketch
    prompt: str | tuple[Message, ...]
    n_samples: int
    n_items: int
    seed: int
    by_majority: bool = False

    @property
    def category(self) -> Category:
        """What its examples are counted under."""
        return self.subject.category


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What every request of a run is like.

    Attributes:
        kind: What is asked for.
        n_items: Blueprints or paraphrases asked for in one request.
        n_samples: Solutions drawn of one question.
        seed: Of everything drawn.
        is_mini: Whether questions are put in svend-mini's own marks; solutions only.
        by_majority: Whether solutions are labelled by majority even where an answer is stated,
            which then is only compared with the label.
    """

    kind: Kind
    n_items: int = 5
    n_samples: int = 8
    seed: int = 0
    is_mini: bool = False
    by_majority: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The requests of one category.

    Attributes:
        quota: Examples wanted.
        requests: In the order in which they are sent until the quota is full.
    """

    quota: int
    requests: tuple[Request, ...]


def plan_blueprints(
    frameworks: Sequence[Framework], quotas: Mapping[Category, int], attempts: int, shape: Shape
) -> Mapping[Category, Lane]:
    """Plan requests for blueprints: the blocks of each category in turns, from simple to hard."""
    lanes: dict[Category, Lane] = {}
    for category, quota in quotas.items():
        places = [(f, block) for f in frameworks if f.category is category for block in f.blocks]
        places.sort(key=lambda place: place[1].level)
        n_requests = attempts * math.ceil(quota / shape.n_items) if places else 0
        requests = (
            _of_block(*places[index % len(places)], index, shape) for index in range(n_requests)
        )
        lanes[category] = Lane(quota=quota, requests=tuple(requests))
    return lanes


def plan_subjects(
    subjects: Iterable[Sketch], quotas: Mapping[Category, int], attempts: int, shape: Shape
) -> Mapping[Category, Lane]:
    """Plan requests about given questions: each of a category once, then all of them again.

    Raises:
        DatasetError: A question has variables without values, or is to be reworded and has no
            program that runs: nothing could be kept of what is written about it.
    """
    by_category: dict[Category, list[Sketch]] = {}
    for number, subject in enumerate(subjects, start=1):
        _check_subject(subject, number, shape.kind)
        by_category.setdefault(subject.category, []).append(subject)
    lanes: dict[Category, Lane] = {}
    for category, quota in quotas.items():
        found = by_category.get(category, [])
        rounds = [(index, found[index % len(found)]) for index in range(attempts * len(found))]
        requests = tuple(_of_subject(subject, index, shape) for index, subject in rounds)
        lanes[category] = Lane(quota=quota, requests=requests)
    return lanes


def _check_subject(subject: Sketch, number: int, kind: Kind) -> None:
    if subject.values.keys() != subject.variables.keys():
        raise DatasetError(f"question {number} has not one value for each of its variables")
    if kind is Kind.PARAPHRASES and not subject.runs:
        raise DatasetError(f"question {number} has no program that runs, which rewording needs")


def _of_block(framework: Framework, block: Block, index: int, shape: Shape) -> Request:
    family = framework.path_of(block)
    name = f"{framework.category.value}-{index:06d}"
    return Request(
        request_id=name,
        kind=shape.kind,
        subject=Sketch(question=family, category=framework.category, family=family),
        prompt=ask_blueprints(framework, block, shape.n_items, Random(f"{shape.seed}:{name}")),
        n_samples=1,
        n_items=shape.n_items,
        seed=_seed(shape, name),
    )


def _of_subject(subject: Sketch, index: int, shape: Shape) -> Request:
    name = f"{subject.category.value}-{index:06d}"
    is_solution = shape.kind is Kind.SOLUTIONS
    prompt: str | tuple[Message, ...]
    if not is_solution:
        prompt = ask_paraphrases(subject, shape.n_items)
    elif shape.is_mini:
        prompt = render_prompt(subject.asked())
    else:
        prompt = ask_solution(subject)
    return Request(
        request_id=name,
        kind=shape.kind,
        subject=subject,
        prompt=prompt,
        n_samples=shape.n_samples if is_solution else 1,
        n_items=shape.n_samples if is_solution else shape.n_items,
        seed=_seed(shape, name),
        by_majority=shape.by_majority,
    )


def _seed(shape: Shape, name: str) -> int:
    # Sample i of a request has the seed + i, so the seeds of two requests lie far apart.
    return Random(f"{shape.seed}:{name}:seed").randrange(2**31 - 2**12)
