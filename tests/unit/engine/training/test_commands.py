"""The commands write what they say, and nothing of the wrong split."""

from __future__ import annotations

import json

from click.testing import CliRunner

from engine.domain.program import render_number, run_program
from engine.training.commands import problems
from engine.training.evaluate_command import evaluate_model
from engine.training.model_folder import ModelShape, new_model, save_folder
from engine.training.problem import Split, split_of


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


def test_eval_writes_results_and_the_chosen_temperature(tmp_path, tokenizer):
    shape = ModelShape(width=64, inner_width=64, n_layers=1)
    model = new_model(tokenizer, shape, seed=0)
    save_folder(tmp_path, model, tokenizer, sampling_temperature=0.8)
    arguments = ["--n", "2", "--samples", "2", "--tuning", "1", "--temperature", "0.7"]
    [results] = [
        json.loads(
            CliRunner()
            .invoke(evaluate_model, ["--model", str(tmp_path), *arguments], catch_exceptions=False)
            .stdout
        )
    ]
    assert results == json.loads((tmp_path / "results.json").read_text())
    assert results["test"]["n_problems"] == 2
    assert len(results["weights_sha256"]) == 64
    profile = json.loads((tmp_path / "svend-profile.json").read_text())
    assert profile["sampling_temperature"] == 0.7
