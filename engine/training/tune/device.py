"""Which device there is, in what numbers it computes, and how much it holds."""

from __future__ import annotations

import os
import resource
import sys
from dataclasses import dataclass
from typing import Final

import torch

from engine.training.errors import TrainingError
from engine.training.tune.settings import Device, Precision

# Linux counts the largest resident set in kibibytes, macOS in bytes.
_RSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a run computes.

    Attributes:
        device: `cpu`, `cuda` or `mps`; not `auto`.
        precision: Of the passes; not `auto`.
        n_processes: How many train together.
        memory_bytes: What one device holds; None where it is not known.
    """

    device: Device
    precision: Precision
    n_processes: int
    memory_bytes: int | None

    @property
    def leads(self) -> bool:
        """Whether this process writes and speaks for all."""
        return int(os.environ.get("RANK", "0")) == 0

    def describe(self) -> str:
        """What a record says of it."""
        return f"{self.device} x{self.n_processes} {self.precision}"


def find_place(device: Device, precision: Precision) -> Place:
    """Choose a device and a precision for it.

    Raises:
        TrainingError: When the device is not there, cannot compute in that precision, or holds
            several accelerators that this one process could not use.
    """
    chosen = _default_device() if device == Device.AUTO else device
    _require(chosen)
    numbers = _default_precision(chosen) if precision == Precision.AUTO else precision
    if chosen == Device.MPS and numbers == Precision.BF16:
        raise TrainingError("mps computes in fp16 or fp32, not in bf16")
    if chosen == Device.CPU and numbers == Precision.FP16:
        raise TrainingError("a cpu computes in fp32 or bf16, not in fp16")
    return Place(
        device=chosen,
        precision=numbers,
        n_processes=_count_processes(chosen),
        memory_bytes=_find_memory(chosen),
    )


def peak_memory_bytes(device: Device) -> int:
    """The most that was held so far: by the accelerator, or by this process on a CPU."""
    if device == Device.CUDA:
        return torch.cuda.max_memory_allocated()
    if device == Device.MPS:
        return torch.mps.driver_allocated_memory()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT


def dtype_of(precision: Precision) -> torch.dtype:
    """The type that a precision names."""
    return {
        Precision.FP32: torch.float32,
        Precision.BF16: torch.bfloat16,
        Precision.FP16: torch.float16,
    }[precision]


def _default_device() -> Device:
    if torch.cuda.is_available():
        return Device.CUDA
    return Device.MPS if torch.backends.mps.is_available() else Device.CPU


def _default_precision(device: Device) -> Precision:
    if device == Device.CUDA:
        return Precision.BF16 if torch.cuda.is_bf16_supported() else Precision.FP16
    return Precision.FP16 if device == Device.MPS else Precision.FP32


def _require(device: Device) -> None:
    if device == Device.CUDA and not torch.cuda.is_available():
        raise TrainingError("no CUDA device is there: leave --device out, or give cpu")
    if device == Device.MPS and not torch.backends.mps.is_available():
        raise TrainingError("no Metal device is there: leave --device out, or give cpu")


def _count_processes(device: Device) -> int:
    # Set by `accelerate launch` and torchrun.
    n_processes = int(os.environ.get("WORLD_SIZE", "1"))
    if device == Device.CUDA and n_processes == 1 and torch.cuda.device_count() > 1:
        raise TrainingError(
            f"{torch.cuda.device_count()} GPUs are visible and one process would use one: run "
            "`accelerate launch --multi_gpu -m scripts.svend.main train …`, or make one visible "
            "with CUDA_VISIBLE_DEVICES=0"
        )
    return n_processes


def _find_memory(device: Device) -> int | None:
    if device == Device.CUDA:
        return torch.cuda.get_device_properties(torch.cuda.current_device()).total_memory
    if device == Device.MPS:
        return torch.mps.recommended_max_memory()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None
