"""The commands write what they say, and nothing of the wrong split."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

from engine.domain.program import render_number, run_program
from engine.training.commands import base, pack, problems
from engine.training.evaluate_command import evaluate_model
from engine.training.model_folder import ModelShape, new_model, save_folder
from engine.training.problem import Split, split_of
from engine.training.settings import PRESETS


def toy_sized(settings):
    """The same recipe for a CPU and a few seconds."""
    return replace(
        settings,
        minutes=0.03,
        device="cpu",
        micro_tokens=512,
        vocabulary=600,
        tokenizer_rows=100,
        shard_rows=64,
        n_dev_problems=1,
        is_compiled=False,
        shape=ModelShape(width=64, inner_width=64, n_layers=2, n_heads=1, n_key_value_heads=1),
    )


def lines_of(*arguments):
    result = CliRunner().invoke(problems, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_data_writes_problems_of_one_split():
    rows = lines_of("--split", "test", "--n", "12")
    assert {split_of(row["template"]) for row in rows} == {Split.TEST}
    assert len({row["id"] for row in rows}) == 12
    for row in rows:
        assert render_number(run_program(row["program"]).value) == row["answer"]


def test_data_draws_the_mixture(corpus_paths):
    rows = lines_of("--n", "40", "--mawps", str(corpus_paths.mawps))
    assert {row["id"].split("-")[0] for row in rows} <= {"generated", "mawps"}


def test_data_reports_what_was_dropped(corpus_paths):
    result = CliRunner().invoke(problems, ["--n", "1", "--gsm8k", str(corpus_paths.gsm8k)])
    assert json.loads(result.stderr)["n_gsm8k_programs"] == 4


@pytest.mark.parametrize(
    ("option", "text", "words"),
    [
        pytest.param("--gsm8k", '{"question": "a"', "rows.jsonl, line 1: not JSON", id="JSON"),
        pytest.param("--gsm8k", "[1]", "line 1: not a JSON object", id="no object"),
        pytest.param(
            "--mawps",
            '{"question": "a", "answer": 1}',
            "rows.jsonl, line 1: there is no text in the field `equation`",
            id="another set's rows",
        ),
        pytest.param(
            "--mawps",
            '{"question": "a", "equation": "x=1", "answer": [1]}',
            "rows.jsonl, line 1: there is no number in the field `answer`",
            id="no number",
        ),
        pytest.param("--screen-exact", "", "give both", id="half of a screen"),
    ],
)
def test_data_that_cannot_be_used_is_told_of_in_one_line(tmp_path, option, text, words):
    path = tmp_path / "rows.jsonl"
    path.write_text(text)
    result = CliRunner().invoke(problems, [option, str(path)])
    assert result.exit_code == 1
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.fixture
def model_folder(tmp_path, tokenizer, monkeypatch):
    monkeypatch.setattr("engine.training.sampling.MAX_NEW_TOKENS", 4)
    shape = ModelShape(width=64, inner_width=64, n_layers=1)
    save_folder(tmp_path, new_model(tokenizer, shape, seed=0), tokenizer, sampling_temperature=0.8)
    return tmp_path


def test_eval_writes_results_a_table_and_the_temperature(model_folder, corpus_paths):
    arguments = ["--n", "2", "--samples", "2", "--temperature", "0.7"]
    arguments += ["--file", str(corpus_paths.gsm8k), "--limit", "1"]
    result = CliRunner().invoke(
        evaluate_model, ["--model", str(model_folder), *arguments], catch_exceptions=False
    )
    results = json.loads((model_folder / "results.json").read_text())
    assert results["sets"].keys() == {"test", "held-out", "stories", "short", "gsm8k"}
    assert results["sets"]["gsm8k"]["n_problems"] == 1
    assert len(results["weights_sha256"]) == 64
    assert all(name in result.stdout for name in results["sets"])
    profile = json.loads((model_folder / "svend-profile.json").read_text())
    assert profile["sampling_temperature"] == 0.7


def test_eval_tries_temperatures_on_development_templates(model_folder):
    arguments = ["--n", "1", "--samples", "1", "--tuning", "1", "--model", str(model_folder)]
    CliRunner().invoke(evaluate_model, arguments, catch_exceptions=False)
    results = json.loads((model_folder / "results.json").read_text())
    assert results["votes_by_temperature"].keys() == {"0.6", "0.8", "1.0"}


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--n", "0"], id="nothing to answer"),
        pytest.param(["--n", "1", "--verifier", "verifier"], id="no server of that name"),
    ],
)
def test_eval_says_what_is_missing(model_folder, arguments):
    result = CliRunner().invoke(evaluate_model, ["--model", str(model_folder), *arguments])
    assert result.exit_code == 2
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--share", "poems=0.5"], id="no such part"),
        pytest.param(["--width", "100"], id="no multiple of the head"),
        pytest.param(["--packed", "nowhere"], id="no pack"),
        pytest.param(["--from", "nowhere"], id="no model to begin with"),
        pytest.param(["--optimizer", "sgd"], id="no such optimizer"),
        pytest.param(["--varied", "1.5"], id="no share"),
    ],
)
def test_base_refuses_what_it_cannot_train(arguments, tmp_path):
    given = ["--out", str(tmp_path), "--work-dir", str(tmp_path), *arguments]
    result = CliRunner().invoke(base, given)
    assert result.exit_code == 2


@pytest.mark.parametrize("option", ["--layers", "--width", "--vocabulary"])
def test_a_model_to_begin_with_brings_its_own_shape(option, tmp_path):
    given = ["--out", str(tmp_path), "--from", str(tmp_path), option, "1024"]
    result = CliRunner().invoke(base, given)
    assert result.exit_code == 2
    assert f"leave out {option}" in result.output


def test_a_folder_without_a_tokenizer_packs_nothing(tmp_path):
    given = ["--tokens", "2000", "--tokenizer", str(tmp_path), "--out", str(tmp_path / "pack")]
    result = CliRunner().invoke(pack, given)
    assert result.exit_code == 1
    assert "holds no tokenizer" in result.output


def test_rows_are_packed_and_trained_on_as_the_gpu_recipe_does(tmp_path, monkeypatch):
    monkeypatch.setitem(PRESETS, "gpu", toy_sized(PRESETS["gpu"]))
    monkeypatch.setattr("engine.training.pretrain._MEASURED_S", 0.0)
    monkeypatch.setattr("engine.training.sampling.MAX_NEW_TOKENS", 4)
    folder = tmp_path / "pack"
    packing = ["--preset", "gpu", "--tokens", "2000", "--processes", "1", "--out", str(folder)]
    report = json.loads(CliRunner().invoke(pack, packing, catch_exceptions=False).stdout)
    assert report["n_tokens"] >= 2_000
    training = ["--preset", "gpu", "--packed", str(folder), "--processes", "1"]
    training += ["--work-dir", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    CliRunner().invoke(base, training, catch_exceptions=False)
    assert (tmp_path / "out" / "model.safetensors").exists()
