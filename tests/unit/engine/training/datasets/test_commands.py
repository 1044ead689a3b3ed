"""The commands do what they say, and tell of faults in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from engine.training.datasets.check_command import check
from engine.training.datasets.commands import build, card, import_file
from engine.training.datasets.file import read_examples, write_examples
from engine.training.datasets.mini_template import mini_chat_template
from scripts.svend.data_commands import COMMANDS, data
from tests.unit.engine.training.datasets.made_up import ONE_OF_EACH, talk
from tests.unit.engine.training.datasets.test_render import PLAIN, make_tokenizer

FIXTURES = Path(__file__).parents[4] / "fixtures" / "training" / "datasets"
MIXTURE = """
dev_ratio = 0.3
near_duplicate = false
[rows]
math = 8
[[part]]
file = "set.jsonl"
"""


def run(command, *arguments):
    return CliRunner().invoke(command, [str(each) for each in arguments], catch_exceptions=False)


@pytest.fixture
def mixture(tmp_path):
    write_examples(tmp_path / "set.jsonl", [talk(f"What is {n} and 3?") for n in range(12)])
    path = tmp_path / "mixture.toml"
    path.write_text(MIXTURE)
    return path


@pytest.fixture
def screen(tmp_path):
    for name in ("exact", "windows"):
        np.save(tmp_path / f"{name}.npy", np.zeros(0, dtype=np.uint64))
    return (
        "--screen-exact",
        tmp_path / "exact.npy",
        "--screen-13gram",
        tmp_path / "windows.npy",
    )


def test_import_writes_examples_and_tells_of_bad_rows(tmp_path):
    out = tmp_path / "out.jsonl"
    result = run(import_file, "gsm8k", FIXTURES / "gsm8k.jsonl", "--out", out, "--licence", "X")

    assert result.exit_code == 0
    assert [example.origin.licence for example in read_examples(out)] == ["X", "X"]
    assert "3 rows read, 2 examples written" in result.stdout
    assert "1 rows could not be read; the first:" in result.stderr
    assert "How long is a piece of string?" in result.stderr


def test_import_ends_at_its_limit(tmp_path):
    out = tmp_path / "out.jsonl"
    run(import_file, "gsm8k", FIXTURES / "gsm8k.jsonl", "--out", out, "--limit", 1)
    assert len(list(read_examples(out))) == 1


def test_import_does_not_write_over_what_it_reads(tmp_path):
    path = tmp_path / "gsm8k.jsonl"
    path.write_bytes((FIXTURES / "gsm8k.jsonl").read_bytes())
    result = run(import_file, "gsm8k", path, "--out", path)

    assert result.exit_code == 2
    assert path.read_bytes() == (FIXTURES / "gsm8k.jsonl").read_bytes()


def test_import_of_another_format_fails_and_writes_nothing(tmp_path):
    out = tmp_path / "out.jsonl"
    write_examples(out, [talk()])
    result = run(import_file, "folio", FIXTURES / "gsm8k.jsonl", "--out", out)

    assert result.exit_code == 1
    assert "there is no field `conclusion`" in result.stderr
    assert "no row of" in result.stderr.splitlines()[-1]
    assert list(read_examples(out)) == [talk()]


def test_build_writes_a_set_and_card_shows_it(tmp_path, mixture, screen):
    result = run(build, mixture, "--out", tmp_path / "out", *screen)
    shown = run(card, tmp_path / "out")

    assert result.exit_code == shown.exit_code == 0
    assert "8 rows in" in result.stdout
    assert shown.stdout == (tmp_path / "out" / "README.md").read_text()


def test_build_says_what_it_is_short_of(tmp_path, mixture):
    mixture.write_text(MIXTURE.replace("8", "80"))
    result = run(build, mixture, "--out", tmp_path / "out", "--no-screen")
    assert result.exit_code == 0
    assert "short of math: 12 of 80 rows" in result.stderr


def test_build_fails_where_a_category_has_no_row(tmp_path, mixture):
    mixture.write_text(MIXTURE.replace("[rows]", "[rows]\nphysics = 5"))
    result = run(build, mixture, "--out", tmp_path / "out", "--no-screen")
    assert result.exit_code == 1
    assert "not a row of physics; kept out in all: " in result.stderr.splitlines()[-1]
    assert (tmp_path / "out" / "train.jsonl").exists()


def test_build_says_of_which_part_rows_could_not_be_read(tmp_path, mixture):
    with (tmp_path / "set.jsonl").open("a") as file:
        file.write("no row\n")
    result = run(build, mixture, "--out", tmp_path / "out", "--no-screen")
    assert "set.jsonl: 1 rows could not be read" in result.stderr


def test_build_into_the_folder_one_stands_in(tmp_path, mixture, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert run(build, mixture, "--out", ".", "--no-screen").exit_code == 0
    assert (tmp_path / "here" / "card.json").is_file()


def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path, mixture):
    result = run(build, mixture, "--out", mixture / "below", "--no-screen")

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1


def test_card_tells_of_changed_files(tmp_path, mixture):
    run(build, mixture, "--out", tmp_path / "out", "--no-screen")
    write_examples(tmp_path / "out" / "dev.jsonl", [talk()])
    result = run(card, tmp_path / "out")

    assert result.exit_code == 1
    assert "changed since it was built: dev.jsonl" in result.stderr


def test_card_that_is_written_again_tells_what_there_is_and_what_was_changed(tmp_path, mixture):
    out = tmp_path / "out"
    run(build, mixture, "--out", out, "--no-screen")
    write_examples(out / "dev.jsonl", [talk()])
    assert run(card, out, "--write").exit_code == 0
    shown = run(card, out)

    assert shown.exit_code == 0
    assert shown.stdout == (out / "README.md").read_text()
    assert "| dev | 1 |" in shown.stdout
    assert "**Changed after the build**: dev.jsonl." in shown.stdout
    # A file that is changed later stands beside the first.
    write_examples(out / "train.jsonl", [talk()])
    assert "**Changed after the build**: dev.jsonl, train.jsonl." in run(card, out).stdout


@pytest.mark.parametrize("command", [build, check], ids=["build", "check"])
def test_going_on_without_a_screen_must_be_asked_for(tmp_path, mixture, screen, command):
    out = ["--out", tmp_path / "out"] if command is build else []

    assert "say --no-screen" in run(command, mixture, *out).stderr
    assert "say --no-screen" in run(command, mixture, *out, *screen[:2]).stderr
    assert "goes with no screen" in run(command, mixture, *out, "--no-screen", *screen).stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "array",
    [
        pytest.param(np.zeros(3), id="floats"),
        pytest.param(np.zeros((2, 2), dtype=np.uint64), id="table"),
        pytest.param(np.array({"a": 1}), id="object"),
    ],
)
def test_a_screen_that_is_none_is_told_in_one_line(tmp_path, mixture, screen, array):
    np.save(tmp_path / "exact.npy", array)
    result = run(build, mixture, "--out", tmp_path / "out", *screen)

    assert result.exit_code == 1
    assert result.stderr.startswith(f"Error: {tmp_path / 'exact.npy'}: no")
    assert result.stderr.count("\n") == 1


def test_check_of_a_sound_file_succeeds(tmp_path, screen):
    write_examples(tmp_path / "set.jsonl", ONE_OF_EACH)
    result = run(check, tmp_path / "set.jsonl", "--no-artefact", *screen)

    assert result.exit_code == 0
    assert result.stdout.endswith("\nclean\n")


def test_check_fails_where_anything_is_wrong(tmp_path):
    write_examples(tmp_path / "set.jsonl", [talk(), talk()])
    result = run(check, tmp_path / "set.jsonl", "--no-artefact", "--no-screen")

    assert result.exit_code == 1
    assert "duplicate: 1" in result.stdout
    assert "not screened" in result.stdout


@pytest.mark.parametrize(
    ("template", "n_tokens", "found"),
    [
        pytest.param(PLAIN, 500, "clean", id="fits"),
        pytest.param(PLAIN, 30, "too-long: 1", id="too long"),
        pytest.param(mini_chat_template(), 500, "cannot-be-rendered: 1", id="refused"),
    ],
)
def test_lengths_are_counted_by_a_models_tokenizer(tmp_path, template, n_tokens, found):
    make_tokenizer(template).save_pretrained(tmp_path / "model")
    write_examples(tmp_path / "set.jsonl", [talk()])
    limits = ("--tokenizer", tmp_path / "model", "--max-tokens", n_tokens)
    result = run(check, tmp_path / "set.jsonl", "--no-screen", *limits)
    assert found in result.stdout


def test_other_kinds_are_counted_as_text(tmp_path):
    make_tokenizer(PLAIN).save_pretrained(tmp_path / "model")
    write_examples(tmp_path / "set.jsonl", ONE_OF_EACH)
    limits = ("--tokenizer", tmp_path / "model", "--max-tokens", 20)
    result = run(check, tmp_path / "set.jsonl", "--no-artefact", "--no-screen", *limits)
    assert "too-long: 5" in result.stdout


def test_lengths_need_a_tokenizer(tmp_path):
    write_examples(tmp_path / "set.jsonl", [talk()])
    result = run(check, tmp_path / "set.jsonl", "--no-screen", "--max-tokens", 9)
    assert "need one another" in result.stderr


def test_a_folder_without_a_tokenizer_is_told_in_one_line(tmp_path):
    write_examples(tmp_path / "set.jsonl", [talk()])
    limits = ("--tokenizer", tmp_path, "--max-tokens", 9)
    result = run(check, tmp_path / "set.jsonl", "--no-screen", *limits)

    assert result.exit_code == 1
    assert "no `tokenizer.json`" in result.stderr


@pytest.mark.parametrize("name", ["import", "build", "check", "card"])
def test_every_command_is_in_the_table_and_helps(name):
    result = run(data, name, "--help")

    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: data")
    assert COMMANDS[name].summary
