"""Verifiers are trained end to end: adapters, all weights, encoders; killed and gone on with."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from engine.training.datasets.file import write_examples
from engine.training.emission.chain import RIGHT_SYSTEM, WRONG_SYSTEM
from engine.training.errors import DatasetError, TrainingError
from engine.training.model_folder import new_model, save_folder
from engine.training.record import get_record
from engine.training.tune.checkpoint import find_last_whole
from engine.training.tune.settings import Device, LoraSettings
from engine.training.tune.start import hold_alone
from engine.training.verifier.eval_command import calibrate, evaluate
from engine.training.verifier.job import VerifierRun
from engine.training.verifier.judge_folder import load_judge, new_language_judge
from engine.training.verifier.question_rows import row_groups
from engine.training.verifier.settings import LossWeights, VerifierSettings
from engine.training.verifier.train_command import train
from engine.training.verifier.train_run import train_verifier
from engine.training.verifier.verifier_file import question_digest, read_verifier_file
from ops.process import wait_until
from tests.unit.engine.training.verifier import made_up

SETTINGS = VerifierSettings(
    device=Device.CPU,
    max_steps=30,
    batch_rows=16,
    micro_rows=16,
    save_steps=10,
    log_steps=10,
    learning_rate=3e-3,
    residual_dropout=0.0,
)
START_TIMEOUT_S = 120.0
REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def tokenizer():
    return made_up.make_tokenizer()


@pytest.fixture(scope="module")
def folder(tmp_path_factory, tokenizer):
    folder = tmp_path_factory.mktemp("verifier")
    made_up.write_base(folder / "base", tokenizer)
    made_up.write_encoder(folder / "encoder", tokenizer)
    write_examples(folder / "train.jsonl", made_up.make_chains(60, seed=1))
    sampled = made_up.make_chains(10, seed=2)
    write_examples(folder / "dev.jsonl", [*sampled, *map(mislabelled, sampled)])
    systems = ("one@0.8", "new@1")
    write_examples(folder / "eval.jsonl", made_up.make_chains(60, seed=3, systems=systems))
    return folder


def mislabelled(chain):
    """The same chain as made by rule, and judged the other way: no order of it can be learnt."""
    is_right = not chain.is_right
    system = RIGHT_SYSTEM if is_right else WRONG_SYSTEM
    steps = (*chain.steps, f"c=b+{1 + is_right}")
    n_right = len(steps) if is_right else 0
    return made_up.make_chain(chain.question, steps, n_right, system)


def make_run(folder, name, *, base="base"):
    return VerifierRun(
        base=folder / base,
        is_encoder=base == "encoder",
        chains=(folder / "train.jsonl",),
        dev=(folder / "dev.jsonl",),
        out_dir=folder / name,
    )


def rows_of(judge, chains):
    groups = row_groups([chain.question for chain in chains], n_most=8)
    return [judge.join([judge.encode(chains[index]) for index in group]) for group in groups]


@pytest.fixture(scope="module")
def adapter(folder):
    """A folder with a finished adapter."""
    run = make_run(folder, "adapter")
    train_verifier(run, SETTINGS)
    return run.out_dir


def test_an_adapter_learns_to_tell_right_from_wrong(adapter):
    record = get_record(adapter)
    assert record.metrics["best_within_question_auroc"] > 0.9
    assert record.method == "verifier"
    assert (adapter / "adapter_model.safetensors").is_file()
    assert not (adapter / "checkpoints").exists()


def test_the_folder_knows_its_questions_and_systems(adapter):
    file = read_verifier_file(adapter)
    assert file.systems == {"one@0.8", "two@1", RIGHT_SYSTEM, WRONG_SYSTEM}
    seen = {question_digest(c.question) for c in made_up.make_chains(10, seed=2)}
    assert seen <= file.questions


def test_the_record_names_no_folder_of_this_machine(adapter, folder):
    for name in ("run.json", "adapter_config.json", "svend-verifier.json"):
        assert str(folder) not in (adapter / name).read_text()


def test_a_finished_run_is_left_alone_and_another_is_refused(adapter, folder):
    run = make_run(folder, "adapter")
    assert train_verifier(run, SETTINGS) == get_record(adapter)
    with pytest.raises(TrainingError, match="another run"):
        train_verifier(run, replace(SETTINGS, seed=7))


def test_a_run_shorter_than_an_interval_is_evaluated_at_its_end(folder):
    run = make_run(folder, "short")
    record = train_verifier(run, replace(SETTINGS, max_steps=2, save_steps=100))
    lines = (run.out_dir / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines if "eval_auroc" in line] == [2]
    assert "best_within_question_auroc" in record.metrics


def test_two_processes_do_not_train_into_one_folder(folder):
    run = make_run(folder, "held")
    with hold_alone(run.out_dir), pytest.raises(TrainingError, match="another process trains"):
        train_verifier(run, SETTINGS)


def test_gradients_flow_into_the_adapter_only(folder):
    judge = new_language_judge(folder / "base", SETTINGS, device="cpu")
    rows = rows_of(judge, made_up.make_chains(4, seed=1))
    judge.loss(judge.model, judge.collate(rows)).backward()
    moved = {name for name, one in judge.model.named_parameters() if one.grad is not None}
    assert moved
    assert all("lora_" in name for name in moved)


def test_twenty_chains_are_learnt_by_heart(folder):
    # Of a solution's first tokens nobody knows how it ends; what is said behind it can be learnt.
    checks = LossWeights(token=0.0, language=0.0)
    settings = replace(SETTINGS, lora=None, weights=checks)
    judge = new_language_judge(folder / "base", settings, device="cpu")
    batch = judge.collate(rows_of(judge, made_up.make_chains(5, seed=4)))
    optimizer = torch.optim.Adam(judge.model.parameters(), lr=3e-3)
    judge.model.train()
    for _ in range(80):
        optimizer.zero_grad()
        loss = judge.loss(judge.model, batch)
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) < 0.05


def test_dropout_acts_in_training_alone(folder):
    settings = replace(SETTINGS, lora=None, residual_dropout=0.5)
    judge = new_language_judge(folder / "base", settings, device="cpu")
    plain = new_language_judge(folder / "base", replace(SETTINGS, lora=None), device="cpu")
    chains = made_up.make_chains(2, seed=5)
    assert judge.score(chains) == plain.score(chains)
    batch = judge.collate(rows_of(judge, chains))
    judge.model.train()
    with torch.no_grad():
        once, again = (float(judge.loss(judge.model, batch)) for _ in range(2))
    assert once != again


def test_a_killed_run_goes_on_from_its_checkpoint(folder):
    run = make_run(folder, "killed")
    settings = replace(
        SETTINGS, lora=None, patience=0, max_steps=40, save_steps=4, learning_rate=1e-4
    )
    options = {"--max-steps": 40, "--save-steps": 4, "--patience": 0, "--learning-rate": 1e-4}
    options |= {"--batch-rows": 16, "--micro-rows": 16, "--residual-dropout": 0}
    options |= {"--base": run.base, "--chains": run.chains[0], "--dev": run.dev[0]}
    options |= {"--out": run.out_dir, "--device": "cpu"}
    words = [str(word) for pair in options.items() for word in pair]
    command = [sys.executable, "-m", "scripts.svend.main", "train", "verifier", "--full", *words]
    with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.DEVNULL) as process:
        try:
            assert wait_until(lambda: find_last_whole(run.work_dir) is not None, START_TIMEOUT_S)
        finally:
            process.send_signal(signal.SIGKILL)
    assert not (run.out_dir / "run.json").exists()
    with pytest.raises(TrainingError, match="other settings"):
        train_verifier(run, replace(settings, seed=7))
    record = train_verifier(run, settings)
    assert record.n_steps == 40
    lines = (run.out_dir / "metrics.jsonl").read_text().splitlines()
    evaluated = [json.loads(line)["step"] for line in lines if "eval_auroc" in line]
    # Each step once: what the killed attempt wrote beyond its checkpoint was taken back.
    assert evaluated == list(range(4, 41, 4))


def test_what_the_likelihood_says_is_learnt_beside_the_labels(folder):
    run = make_run(folder, "taught")
    record = train_verifier(run, replace(SETTINGS, taught_share=0.5))
    assert record.metrics["best_within_question_auroc"] > 0.9
    # Half of each target is what an untrained model says, so nothing is said for sure.
    scores = load_judge(run.out_dir, base=run.base, device="cpu").score(
        made_up.make_chains(9, seed=8)
    )
    assert all(0.1 < score.whole < 0.9 for score in scores)


def test_an_encoder_has_no_likelihood_to_be_taught_by(folder):
    with pytest.raises(TrainingError, match="no likelihood"):
        train_verifier(
            make_run(folder, "taught encoder", base="encoder"), replace(SETTINGS, taught_share=0.5)
        )


def test_an_encoder_is_trained_and_read_back(folder):
    run = make_run(folder, "encoded", base="encoder")
    record = train_verifier(run, replace(SETTINGS, max_steps=60))
    assert record.metrics["best_within_question_auroc"] > 0.9
    judge = load_judge(run.out_dir, base=None, device="cpu")
    (score,) = judge.score(made_up.make_chains(1, seed=9)[:1])
    assert len(score.steps) == 2
    assert score.steps[-1] == score.whole


def test_an_adapter_without_its_base_is_refused(adapter):
    with pytest.raises(DatasetError, match="--base"):
        load_judge(adapter, base=None, device="cpu")


def test_a_folder_that_holds_no_model_is_named(folder, tmp_path):
    with pytest.raises(DatasetError, match="holds no model"):
        new_language_judge(tmp_path, SETTINGS, device="cpu")
    with pytest.raises(DatasetError, match="holds no verifier"):
        load_judge(folder / "base", base=None, device="cpu")


def test_no_adapter_fits_layers_that_are_not_there(folder):
    settings = replace(SETTINGS, lora=LoraSettings(targets="nowhere"))
    with pytest.raises(TrainingError, match="no adapter fits"):
        new_language_judge(folder / "base", settings, device="cpu")


def test_a_verifier_is_evaluated_beside_baselines(adapter, folder):
    out = folder / "report.json"
    arguments = ["--verifier", str(adapter), "--base", str(folder / "base"), "--samples", "4"]
    arguments += ["--chains", str(folder / "eval.jsonl"), "--out", str(out)]
    arguments += ["--likelihood-of", str(folder / "base")]
    result = CliRunner().invoke(evaluate, arguments, catch_exceptions=False)
    report = json.loads(out.read_text())
    assert "verifier, unseen systems" in result.stdout
    assert report["baselines"]["likelihood"].keys() == report["baselines"]["question"].keys()
    assert report["n_of_trained_questions"] == 0
    assert report["double_hold_out"]["n_chains"] == 120
    assert report["unseen_questions"]["within_question_auroc"]["mean"] > 0.9
    assert report["baselines"]["question"]["systems_held_out"]
    # Who sees the question alone cannot tell its chains apart.
    assert report["baselines"]["question"]["within_question_auroc"]["mean"] == 0.5


def test_trained_questions_are_left_out_of_the_figures(adapter, folder):
    out = folder / "trained.json"
    arguments = ["--verifier", str(adapter), "--base", str(folder / "base"), "--no-baselines"]
    arguments += ["--chains", str(folder / "train.jsonl"), "--chains", str(folder / "eval.jsonl")]
    arguments += ["--max-chains", "300", "--out", str(out)]
    CliRunner().invoke(evaluate, arguments, catch_exceptions=False)
    report = json.loads(out.read_text())
    assert report["n_of_trained_questions"] > 0
    left = report["n_chains"] - report["n_of_trained_questions"]
    assert report["unseen_questions"]["n_chains"] == left


def test_votes_and_scores_calibrate_a_confidence(adapter, folder):
    out = folder / "calibrator.json"
    arguments = ["--verifier", str(adapter), "--base", str(folder / "base"), "--rule", "verifier"]
    arguments += ["--chains", str(folder / "mixed.jsonl"), "--out", str(out)]
    chains = made_up.make_chains(60, seed=6, systems=("new@1",))
    # One in four questions has no right sample, so that some answers are wrong.
    mixed = [c for n, c in enumerate(chains) if n % 8 or not c.is_right]
    mixed += [replace(c, steps=(*c.steps, "c=b+1")) for c in mixed if not c.is_right]
    write_examples(folder / "mixed.jsonl", mixed)
    result = CliRunner().invoke(calibrate, arguments, catch_exceptions=False)
    figures = json.loads(result.stdout)
    assert figures["n_rows"] == 60
    assert json.loads(out.read_text())["features"] == ["vote_share", "margin", "log_n", "log_odds"]


def command(folder, *more):
    arguments = ["--chains", str(folder / "train.jsonl"), "--dev", str(folder / "dev.jsonl")]
    return CliRunner().invoke(train, [*arguments, "--device", "cpu", *more])


def test_the_command_trains_and_says_how_well(folder):
    out = ["--out", str(folder / "commanded"), "--max-steps", "2", "--save-steps", "1"]
    result = command(folder, "--base", str(folder / "base"), *out, "--rank", "2")
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert (said["out"], said["steps"]) == ("commanded", 2)
    assert 0 <= said["best_within_question_auroc"] <= 1
    assert get_record(folder / "commanded").settings["lora"]["rank"] == 2


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--out", "x"], "--base or --encoder"),
        (["--out", "x", "--base", "b", "--batch-rows", "3"], "no multiple"),
        (["--out", "x", "--base", "b", "--residual-dropout", "1"], "not in [0, 1)"),
        (["--out", "x", "--base", "b", "--taught-share", "2"], "not in [0, 1]"),
        (["--out", "x", "--base", "b", "--epochs", "0"], "has to be positive"),
        (["--out", "x", "--base", "b"], "holds no model"),
        (["--out", "x", "--encoder", "b"], "holds no model"),
    ],
    ids=["no model", "batch", "dropout", "share", "epochs", "base", "encoder"],
)
def test_the_command_says_in_one_line_what_is_wrong(folder, more, words):
    result = command(folder, *more)
    assert result.exit_code != 0
    assert words in result.stderr


def test_chains_that_are_all_too_long_are_named(folder):
    run = make_run(folder, "long")
    with pytest.raises(DatasetError, match="no chain is left"):
        train_verifier(run, replace(SETTINGS, max_tokens=9))


def test_the_rows_of_a_step_are_shared_evenly():
    with pytest.raises(TrainingError, match="no multiple"):
        replace(SETTINGS, micro_rows=5)


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"format": 2}', '{"format": 1, "kind": "oracle"}'],
    ids=["empty", "list", "later", "unknown"],
)
def test_what_is_no_verifiers_file_is_refused(tmp_path, text):
    (tmp_path / "svend-verifier.json").write_text(text)
    with pytest.raises(DatasetError):
        read_verifier_file(tmp_path)


def test_an_adapter_of_another_model_is_refused(adapter, folder, tokenizer):
    other = folder / "other"
    shape = replace(made_up.SHAPE, n_layers=3, width=32, head_width=32, n_heads=1)
    model = new_model(tokenizer, shape, seed=0)
    save_folder(other, model, tokenizer, sampling_temperature=0.8, dtype=torch.float32)
    with pytest.raises(DatasetError, match="no adapter of"):
        load_judge(adapter, base=other, device="cpu")
