"""The body of a tool's call, as the description publishes it."""

from __future__ import annotations

from typing import Any

from pydantic import RootModel


class ToolArguments(RootModel[dict[str, Any]]):
    """The arguments of a tool, by the `input_schema` that `GET /v1/tools` shows for it."""
