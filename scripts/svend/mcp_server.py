"""`svend mcp`: the tools, and `solve`, for any client of the Model Context Protocol."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import click
import mcp_types as types
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server

from engine.domain.errors import UnknownToolError
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from scripts.svend.client import open_client
from scripts.svend.errors import CommandError
from scripts.svend.own_tools import open_own_tools
from scripts.svend.server import ServerChoice, find_server, server_options
from scripts.svend.tool import tier_option
from tools.registry import ToolRegistry

SOLVE = types.Tool(
    name="solve",
    description=(
        "Searches for the answer of a hard question by a Svend server, and returns it with its "
        "confidence and what it rests on. It may take minutes."
    ),
    input_schema={
        "type": "object",
        "properties": {
            "problem": {"type": "string", "description": "The question, with all it needs."},
            "strategy": {"type": "string", "description": "A search strategy; absent: auto."},
            "verifier": {"type": "string", "description": "Who judges; absent: the server's own."},
            "timeout_s": {
                "type": "number",
                "exclusiveMinimum": 0,
                "maximum": 3600,
                "description": "How long to wait for the answer; 300. The job goes on after it.",
            },
        },
        "required": ["problem"],
        "additionalProperties": False,
    },
)
SOLVE_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Answers the requests of one client.

    Attributes:
        registry: The tools.
        choice: Which server solves.
    """

    registry: ToolRegistry
    choice: ServerChoice

    def list_tools(self) -> types.ListToolsResult:
        """Return every tool, and `solve`."""
        listed = [
            types.Tool(
                name=spec.name,
                description=spec.summary,
                input_schema=spec.input_model.model_json_schema(),
            )
            for spec in self.registry.specs
        ]
        return types.ListToolsResult(tools=[*listed, SOLVE])

    async def call(self, name: str, arguments: Mapping[str, Any]) -> types.CallToolResult:
        """Call a tool. What goes wrong is told in the result, so that a model can mend it."""
        try:
            if name == SOLVE.name:
                return await asyncio.to_thread(solve, self.choice, arguments)
            return render_result(
                await self.registry.run(ToolCall(name=name, arguments=dict(arguments)))
            )
        except UnknownToolError as error:
            return refuse(f"{error}, solve")
        except CommandError as error:
            return refuse(error.message)


def solve(choice: ServerChoice, arguments: Mapping[str, Any]) -> types.CallToolResult:
    """Submit a problem to the server and wait for its answer.

    Raises:
        CommandError: When no server is known or reached, or it refuses.
    """
    body = {"type": "solve", **{k: v for k, v in arguments.items() if k != "timeout_s"}}
    timeout_s = arguments.get("timeout_s", SOLVE_TIMEOUT_S)
    if isinstance(timeout_s, bool) or not isinstance(timeout_s, int | float):
        return refuse("timeout_s: give a number of seconds.")
    with open_client(find_server(choice)) as client:
        job = client.submit(body)
        job = client.wait_for_job(job, timeout_s=min(float(timeout_s), 3600.0))
        if not job.status.is_terminal:
            return refuse(f"{job.job_id} is still {job.status.value}; it goes on.")
        if job.answer is None:
            told = json.dumps(job.error) if job.error else "there is no answer"
            return refuse(f"{job.job_id} is {job.status.value}: {told}")
    shown = {
        name: job.data.get(name)
        for name in ("id", "answer", "confidence", "outcome", "stop_reason", "strategy")
    }
    text = types.TextContent(type="text", text=f"{job.answer}\n{json.dumps(shown)}")
    return types.CallToolResult(content=[text], structured_content=shown)


def render_result(result: ToolResult) -> types.CallToolResult:
    """Return a tool's result as the protocol has it: words, pictures, and values."""
    if result.status is not ToolStatus.OK:
        return refuse(f"{result.status.value}: {result.error}")
    detail = dict(result.detail or {})
    content: list[types.ContentBlock] = [types.TextContent(type="text", text=result.output)]
    content += [
        types.ImageContent(type="image", data=each["data"], mime_type=each["media_type"])
        for each in _list_pictures(detail)
    ]
    shown = {name: part for name, part in detail.items() if name not in _PICTURES}
    return types.CallToolResult(
        content=content, structured_content={"output": result.output, **shown}
    )


def refuse(message: str) -> types.CallToolResult:
    """Return a result that says what went wrong."""
    return types.CallToolResult(
        content=[types.TextContent(type="text", text=message)], is_error=True
    )


@click.command()
@tier_option
@server_options
def mcp(choice: ServerChoice, *, min_tier: str) -> None:
    """Serve the tools and `solve` to a client of the Model Context Protocol, over stdio.

    The tools run on this machine, in a sandbox; `solve` asks the server of --url or SVEND_URL,
    else the local stack.
    """
    asyncio.run(serve(choice, min_tier))


async def serve(choice: ServerChoice, min_tier: str) -> None:
    """Serve until the client closes standard input."""
    async with open_own_tools(min_tier) as registry, stdio_server() as (reading, writing):
        server = make_server(Desk(registry=registry, choice=choice))
        await server.run(reading, writing, server.create_initialization_options())


def make_server(desk: Desk) -> Server[Any]:
    """Return the server over a desk."""

    async def list_tools(
        _context: ServerRequestContext[Any], _page: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return desk.list_tools()

    async def call_tool(
        _context: ServerRequestContext[Any], asked: types.CallToolRequestParams
    ) -> types.CallToolResult:
        return await desk.call(asked.name, asked.arguments or {})

    return Server(
        "svend", version=version("svend"), on_list_tools=list_tools, on_call_tool=call_tool
    )


_PICTURES = ("images", "figures")


def _list_pictures(detail: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    # Clients show bitmaps; a drawing in SVG comes as a bitmap too when both are asked for.
    found = [each for name in _PICTURES for each in detail.get(name) or ()]
    return [each for each in found if each["media_type"] == "image/png"]
