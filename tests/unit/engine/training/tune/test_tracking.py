"""Services follow a run, and a fault of theirs is none of the run's."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from transformers import TrainerControl, TrainerState

from engine.training.errors import TrainingError
from engine.training.record import DataFile
from engine.training.tune import tracking
from engine.training.tune.job import Report
from engine.training.tune.settings import Method
from engine.training.tune.tracking import (
    FollowedRun,
    MlflowTracker,
    WandbTracker,
    describe_files,
    flatten,
    follow,
)

RUN = FollowedRun(name="first", settings={"method": "sft", "lora.rank": 16})


class ScriptedTracker:
    """A service that remembers what it is told, and fails when it is told to."""

    def __init__(self, *, fails=()):
        self.fails = set(fails)
        self.steps = []
        self.ends = []

    def log(self, numbers, step):
        if step in self.fails:
            raise ConnectionError("the server is gone\nfor good")
        self.steps.append((step, numbers))

    def end(self, *, is_finished):
        self.ends.append(is_finished)
        if "end" in self.fails:
            raise TimeoutError


class FakeLibrary:
    """Stands for both packages: keeps every call, by name."""

    def __init__(self, project=None):
        self.calls = []
        self._project = project

    def __getattr__(self, name):
        def call(*positional, **named):
            self.calls.append((name, positional, named))
            return self

        return call

    def setup(self):
        return SimpleNamespace(settings=SimpleNamespace(project=self._project))

    def told(self, name):
        return [(positional, named) for known, positional, named in self.calls if known == name]


@pytest.fixture
def tell(monkeypatch):
    """A function that logs some steps to a service within `follow`."""

    def run(tracker, steps=(1, 2, 3), breaks=False):
        monkeypatch.setitem(tracking._OPENERS, Report.MLFLOW, lambda _: tracker)
        with follow((Report.TENSORBOARD, Report.MLFLOW), RUN) as (follower,):
            for step in steps:
                logs = {"loss": float(step), "note": "text", "is_on": True}
                follower.on_log(None, TrainerState(global_step=step), TrainerControl(), logs=logs)
            if breaks:
                raise KeyboardInterrupt

    return run


def test_every_figure_is_handed_on_with_its_step(tell):
    tracker = ScriptedTracker()
    tell(tracker)
    assert tracker.steps == [(step, {"loss": float(step)}) for step in (1, 2, 3)]
    assert tracker.ends == [True]


def test_a_service_that_fails_is_asked_no_more_and_the_run_goes_on(tell, caplog):
    tracker = ScriptedTracker(fails={2})
    tell(tracker)
    assert [step for step, _ in tracker.steps] == [1]
    (warning,) = [record.getMessage() for record in caplog.records]
    assert warning.endswith("to=mlflow all_metrics=metrics.jsonl reason=the server is gone")
    assert caplog.records[0].levelno == logging.WARNING


def test_a_service_that_failed_is_told_of_the_end_without_another_word(tell, caplog):
    tracker = ScriptedTracker(fails={1, "end"})
    tell(tracker)
    assert tracker.ends == [True]
    assert len(caplog.records) == 1


def test_a_fault_at_the_end_is_named_by_its_kind_where_it_says_nothing(tell, caplog):
    tell(ScriptedTracker(fails={"end"}))
    assert caplog.records[-1].getMessage().endswith("reason=TimeoutError")


def test_a_run_that_breaks_off_is_told_as_one_that_failed(tell):
    tracker = ScriptedTracker()
    with pytest.raises(KeyboardInterrupt):
        tell(tracker, breaks=True)
    assert tracker.ends == [False]


def test_a_service_that_cannot_be_told_is_one_line_and_the_others_are_ended(monkeypatch):
    def refuse(_):
        raise OSError("no such store\nadvice")

    tracker = ScriptedTracker()
    monkeypatch.setitem(tracking._OPENERS, Report.MLFLOW, lambda _: tracker)
    monkeypatch.setitem(tracking._OPENERS, Report.WANDB, refuse)
    fault = "^--report-to wandb does not work: no such store$"
    with (
        pytest.raises(TrainingError, match=fault),
        follow((Report.MLFLOW, Report.WANDB), RUN),
    ):
        pytest.fail("the run has begun")
    assert tracker.ends == [False]


def test_what_is_no_service_is_passed_over():
    with follow((Report.TENSORBOARD,), RUN) as followers:
        assert followers == []


def test_mlflow_is_told_settings_figures_and_end():
    library = FakeLibrary()
    tracker = MlflowTracker(library, RUN)
    tracker.log({"loss": 1.5}, 3)
    tracker.end(is_finished=False)
    assert library.told("start_run")[0][1]["run_name"] == "first"
    assert library.told("log_params") == [(({"method": "sft", "lora.rank": 16},), {})]
    assert library.told("log_metrics") == [(({"loss": 1.5},), {"step": 3})]
    assert library.told("end_run") == [(("FAILED",), {})]


@pytest.mark.parametrize(("named", "project"), [(None, "svend"), ("mine", "mine")])
def test_wandb_is_told_settings_figures_and_end(named, project):
    library = FakeLibrary(named)
    tracker = WandbTracker(library, RUN)
    tracker.log({"loss": 1.5}, 3)
    tracker.end(is_finished=True)
    ((_, begun),) = library.told("init")
    assert (begun["project"], begun["name"]) == (project, "first")
    assert begun["config"] == {"method": "sft", "lora.rank": 16}
    assert library.told("log") == [(({"loss": 1.5},), {"step": 3})]
    assert library.told("finish") == [((), {"exit_code": 0})]


def test_nothing_is_written_to_standard_output_by_wandb():
    library = FakeLibrary()
    WandbTracker(library, RUN)
    ((_, settings),) = library.told("Settings")
    assert (settings["silent"], settings["console"]) == (True, "off")


def test_settings_stand_under_dotted_names():
    values = {"seed": 1, "lora": {"rank": 16, "targets": "all"}, "max_steps": None, "on": True}
    assert flatten(values) == {
        "seed": 1,
        "lora.rank": 16,
        "lora.targets": "all",
        "max_steps": "None",
        "on": True,
    }


def test_an_enumeration_is_told_as_a_text():
    # W&B would write its member's name.
    assert type(flatten({"method": Method.SFT})["method"]) is str


def test_files_are_told_apart_by_their_digests():
    files = (DataFile(name="a.jsonl", sha256="0123456789abcdef", n_rows=3),) * 2
    assert describe_files(files) == "a.jsonl 3 0123456789ab, a.jsonl 3 0123456789ab"
