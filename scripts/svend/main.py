"""The `svend` command. Each subcommand's module is imported only when it is called."""

from __future__ import annotations

from importlib import metadata

import click

from scripts.svend.lazy_group import Entry, LazyGroup

COMMANDS: dict[str, Entry] = {
    "up": Entry(place="scripts.svend.up:up", summary="Start the local stack in the foreground."),
    "demo": Entry(
        place="scripts.svend.demo:demo", summary="Solve a file of problems and check the answers."
    ),
    "solve": Entry(
        place="scripts.svend.solve:solve", summary="Submit a problem and follow its search."
    ),
    "jobs": Entry(place="scripts.svend.jobs:jobs", summary="List the newest jobs."),
    "job": Entry(place="scripts.svend.jobs:job", summary="Show a job, its events or its tree."),
    "cancel": Entry(place="scripts.svend.jobs:cancel", summary="Ask a job to end."),
    "finish": Entry(place="scripts.svend.jobs:finish", summary="Take a job's best answer so far."),
    "extend": Entry(
        place="scripts.svend.extend:extend", summary="Go on with a search that has ended."
    ),
    "fork": Entry(place="scripts.svend.extend:fork", summary="Go on from a node in another way."),
    "tool": Entry(place="scripts.svend.tool:tool", summary="List the tools, or call one."),
    "mcp": Entry(
        place="scripts.svend.mcp_server:mcp", summary="Serve the tools and solve to MCP clients."
    ),
    "keys": Entry(place="scripts.svend.keys:keys", summary="Make, list and revoke API keys."),
    "doctor": Entry(
        place="scripts.svend.doctor:doctor", summary="Say what is installed, reachable, missing."
    ),
    "calibrate": Entry(
        place="scripts.svend.calibrate:calibrate",
        summary="Fit confidence to answers whose truth is known.",
    ),
    "bench": Entry(
        place="scripts.svend.bench:bench", summary="Measure a model on a file of questions."
    ),
    "data": Entry(
        place="scripts.svend.data_commands:data", summary="Make, import and check training data."
    ),
    "train": Entry(
        place="scripts.svend.training_commands:train", summary="Make and judge the models."
    ),
}


@click.group(
    cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(metadata.version("svend"), prog_name="svend")
def main() -> None:
    """Svend answers hard questions by searching.

    `svend up` starts a local stack, `svend solve "..."` asks it. The server is the one given by
    --url or SVEND_URL, else the local stack of --data-dir.

    Exit codes: 0 done, 1 a job did not succeed, 2 wrong usage, 3 no server reached, 4 refused,
    130 left running by Ctrl-C.
    """


if __name__ == "__main__":
    main()
