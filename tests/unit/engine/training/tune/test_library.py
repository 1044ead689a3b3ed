"""The libraries say what is a warning, and nothing of what they are about."""

from __future__ import annotations

import logging

import pytest
from accelerate.accelerator import logger as accelerate_logger
from huggingface_hub.utils._http import logger as hub_logger

from engine.training.tune.library import quiet_libraries


@pytest.mark.parametrize(
    ("logger", "silent", "heard"),
    [
        (accelerate_logger, logging.INFO, logging.WARNING),
        (hub_logger, logging.WARNING, logging.ERROR),
    ],
    ids=["accelerate", "attempts-to-reach-the-hub"],
)
def test_libraries_tell_of_faults_alone(logger, silent, heard):
    quiet_libraries()
    assert not logger.isEnabledFor(silent)
    assert logger.isEnabledFor(heard)
