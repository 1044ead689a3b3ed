"""What can be wrong with what training is given; none of it ever crosses HTTP."""

from __future__ import annotations

from engine.domain.errors import InvalidInputError


class DatasetError(InvalidInputError):
    """The data set cannot be read as it is written."""

    code = "dataset"


class TrainingError(InvalidInputError):
    """The training run cannot be carried out as asked."""

    code = "training"


class ModelRegistryError(InvalidInputError):
    """The registry of models does not allow this."""

    code = "model-registry"


class StoryError(InvalidInputError):
    """The file of stories cannot be read as it is written."""

    code = "story"


class FrameworkError(InvalidInputError):
    """The file of a domain framework cannot be read as it is written."""

    code = "framework"
