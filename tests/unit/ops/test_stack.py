from __future__ import annotations

from pathlib import Path

import pytest

from ops import stack, vllm
from ops.errors import MissingModelError, MissingModelServerError
from ops.stack import Stack, StackOptions, build_stack
from tests.unit.ops.test_model import make_model

# Nothing is asked of these while the stack is put together.
OUTSIDE = {"DATABASE_URL": "postgresql://nowhere", "REDIS_URL": "redis://nowhere"}


def build(folder: Path, **environ: str) -> Stack:
    options = StackOptions(
        data_folder=folder, host="127.0.0.1", port=None, n_workers=1, environ=OUTSIDE | environ
    )
    return build_stack(options)


def test_model_server_waits_for_nothing(tmp_path: Path):
    made = build(tmp_path / "data", SVEND_MODEL=str(make_model(tmp_path / "m")))
    made.listener.close()

    assert made.parts[0].name == "model"
    assert made.parts[0].after == ()


def test_installation_without_a_model_server_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(vllm, "MODULE", "no_such_package.server")

    with pytest.raises(MissingModelServerError, match=r"make setup.*SVEND_LLM_URL"):
        build(tmp_path, SVEND_MODEL="some/model")


def test_outside_model_server_needs_none_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(vllm, "MODULE", "no_such_package.server")
    made = build(tmp_path, SVEND_LLM_URL="http://127.0.0.1:9")
    made.listener.close()

    assert made.parts[0].address == "127.0.0.1:9 (not ours)"


def test_package_without_the_repositorys_model_names_the_ways_out(tmp_path, monkeypatch):
    monkeypatch.setattr(stack, "DEFAULT_MODEL", tmp_path / "models/svend-mini")

    with pytest.raises(MissingModelError, match=r"^[^\n]*SVEND_MODEL[^\n]*SVEND_LLM_URL[^\n]*$"):
        build(tmp_path)


def test_a_stack_tells_how_its_model_is_reached_and_where_the_key_lies(tmp_path: Path):
    made = build(tmp_path / "data", SVEND_MODEL=str(make_model(tmp_path / "m")))
    made.listener.close()

    told = worker_environment(made)
    assert made.model == {
        "url": told["SVEND_LLM_URL"],
        "name": told["SVEND_MODEL_NAME"],
        "profile": told.get("SVEND_PROFILE", ""),
        "api_key_file": told["SVEND_LLM_API_KEY_FILE"],
    }
    assert Path(made.model["api_key_file"]).read_text().strip() not in made.model.values()


def worker_environment(made: Stack) -> dict[str, str]:
    return next(part.spec().environment for part in made.parts if part.name.startswith("worker"))


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("SVEND_CALIBRATOR", "svend-calibrator.json"),
        ("SVEND_VERIFIER_SHAPE", "svend-shape.json"),
    ],
)
def test_workers_are_told_of_what_lies_in_the_models_folder(tmp_path: Path, name: str, file: str):
    folder = make_model(tmp_path / "m")
    (folder / file).write_text("{}")
    made = build(tmp_path / "data", SVEND_MODEL=str(folder))
    made.listener.close()

    assert worker_environment(made)[name] == str(folder / file)


def test_a_calibrator_that_was_named_beats_the_models_own(tmp_path: Path):
    folder = make_model(tmp_path / "m")
    (folder / "svend-calibrator.json").write_text("{}")
    made = build(tmp_path / "data", SVEND_MODEL=str(folder), SVEND_CALIBRATOR="mine.json")
    made.listener.close()

    assert worker_environment(made)["SVEND_CALIBRATOR"] == "mine.json"
