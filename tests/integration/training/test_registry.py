"""The registry keeps versions whole, and says where they come from."""

from __future__ import annotations

import json
import shutil

import pytest

from engine.training.errors import ModelRegistryError
from engine.training.record import DataFile, RunRecord, weights_digest, write_record
from engine.training.registry.index import ModelRegistry


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "model"
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "checkpoints" / "large").write_bytes(b"not wanted")
    (folder / "model.safetensors").write_bytes(b"weights")
    (folder / "config.json").write_text("{}")
    return folder


@pytest.fixture
def registry(tmp_path):
    return ModelRegistry(tmp_path / "registry")


def child_of(parent, folder, *, fingerprint="f" * 32):
    folder.mkdir()
    (folder / "adapter_model.safetensors").write_bytes(b"adapter")
    data = (DataFile(name="rows.jsonl", sha256="a" * 64, n_rows=7),)
    record = RunRecord(
        method="sft",
        fingerprint=fingerprint,
        base="model",
        base_digest=weights_digest(parent),
        data=data,
        metrics={"eval_loss": 0.25},
        settings={"seed": 1},
        versions={"trl": "1"},
        stopped="enough",
    )
    write_record(folder, record)
    return folder


def test_versions_are_counted(registry, model):
    first = registry.register(model, "svend-mini", note="the first")
    (model / "model.safetensors").write_bytes(b"better")
    second = registry.register(model, "svend-mini")
    assert [first.label, second.label] == ["svend-mini@1", "svend-mini@2"]
    assert registry.get_entry("svend-mini") == second
    assert registry.get_entry("svend-mini@1") == first
    assert (registry.folder_of(first) / "model.safetensors").read_bytes() == b"weights"


def test_the_same_model_is_stored_once(registry, model):
    first = registry.register(model, "svend-mini")
    assert registry.register(model, "svend-mini") == first
    assert len(registry.list_entries()) == 1


def test_checkpoints_are_left_out_and_the_source_is_left_alone(registry, model):
    folder = registry.folder_of(registry.register(model, "svend-mini"))
    assert not (folder / "checkpoints").exists()
    assert (model / "checkpoints" / "large").exists()
    assert not (model / "CARD.md").exists()


def test_a_whole_model_has_no_fault(registry, model):
    assert registry.check(registry.register(model, "svend-mini")) == []


def test_what_is_changed_lost_or_added_is_found(registry, model, tmp_path):
    entry = registry.register(model, "svend-mini")
    folder = registry.folder_of(entry)
    (folder / "model.safetensors").write_bytes(b"WEIGHTS")
    (folder / "config.json").unlink()
    (folder / "extra").write_text("")
    found = {(fault.path, fault.problem) for fault in registry.check(entry)}
    assert found == {
        ("model.safetensors", "has changed"),
        ("config.json", "is missing"),
        ("extra", "was added"),
    }


def test_a_model_names_its_registered_parents(registry, model, tmp_path):
    registry.register(model, "base")
    child = registry.register(child_of(model, tmp_path / "child"), "child")
    assert child.parents == ("base@1",)
    grandchild = tmp_path / "grandchild"
    grandchild.mkdir()
    (grandchild / "adapter_model.safetensors").write_bytes(b"more")
    write_record(
        grandchild, RunRecord(method="sft", fingerprint="0" * 32, base="x", parent="f" * 32)
    )
    assert registry.register(grandchild, "grandchild").parents == ("child@1",)
    assert registry.list_entries()[1] == child


def test_a_symbolic_link_is_refused(registry, model):
    (model / "link").symlink_to(model / "config.json")
    with pytest.raises(ModelRegistryError, match="symbolic link"):
        registry.register(model, "svend-mini")
    assert registry.list_entries() == []


@pytest.mark.parametrize("name", ["", "Svend", "../up", "a@1", "a b"], ids=str)
def test_a_name_that_is_none_is_refused(registry, model, name):
    with pytest.raises(ModelRegistryError):
        registry.register(model, name)


def test_a_folder_without_weights_is_refused(registry, tmp_path):
    with pytest.raises(ModelRegistryError, match="no weights"):
        registry.register(tmp_path, "empty")


def test_a_half_copied_version_is_overwritten(registry, model):
    entry = registry.register(model, "svend-mini")
    torn = registry.folder_of(entry).parent / "2"
    torn.mkdir()
    (torn / "rest").write_text("of a killed copy")
    (model / "config.json").write_text('{"a": 1}')
    second = registry.register(model, "svend-mini")
    assert second.version == 2
    assert registry.check(second) == []


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 9}', '{"version": 1}'], ids=str)
def test_an_index_that_cannot_be_read_is_said_to_be_so(registry, model, tmp_path, text):
    registry.register(model, "svend-mini")
    (tmp_path / "registry" / "index.json").write_text(text)
    with pytest.raises(ModelRegistryError):
        registry.list_entries()


def test_the_commands_register_list_and_show(run_train, model, tmp_path):
    where = ("--registry", tmp_path / "models")
    assert "no model is registered" in run_train("models", *where)
    child = child_of(model, tmp_path / "child")
    output = run_train("register", child, "--name", "mini-tools", "--note", "with tools", *where)
    assert output.startswith("mini-tools@1 ")
    assert "mini-tools@1" in run_train("models", "--check", *where)
    shown = run_train("show", "mini-tools", *where)
    assert "# mini-tools, version 1" in shown
    assert "with tools" in shown
    assert "| rows.jsonl | 7 |" in shown
    assert "| eval_loss | 0.25 |" in shown
    assert "ended early: enough" in shown
    assert "is whole" in shown

    folder = tmp_path / "models" / "mini-tools" / "1"
    (folder / "adapter_model.safetensors").write_bytes(b"ADAPTER")
    assert "has changed" in run_train("show", "mini-tools@1", *where, fails=True)
    assert "1 faults" in run_train("models", "--check", *where, fails=True)
    assert "no model other" in run_train("show", "other", *where, fails=True)


def test_a_card_without_a_record_says_so(run_train, model, tmp_path):
    where = ("--registry", tmp_path / "models")
    run_train("register", model, "--name", "found", *where)
    assert "No run of this project" in run_train("show", "found", *where)
    index = json.loads((tmp_path / "models" / "index.json").read_text())
    assert index["models"][0]["record"] is None
    shutil.rmtree(tmp_path / "models")
