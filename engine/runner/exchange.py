"""What stands behind a call in a model's text: written for it, and read again."""

from __future__ import annotations

from engine.answers.call_fault import MalformedCall
from engine.answers.call_observation import describe_result, read_output, render_observation
from engine.domain.tool import ToolResult
from engine.prompts.prompt import Prompt

# How tools begin the lines that say how their result is to be taken.
NOTE = "Note: "


def show_result(observed: ToolResult | MalformedCall, prompt: Prompt | None) -> str:
    """Return what a model gets to read of a run, or of a call that could not be read.

    Args:
        observed: What came back.
        prompt: The one that its step was asked for with. Where it has a form of its own for
            results, that is used; else they are shown as blocks of output.
    """
    if prompt is None or prompt.tool_form is None:
        return render_observation(observed)
    described = describe_result(observed, max_chars=prompt.tool_form.max_result_chars)
    return prompt.render_result(described)


def read_observation(shown: str, prompt: Prompt) -> str:
    """Return what a tool put out, from what :func:`show_result` wrote in a form of the prompt.

    Returns:
        The output without the tool's notes, as it can stand for an answer;
        an empty text for a run that failed, for an output of which a part was left out, and where
        the prompt has no form of its own.
    """
    form = prompt.tool_form
    if form is None:
        return ""
    output = read_output(form.read_result(shown)) or ""
    if len(output) > form.max_result_chars:
        return ""
    return "\n".join(line for line in output.split("\n") if not line.startswith(NOTE))
