"""A device computes in the numbers that it can, and a missing one is said to be missing."""

from __future__ import annotations

import pytest
import torch

from engine.training.errors import TrainingError
from engine.training.tune.device import dtype_of, find_place, peak_memory_bytes
from engine.training.tune.settings import Device, Precision

GIBIBYTE = 2**30


@pytest.fixture
def cuda(monkeypatch):
    """A machine with one accelerator of 80 GiB, as far as it is asked."""
    properties = type("Properties", (), {"total_memory": 80 * GIBIBYTE})
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda _: properties)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda: 7)
    return monkeypatch


@pytest.fixture
def mps(monkeypatch):
    """A machine with a Metal device, as far as it is asked."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.mps, "recommended_max_memory", lambda: 16 * GIBIBYTE)
    monkeypatch.setattr(torch.mps, "driver_allocated_memory", lambda: 9)


def test_a_cpu_computes_in_single_precision_unless_told_otherwise():
    found = find_place(Device.CPU, Precision.AUTO)
    assert (found.device, found.precision) == (Device.CPU, Precision.FP32)
    assert found.memory_bytes > GIBIBYTE
    assert found.describe() == "cpu x1 fp32"
    assert find_place(Device.CPU, Precision.BF16).precision == Precision.BF16


@pytest.mark.usefixtures("cuda")
def test_an_accelerator_is_taken_where_there_is_one():
    found = find_place(Device.AUTO, Precision.AUTO)
    assert (found.device, found.precision) == (Device.CUDA, Precision.BF16)
    assert found.memory_bytes == 80 * GIBIBYTE
    assert peak_memory_bytes(Device.CUDA) == 7


def test_an_old_accelerator_computes_in_fp16(cuda):
    cuda.setattr(torch.cuda, "is_bf16_supported", lambda: False)
    assert find_place(Device.AUTO, Precision.AUTO).precision == Precision.FP16


def test_several_accelerators_need_a_launcher(cuda):
    cuda.setattr(torch.cuda, "device_count", lambda: 4)
    with pytest.raises(TrainingError, match="accelerate launch"):
        find_place(Device.CUDA, Precision.AUTO)
    cuda.setenv("WORLD_SIZE", "4")
    cuda.setenv("RANK", "2")
    found = find_place(Device.CUDA, Precision.AUTO)
    assert (found.n_processes, found.leads) == (4, False)


@pytest.mark.usefixtures("mps")
def test_metal_computes_in_fp16_and_never_in_bf16():
    found = find_place(Device.AUTO, Precision.AUTO)
    assert (found.device, found.precision) == (Device.MPS, Precision.FP16)
    assert found.memory_bytes == 16 * GIBIBYTE
    assert peak_memory_bytes(Device.MPS) == 9
    with pytest.raises(TrainingError, match="not in bf16"):
        find_place(Device.MPS, Precision.BF16)


def test_a_cpu_does_not_compute_in_fp16():
    with pytest.raises(TrainingError, match="not in fp16"):
        find_place(Device.CPU, Precision.FP16)


@pytest.mark.parametrize("device", [Device.CUDA, Device.MPS])
def test_a_missing_device_is_named(monkeypatch, device):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(TrainingError, match="is there: leave --device out"):
        find_place(device, Precision.AUTO)


def test_without_an_accelerator_the_cpu_is_taken(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert find_place(Device.AUTO, Precision.AUTO).device == Device.CPU


def test_a_precision_names_a_type():
    found = [dtype_of(one) for one in (Precision.FP32, Precision.BF16, Precision.FP16)]
    assert found == [torch.float32, torch.bfloat16, torch.float16]
