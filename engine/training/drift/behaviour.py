"""What one version does on the prompts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.training.drift.prompt import Prompt
from engine.training.drift.reply import Reply, read_reply
from engine.training.drift.tool_choice import choose_tools
from engine.training.drift.version import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What one version does on one prompt.

    Attributes:
        greedy: Its likeliest solution.
        tool: The tool that it chooses, `none` or `unreadable`; None where none is asked for.
        retold: Its likeliest solutions of the paraphrases.
        samples: Solutions drawn at a temperature.
    """

    greedy: Reply
    tool: str | None = None
    retold: tuple[Reply, ...] = ()
    samples: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How samples are drawn.

    Attributes:
        n_samples: Of each prompt; 0 for none.
        temperature: Of the samples.
        seed: Of the samples.
    """

    n_samples: int
    temperature: float
    seed: int = 0


def observe(model: Model, prompts: Sequence[Prompt], sampling: Sampling) -> list[Behaviour]:
    """Ask a version everything; the behaviours are in the order of the prompts."""
    questions = [prompt.problem for prompt in prompts]
    greedy = [read_reply(one) for one in model.greedy(questions)]
    paraphrases = [text for prompt in prompts for text in prompt.paraphrases]
    retold = iter([read_reply(one) for one in model.greedy(paraphrases)])
    tools = iter(_choose(model, prompts))
    samples = _sample(model, questions, sampling)
    return [
        Behaviour(
            greedy=reply,
            tool=None if prompt.tools is None else next(tools),
            retold=tuple(next(retold) for _ in prompt.paraphrases),
            samples=drawn,
        )
        for prompt, reply, drawn in zip(prompts, greedy, samples, strict=True)
    ]


def _choose(model: Model, prompts: Sequence[Prompt]) -> list[str]:
    asked = [(prompt.problem, prompt.tools) for prompt in prompts if prompt.tools is not None]
    questions, offers = [one[0] for one in asked], [one[1] for one in asked]
    return [choice.name for choice in choose_tools(model, questions, offers)]


def _sample(model: Model, questions: Sequence[str], sampling: Sampling) -> list[tuple[Reply, ...]]:
    if not sampling.n_samples:
        return [() for _ in questions]
    drawn = model.sample(
        questions,
        n_samples=sampling.n_samples,
        temperature=sampling.temperature,
        seed=sampling.seed,
    )
    return [tuple(read_reply(one) for one in found) for found in drawn]
