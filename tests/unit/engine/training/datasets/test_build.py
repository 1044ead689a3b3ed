"""A set is what its mixture says: reproducible, sieved, counted, and there only when done."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from engine.training.data_card import list_changes, read_card
from engine.training.datasets import build as building
from engine.training.datasets.build import build, list_shortfalls
from engine.training.datasets.count import count_rows
from engine.training.datasets.file import read_examples, write_examples
from engine.training.datasets.mixture import Mixture, Order, Part
from engine.training.datasets.row import Kind, example_id
from engine.training.datasets.spool import level_of
from engine.training.errors import DatasetError
from engine.training.example import Category
from engine.training.frameworks.catalogue import FOLDER
from engine.training.problem import Split
from engine.training.row_format import read_completion
from engine.training.screen import Screen
from tests.unit.engine.training.datasets.made_up import (
    ORIGIN,
    judged,
    prefer,
    talk,
    talk_with_tool,
)

N_ROWS = 120
TOOLED = replace(talk_with_tool(), origin=replace(ORIGIN, template="00000000000000ff"))


def silent(*_):
    """Watch nothing."""


def numbered(n, **origin):
    given = replace(ORIGIN, template=f"{n:016x}", **origin)
    return talk(
        f"What is {n} more than {n * 7}?", f"{' '.join(['so'] * (n % 40))} {n * 8}", origin=given
    )


@pytest.fixture
def part(tmp_path):
    write_examples(tmp_path / "set.jsonl", [*map(numbered, range(N_ROWS)), TOOLED])
    return Part(file=tmp_path / "set.jsonl")


def mix(*parts, n_rows=60, **given):
    fields = {"seed": 1, "dev_ratio": 0.2, "near_duplicate": None, **given}
    return Mixture(rows={Category.MATH: n_rows}, parts=parts, **fields)


def built(mixture, out, screen=None):
    card = build(mixture, out, screen=screen, watch=silent)
    rows = {name: list(read_examples(out / f"{name}.jsonl")) for name in ("train", "dev")}
    return card, rows["train"], rows["dev"]


def test_as_many_rows_as_asked_for_are_chosen(tmp_path, part):
    card, train, dev = built(mix(part), tmp_path / "out")

    assert len(train) + len(dev) == 60
    assert 0 < len(dev) < 30
    assert card.rows.splits == {"train": len(train), "dev": len(dev)}
    assert {example.origin.split for example in dev} == {Split.DEV}
    assert list_shortfalls(card) == ()


def test_the_same_mixture_gives_the_same_bytes(tmp_path, part):
    for name in ("one", "two"):
        build(mix(part), tmp_path / name, screen=None, watch=silent)
    for file in ("train.jsonl", "dev.jsonl", "card.json", "README.md"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_another_seed_chooses_other_rows(tmp_path, part):
    _, one, _ = built(mix(part), tmp_path / "one")
    _, other, _ = built(mix(part, seed=2), tmp_path / "two")
    assert {example_id(e) for e in one} != {example_id(e) for e in other}


def test_rows_of_one_template_stay_on_one_side(tmp_path):
    rows = [
        talk(f"What is {n}?", origin=replace(ORIGIN, template=f"{n % 9:016x}")) for n in range(90)
    ]
    write_examples(tmp_path / "set.jsonl", rows)
    _, train, dev = built(mix(Part(file=tmp_path / "set.jsonl"), n_rows=90), tmp_path / "out")

    assert not {e.origin.template for e in train} & {e.origin.template for e in dev}
    assert dev


def test_rows_that_ask_the_same_stay_on_one_side(tmp_path):
    plain = replace(ORIGIN, template="")
    rows = [talk(f"What is {n % 9}?", f"Reply {n}.", origin=plain) for n in range(90)]
    write_examples(tmp_path / "set.jsonl", rows)
    _, train, dev = built(mix(Part(file=tmp_path / "set.jsonl"), n_rows=90), tmp_path / "out")

    assert not {e.messages[0] for e in train} & {e.messages[0] for e in dev}
    assert dev


def test_splits_of_the_rows_are_obeyed(tmp_path):
    rows = [numbered(n, split=split) for n, split in enumerate(Split)]
    write_examples(tmp_path / "set.jsonl", rows)
    card, train, dev = built(
        mix(Part(file=tmp_path / "set.jsonl"), dev_ratio=0.0), tmp_path / "out"
    )

    assert (train, dev) == ([rows[0]], [rows[1]])
    assert card.dropped == {"another-split": 2}
    assert list_shortfalls(card) == ("math: 2 of 60 rows",)


def test_a_curriculum_goes_from_simple_to_hard_and_tools_come_last(tmp_path, part):
    mixture = mix(part, n_rows=N_ROWS + 1, order=Order.CURRICULUM, dev_ratio=0.0)
    _, train, _ = built(mixture, tmp_path / "out")
    levels = [level_of(example) for example in train]

    assert levels == sorted(levels)
    assert len(set(levels)) > 3
    assert train[-1] == TOOLED


def test_steps_make_the_level_of_a_chain():
    assert level_of(judged()) == 2


def test_a_part_may_be_capped_renamed_and_placed(tmp_path, part):
    changed = replace(part, cap=7, category=Category.MATH)
    card, train, dev = built(mix(changed), tmp_path / "out")

    assert len(train + dev) == 7
    assert (card.parts[0].n_read, card.parts[0].n_kept, card.parts[0].n_used) == (121, 121, 7)


def test_other_categories_and_kinds_stay_out(tmp_path):
    rows = [talk(), prefer(), talk("Code?", origin=replace(ORIGIN, category=Category.CODE))]
    write_examples(tmp_path / "set.jsonl", rows)
    card, _, _ = built(mix(Part(file=tmp_path / "set.jsonl")), tmp_path / "out")

    assert card.dropped == {"another-kind": 1, "another-category": 1}


def test_rows_that_cannot_be_read_are_counted(tmp_path, part):
    with part.file.open("a") as file:
        file.write("no row\n")
    card, _, _ = built(mix(part), tmp_path / "out")
    assert card.parts[0].n_unreadable == 1


def test_held_back_rows_are_dropped_and_the_card_says_so(tmp_path, part):
    digest = hashlib.blake2b(b"what is 5 more than 35", digest_size=8).digest()
    exact = np.array([int.from_bytes(digest, "big")], dtype=np.uint64)
    screen = Screen(exact=exact, windows=np.zeros(0, dtype=np.uint64))
    card, train, dev = built(mix(part, n_rows=N_ROWS + 1), tmp_path / "out", screen)

    assert len(train + dev) == N_ROWS
    assert card.dropped == {"held-back-question": 1}
    readme = (tmp_path / "out" / "README.md").read_text()
    assert "was applied to every row: 1 were dropped" in readme


def test_a_set_without_a_screen_says_so(tmp_path, part):
    build(mix(part), tmp_path / "out", screen=None, watch=silent)
    assert "**No screen was applied**" in (tmp_path / "out" / "README.md").read_text()


@pytest.mark.parametrize("kind", Kind)
def test_generators_fill_up_what_files_lack(tmp_path, kind):
    write_examples(tmp_path / "set.jsonl", [talk(), prefer(), judged()])
    parts = (
        Part(file=tmp_path / "set.jsonl"),
        Part(generator="blueprints", category=Category.MATH, weight=2, near_duplicates=True),
        Part(generator="stories", category=Category.MATH, near_duplicates=True, cap=5),
    )
    card, train, dev = built(mix(*parts, n_rows=31, kind=kind), tmp_path / "out")

    assert len(train + dev) == 31
    assert card.parts[2].n_used == 5
    assert len(dev) >= 4


def test_tools_are_drawn_too(tmp_path):
    part = Part(generator="tool-use", category=Category.MATH, near_duplicates=True)
    _, train, dev = built(mix(part, n_rows=12), tmp_path / "out")
    assert any(message.calls for example in train + dev for message in example.messages)


@pytest.mark.parametrize("kind", [Kind.CONVERSATION, Kind.PREFERENCE])
def test_answers_by_program_are_drawn_for_a_model_that_writes_them(tmp_path, kind):
    part = Part(generator="programs", category=Category.MATH, near_duplicates=True)
    _, train, dev = built(mix(part, n_rows=20, kind=kind), tmp_path / "out")

    assert len(train + dev) == 20
    for example in train + dev:
        replies = (
            [example.messages[-1].content]
            if kind is Kind.CONVERSATION
            else [example.chosen, example.rejected]
        )
        assert all(read_completion(reply).said is not None for reply in replies)


@pytest.mark.parametrize("kind", Kind)
def test_frameworks_of_the_category_are_drawn(tmp_path, kind):
    part = Part(generator="frameworks", category=Category.CHEMISTRY, near_duplicates=True)
    mixture = replace(mix(part, kind=kind), rows={Category.CHEMISTRY: 10})
    _, train, dev = built(mixture, tmp_path / "out")

    assert len(train + dev) == 10
    assert {e.origin.category for e in train + dev} == {Category.CHEMISTRY}


def test_a_framework_of_ones_own_may_be_drawn(tmp_path):
    own = FOLDER / "units.toml"
    part = Part(generator="frameworks", framework=own, category=Category.PHYSICS)
    mixture = replace(mix(part), rows={Category.PHYSICS: 6})
    _, train, dev = built(mixture, tmp_path / "out")
    assert all(e.origin.family.startswith("units") for e in train + dev)


def test_a_generator_that_is_exhausted_ends_short(tmp_path, monkeypatch):
    monkeypatch.setattr(building, "MAX_IDLE_DRAWS", 5)
    part = Part(generator="tool-use", category=Category.MATH)
    card, *_ = built(mix(part, kind=Kind.STEPS), tmp_path / "out")
    assert list_shortfalls(card) == ("math: 0 of 60 rows",)


def test_a_set_takes_the_place_of_an_earlier_one(tmp_path, part):
    build(mix(part), tmp_path / "out", screen=None, watch=silent)
    _, train, dev = built(mix(part, n_rows=10), tmp_path / "out")

    assert len(train + dev) == 10
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out", "set.jsonl"]


def test_a_folder_of_something_else_is_left_alone(tmp_path, part):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letters.txt").write_text("mine")
    with pytest.raises(DatasetError, match="holds no data set"):
        build(mix(part), tmp_path / "out", screen=None, watch=silent)
    assert (tmp_path / "out" / "letters.txt").read_text() == "mine"


def test_a_build_that_fails_leaves_what_was_there(tmp_path, part):
    build(mix(part), tmp_path / "out", screen=None, watch=silent)
    before = (tmp_path / "out" / "train.jsonl").read_bytes()
    missing = Part(file=tmp_path / "gone.jsonl")
    with pytest.raises(DatasetError, match="gone"):
        build(mix(part, missing), tmp_path / "out", screen=None, watch=silent)

    assert (tmp_path / "out" / "train.jsonl").read_bytes() == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out", "set.jsonl"]


def test_a_build_that_was_killed_is_begun_anew(tmp_path, part):
    build(mix(part), tmp_path / "out", screen=None, watch=silent)
    # As a kill between the two renames leaves it: the set set aside, the new one half written.
    (tmp_path / "out").rename(tmp_path / ".out.old")
    (tmp_path / ".out.partial").mkdir()
    (tmp_path / ".out.partial" / "train.jsonl").write_text("half a row")
    missing = Part(file=tmp_path / "gone.jsonl")
    with pytest.raises(DatasetError, match="gone"):
        build(mix(missing), tmp_path / "out", screen=None, watch=silent)

    assert len(list(read_examples(tmp_path / "out" / "train.jsonl"))) > 30
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out", "set.jsonl"]


def test_the_card_counts_what_is_in_the_files(tmp_path, part):
    card, train, dev = built(mix(part), tmp_path / "out")
    found = read_card(tmp_path / "out" / "card.json")

    assert found == card
    assert found.rows == count_rows(tmp_path / "out")
    assert found.rows.licences == Counter(e.origin.licence for e in train + dev)
    assert list_changes(found, count_rows(tmp_path / "out")) == ()


def test_a_changed_file_is_told(tmp_path, part):
    card, train, _ = built(mix(part), tmp_path / "out")
    write_examples(tmp_path / "out" / "train.jsonl", train[1:])
    assert list_changes(card, count_rows(tmp_path / "out")) == ("train.jsonl",)


@pytest.mark.parametrize("text", ["{", "[]", '{"rows": {}}', json.dumps({"rows": 1})], ids=str)
def test_a_card_that_is_none_is_a_fault(tmp_path, text):
    (tmp_path / "card.json").write_text(text)
    with pytest.raises(DatasetError, match="no card of a data set"):
        read_card(tmp_path / "card.json")


def test_a_card_that_is_not_there_is_a_fault(tmp_path):
    with pytest.raises(DatasetError, match="No such file"):
        read_card(tmp_path / "card.json")
