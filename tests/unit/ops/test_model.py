from __future__ import annotations

import json
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from ops.model import FETCHED, MAX_CONTEXT_TOKENS, ModelFolderError, find_model, read_model


def make_model(folder: Path, weights: bytes = b"weights", **config: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"max_position_embeddings": 512, **config}))
    (folder / "model.safetensors").write_bytes(weights)
    return folder


def test_model_is_served_under_its_weights_digest(tmp_path: Path):
    first = find_model(str(make_model(tmp_path / "small")))
    second = find_model(str(make_model(tmp_path / "small", weights=b"others")))

    name, _, digest = first.served_name.partition("@")
    assert name == "small"
    assert len(digest) == 12
    assert int(digest, 16) >= 0
    assert first.served_name != second.served_name


def test_digest_does_not_depend_on_the_place(tmp_path: Path):
    names = {find_model(str(make_model(tmp_path / where / "m"))).served_name for where in "ab"}

    assert len(names) == 1


def test_remembered_digest_is_renewed_with_the_weights(tmp_path: Path):
    digests = tmp_path / "cache/weights.json"
    folder = make_model(tmp_path / "m")
    first = read_model(folder, "m", digests)
    assert read_model(folder, "m", digests) == first

    make_model(folder, weights=b"longer weights")

    assert read_model(folder, "m", digests).served_name != first.served_name


def test_context_is_the_models_own(tmp_path: Path):
    assert find_model(str(make_model(tmp_path / "m"))).context_tokens == 512


def test_long_context_is_cut_to_what_a_laptop_holds(tmp_path: Path):
    folder = make_model(tmp_path / "m", max_position_embeddings=131_072)

    assert find_model(str(folder)).context_tokens == MAX_CONTEXT_TOKENS


@pytest.mark.parametrize("is_there", [True, False], ids=["there", "absent"])
def test_profile_is_taken_from_the_folder(tmp_path: Path, is_there: bool):
    folder = make_model(tmp_path / "m")
    if is_there:
        (folder / "svend-profile.json").write_text("{}")

    assert (find_model(str(folder)).profile is not None) is is_there


def test_adapters_are_served_under_their_own_digests(tmp_path: Path):
    folder = make_model(tmp_path / "m")
    make_model(folder / "adapters/verifier", weights=b"adapter")
    (folder / "adapters/verifier/adapter_config.json").write_text('{"r": 8}')

    (adapter,) = find_model(str(folder)).adapters

    assert adapter.served_name.startswith("verifier@")
    assert adapter.rank == 8


def test_folder_without_weights_is_refused(tmp_path: Path):
    folder = make_model(tmp_path / "m")
    (folder / "model.safetensors").unlink()

    with pytest.raises(ModelFolderError, match="no weights"):
        find_model(str(folder))


def test_folder_without_configuration_is_refused(tmp_path: Path):
    folder = make_model(tmp_path / "m")
    (folder / "config.json").unlink()

    with pytest.raises(ModelFolderError, match=r"config\.json"):
        find_model(str(folder))


def test_name_that_is_no_folder_says_what_a_hub_needs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)

    with pytest.raises(ModelFolderError, match=r"some/model.*huggingface_hub.*make setup"):
        find_model("some/model")


@pytest.mark.parametrize(
    "name",
    ["config.json", "model-00001-of-00002.safetensors", "merges.txt", "chat_template.jinja"],
)
def test_hub_is_asked_for_every_file_that_serving_needs(name: str):
    assert any(fnmatch(name, pattern) for pattern in FETCHED)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.gguf", "picture.png"])
def test_hub_is_not_asked_for_other_forms_of_the_weights(name: str):
    assert not any(fnmatch(name, pattern) for pattern in FETCHED)
