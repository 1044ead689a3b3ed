"""The training library as this project uses it: silent to the outside, and without a server.

The library tells its makers of every run, imports a model server whether it is used or not, and
warns of that server's version. Runs are private here, and samples are drawn from the model that is
trained, in this process.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import datasets
import huggingface_hub.constants
import transformers

from engine.training.errors import TrainingError
from engine.training.tune.job import Report

_PACKAGES: Final = {
    Report.TENSORBOARD: ("tensorboard", "training"),
    Report.MLFLOW: ("mlflow", "tracking"),
    Report.WANDB: ("wandb", "tracking"),
}


def quiet_libraries() -> None:
    """Send no usage reports, draw no bars but our own, and say only what is a warning."""
    huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY = True
    datasets.disable_progress_bars()
    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # It says behind the last rows of an epoch that has been gone on with that they are taken as
    # they are.
    logging.getLogger("accelerate").setLevel(logging.WARNING)
    # It tells of each attempt to reach the hub; what comes of them is told in one line.
    logging.getLogger("huggingface_hub.utils._http").setLevel(logging.ERROR)


@contextmanager
def without_server() -> Iterator[None]:
    """Import parts of the library without the model server that they look for.

    It takes half a minute to import, changes how processes start, and is not used.
    """
    # The package answers to attributes by itself, and does not know this module by name.
    place: Any = import_module("trl.import_utils")
    original = place.is_vllm_available
    place.is_vllm_available = _is_absent
    try:
        yield
    finally:
        place.is_vllm_available = original


def first_line(error: Exception) -> str:
    """What a library complains of, without the advice and the lists that follow."""
    return str(error).strip().partition("\n")[0].rstrip(" :")


def require_reports(reports: tuple[Report, ...]) -> None:
    """Refuse to report to a service whose library is not there.

    Raises:
        TrainingError: It says what to install.
    """
    for report in reports:
        package, extra = _PACKAGES[report]
        if not _is_there(package):
            raise TrainingError(
                f"--report-to {report} needs the package {package}, which is not installed: "
                f"pip install 'svend[{extra}]'"
            )


def _is_there(package: str) -> bool:
    # W&B leaves a folder of its own name where it has run, and any folder would do for a package.
    spec = find_spec(package)
    return spec is not None and spec.origin is not None


def _is_absent(min_version: str | None = None) -> bool:  # noqa: ARG001 - the library's signature
    return False
