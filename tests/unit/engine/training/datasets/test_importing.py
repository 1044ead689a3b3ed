"""Each published layout becomes examples that say where they are from; bad rows are counted.

Every file of made-up rows holds two good rows and a bad one, but for CAMEL's, a row a file.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from engine.training.corpus import N_GSM8K_DEV, N_MAWPS_DEV
from engine.training.datasets import record
from engine.training.datasets.importing import (
    _HELD_OUT,
    ImportCount,
    credited,
    import_examples,
)
from engine.training.datasets.published import judged
from engine.training.datasets.published.table import LAYOUTS, get_layout
from engine.training.datasets.validate import Rules, find_breaches
from engine.training.errors import DatasetError
from engine.training.example import Category, Role
from engine.training.problem import Split

FIXTURES = Path(__file__).parents[4] / "fixtures" / "training" / "datasets"
FILES = {
    path.stem: path for path in FIXTURES.iterdir() if path.stem in LAYOUTS and path.stem != "camel"
}


def imported(name, path=None):
    count = ImportCount()
    examples = list(import_examples(get_layout(name), path or FIXTURES / FILES[name], count))
    return examples, count


def replies(name):
    return [example.messages[-1].content for example in imported(name)[0]]


def test_every_layout_has_made_up_rows():
    assert set(FILES) | {"camel"} == set(LAYOUTS)


@pytest.mark.parametrize("name", FILES)
def test_a_bad_row_is_counted_and_shown(name):
    examples, count = imported(name)

    assert (count.n_rows, count.n_bad, count.n_examples) == (3, 1, len(examples))
    assert FILES[name].name in count.first_fault
    assert len(examples) >= 2


@pytest.mark.parametrize("name", FILES)
def test_what_is_imported_is_sound(name):
    examples, _ = imported(name)

    assert [find_breaches(example, Rules()) for example in examples] == [()] * len(examples)


@pytest.mark.parametrize("name", [name for name in FILES if name != "chat"])
def test_rows_say_where_they_are_from(name):
    credit = LAYOUTS[name].credit
    for example in imported(name)[0]:
        assert (example.origin.source, example.origin.licence) == (credit.source, credit.licence)
        assert example.origin.category == credit.category
        assert len(example.origin.template) == 16


def test_openmath_keeps_the_expected_answer():
    assert [example.answer for example in imported("openmathinstruct-2")[0]] == ["27", "16"]


def test_codealpaca_puts_the_input_behind_the_instruction():
    questions = [example.messages[0].content for example in imported("codealpaca")[0]]
    assert questions[0] == "Write a function that doubles a number."
    assert questions[1] == "Name the longest word of the list.\n\npear, pineapple, fig"


def test_slimorca_cuts_empty_system_turns():
    roles = [[message.role for message in each.messages] for each in imported("slimorca")[0]]
    assert roles == [[Role.SYSTEM, Role.USER, Role.ASSISTANT], [Role.USER, Role.ASSISTANT]]


@pytest.mark.parametrize("form", ["file", "folder", "zip"])
def test_camel_is_read_however_it_is_wrapped(tmp_path, form):
    path = FIXTURES / "camel.json"
    if form == "folder":
        (tmp_path / "inner").mkdir()
        (tmp_path / "inner" / "001_001.json").write_text(path.read_text())
        path = tmp_path
    if form == "zip":
        with zipfile.ZipFile(tmp_path / "physics.zip", "w") as archive:
            archive.write(path, "physics/001_001.json")
            archive.writestr("physics/readme.txt", "no row")
        path = tmp_path / "physics.zip"
    [example], count = imported("camel", path)

    assert (example.origin.category, example.origin.family) == (Category.PHYSICS, "camel/optics")
    assert count.n_bad == 0


def test_gsm8k_loses_its_calculator_marks():
    first, second = replies("gsm8k")
    assert first == "The boxes hold 6*9=54 jars.\nOf these 54-4=50 are whole.\n#### 50"
    assert second.endswith("#### 5000")


def test_mawps_shows_the_calculation():
    assert replies("mawps") == ["x=31.0-12.0\nx=19\n#### 19", "24.5-10.0=x\nx=14.5\n#### 14.5"]


def test_math_answers_are_boxed():
    assert replies("math-answers") == ["\\boxed{9}", "\\boxed{\\frac{5}{6}}"]


def test_strategyqa_gives_its_facts_as_reasons():
    assert replies("strategyqa") == [
        "Penguins cannot fly.\nA fence has to be crossed to get over it.\nThe answer is no.",
        "The answer is yes.",
    ]


def test_conclusions_of_one_story_share_a_template():
    first, second = imported("folio")[0]
    assert (first.answer, second.answer) == ("true", "uncertain")
    assert first.origin.template == second.origin.template


def labels(name):
    return [(c.steps, c.labels, c.is_right) for c in imported(name)[0]]


def test_prm800k_makes_a_chain_of_each_wrong_step():
    assert labels("prm800k") == [
        (("3 times 4 is 34.",), (False,), False),
        (("3 times 4 is 12.", "12 - 5 = 8."), (True, False), False),
        (("3 times 4 is 12.", "12 - 5 = 7.", "# Answer\n\n7"), (True, True, True), True),
        (("Half of 9 is 4.",), (False,), False),
    ]


def test_math_shepherd_reads_the_label_behind_each_step():
    right, wrong = labels("math-shepherd")
    assert (right[1], right[2]) == ((True, True), True)
    assert right[0][0] == "There are 3*8 = <<3*8=24>>24 fish."
    assert (wrong[1], wrong[2]) == ((False, False), False)


def test_omegaprm_makes_a_chain_of_each_leaf_and_prefix():
    assert [(chain_labels, is_right) for _, chain_labels, is_right in labels("omegaprm")] == [
        ((True, True), True),
        ((True, False), False),
        ((False,), False),
        ((True, True), True),
        ((True, False), False),
    ]


def test_a_tree_with_many_leaves_is_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(judged, "MAX_CHAINS", 3)
    leaves = [{"text": f"It is {n}.", "mc_value": n % 2, "children": []} for n in range(9)]
    row = {"question": "Is it?", "reasoning_steps": {"text": "", "children": leaves}}
    path = tmp_path / "tree.jsonl"
    path.write_text(json.dumps(row))

    assert len(imported("omegaprm", path)[0]) == 3


def test_parquet_is_read(tmp_path):
    rows = [{"problem": "What is 1 and 1?", "final_answer": "2"}, {"problem": None}]
    path = tmp_path / "rows.parquet"
    parquet.write_table(pa.Table.from_pylist(rows), path)
    examples, count = imported("math-answers", path)

    assert [example.answer for example in examples] == ["2"]
    assert (count.n_bad, "row 2" in count.first_fault) == (1, True)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("broken.zip", b"no zip", id="zip"),
        pytest.param("broken.parquet", b"no parquet", id="parquet"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fault(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(DatasetError, match=name):
        imported("chat", tmp_path / name)


def test_lines_that_are_no_json_are_counted(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"problem": "1?", "final_answer": "1"}\n[1]\n\xff\n')
    examples, count = imported("math-answers", path)

    assert (len(examples), count.n_bad) == (1, 2)
    assert "rows.jsonl, line 2: not a JSON object but list" in count.first_fault


def test_an_array_may_hold_what_is_no_row(tmp_path):
    path = tmp_path / "rows.json"
    path.write_text('[3, {"problem": "1?", "final_answer": "1"}]')
    examples, count = imported("math-answers", path)

    assert (len(examples), count.n_bad, "item 1" in count.first_fault) == (1, 1, True)


def test_a_file_of_a_folder_that_is_no_json_is_counted(tmp_path):
    (tmp_path / "one.json").write_text("{")
    (tmp_path / "two.json").write_text("")
    (tmp_path / "three.json").write_text((FIXTURES / "camel.json").read_text())
    examples, count = imported("camel", tmp_path)

    assert (len(examples), count.n_rows, count.n_bad) == (1, 3, 2)
    assert "one.json: not JSON" in count.first_fault


def test_an_empty_file_holds_nothing(tmp_path):
    (tmp_path / "rows.json").write_text("")
    assert imported("camel", tmp_path / "rows.json")[1].n_rows == 0


def test_a_member_of_an_archive_may_be_too_long(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "MAX_MEMBER_BYTES", 100)
    with zipfile.ZipFile(tmp_path / "rows.zip", "w") as archive:
        archive.writestr("row.json", "[" + " " * 200 + "]")
    _, count = imported("camel", tmp_path / "rows.zip")
    assert "row.json: longer than 100 bytes" in count.first_fault


@pytest.mark.parametrize(
    ("name", "row", "words"),
    [
        pytest.param("slimorca", {"conversations": []}, "is empty", id="no turns"),
        pytest.param("folio", {"conclusion": "x"}, "`premises` is empty", id="no premises"),
        pytest.param(
            "mawps", {"question": "x", "equation": "x=1", "answer": "1"}, "no number", id="text"
        ),
        pytest.param(
            "prm800k",
            {
                "question": {"problem": "x"},
                "label": {"steps": [{"completions": [], "chosen_completion": 2}]},
            },
            "`chosen_completion` is 2 of 0",
            id="no such choice",
        ),
    ],
)
def test_a_row_that_lacks_something_says_what(tmp_path, name, row, words):
    (tmp_path / "rows.jsonl").write_text(json.dumps(row))
    _, count = imported(name, tmp_path / "rows.jsonl")

    assert count.n_bad == 1
    assert words in count.first_fault


def test_another_licence_may_be_said():
    layout = credited(get_layout("camel"), licence="CC0-1.0", source="mine")
    count = ImportCount()
    [example] = import_examples(layout, FIXTURES / "camel.json", count)
    assert (example.origin.licence, example.origin.source) == ("CC0-1.0", "mine")


def test_an_unknown_format_lists_the_known():
    with pytest.raises(DatasetError, match="no format 'bible'; known: openmathinstruct-2, code"):
        get_layout("bible")


def test_as_many_rows_as_the_recipe_holds_out_are_development_rows(tmp_path):
    path = tmp_path / "gsm8k.jsonl"
    n_rows = 2 * N_GSM8K_DEV + 40
    with path.open("w") as file:
        for n in range(n_rows):
            answer = f"{n}+3=<<{n}+3={n + 3}>>{n + 3}\n#### {n + 3}"
            file.write(json.dumps({"question": f"What are {n} and 3?", "answer": answer}) + "\n")
    examples, _ = imported("gsm8k", path)
    splits = [example.origin.split for example in examples]

    assert splits.count(Split.DEV) == N_GSM8K_DEV
    assert splits.count(Split.TRAIN) == n_rows - N_GSM8K_DEV

    renamed = credited(get_layout("gsm8k"), licence=None, source="mine")
    again = [e.origin.split for e in import_examples(renamed, path, ImportCount())]
    assert again == splits, "another name for the source lets no row of development through"


def test_held_out_rows_are_those_of_the_recipe():
    assert _HELD_OUT[get_layout("gsm8k").convert].n_rows == N_GSM8K_DEV
    assert _HELD_OUT[get_layout("mawps").convert].n_rows >= N_MAWPS_DEV
