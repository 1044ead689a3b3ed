"""Turns trials into what is sent for them: a prompt, claims for a verifier, the call of a tool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from engine.domain.trial import PathEnd, Trial, Work
from engine.ports import Claim, GenerationRequest
from engine.prompts.prompt import Prompt, Reading
from engine.runner.conclusion import Task
from engine.runner.errand import Calling, Errand, Generating, Judging
from engine.runner.exchange import read_observation, show_result
from engine.runner.path import Paths
from engine.runner.replacement import Given, Replacements
from engine.runner.request import SearchPorts, SearchRequest
from engine.runner.writing import Rendered, keep_prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Trials that are launched together.

    Attributes:
        trials: Neighbours of one group for a model, all that wait for the verifier, or one call.
        rendered: The prompt that they share; ``None`` where no model writes.
    """

    trials: tuple[Trial, ...]
    rendered: Rendered | None = None

    @property
    def first(self) -> Trial:
        """The trial that stands for all of them."""
        return self.trials[0]


def list_ends(trials: Sequence[Trial]) -> tuple[PathEnd | None, ...]:
    """Return the ends of all paths that the trials go on from, judge or choose between."""
    return tuple(end for trial in trials for end in (trial.path_end, *trial.subjects))


class Dispatch:
    """Knows how one search speaks to the world."""

    def __init__(
        self,
        request: SearchRequest,
        ports: SearchPorts,
        paths: Paths,
        replacements: Replacements,
    ) -> None:
        """Begin with no prompt rendered."""
        self._request = request
        self._replacements = replacements
        self._ports = ports
        self._paths = paths
        # What starts at the root is asked for again and again, with the same prompt.
        self._at_root: dict[str, Rendered] = {}

    def form_parties(self, trials: Sequence[Trial]) -> tuple[Party, ...]:
        """Return the trials as they will be launched. The texts of their paths must be known.

        Raises:
            UnknownPromptError: When the model's prompts have no such role.
        """
        given = [trial for trial in trials if self._replacements.find(trial) is not None]
        trials = [trial for trial in trials if trial not in given]
        scores = tuple(trial for trial in trials if trial.work is Work.SCORE)
        calls = tuple(Party(trials=(trial,)) for trial in trials if trial.work is Work.TOOL)
        groups = split_groups([trial for trial in trials if trial.work.asks_model])
        return (
            *(Party(trials=tuple(group), rendered=self._render(group[0])) for group in groups),
            *((Party(trials=scores),) if scores else ()),
            *calls,
            *(self._form_given(trial) for trial in given),
        )

    def make_errand(self, party: Party) -> Errand:
        """Return what is done for a party."""
        text = self._replacements.find(party.first)
        errand = self._make_errand(party)
        return errand if text is None else Given(text, errand)

    def _form_given(self, trial: Trial) -> Party:
        return Party(
            trials=(trial,), rendered=self._render(trial) if trial.work.asks_model else None
        )

    def _make_errand(self, party: Party) -> Errand:
        if party.rendered is not None:
            return self._ask_model(party, party.rendered)
        if party.first.work is Work.SCORE:
            return Judging(self._ports.verifier, [self._claim(trial) for trial in party.trials])
        step = "".join(self._paths.list_texts(party.first.path_end)[-1:])
        show = partial(show_result, prompt=self._request.prompts.prompts.get(party.first.prompt))
        return Calling(step, self._ports.tools, show)

    def _ask_model(self, party: Party, rendered: Rendered) -> Generating:
        profile, first = self._request.profile, party.first
        prompt = self._request.prompts.prompts[first.prompt]
        before = self._paths.render_steps(first.path_end)
        request = GenerationRequest(
            prompt=rendered.prompt,
            n=len(party.trials),
            seed=first.seed,
            sampling=first.sampling,
            stop=(*profile.stop, *self._list_stops(first)),
            deadline_s=self._request.request_timeout_s,
            tools=self._request.tools if prompt.reading is Reading.CALLS else (),
            grammar=profile.grammar if _answers(first, prompt) else "",
        )
        task = Task(
            work=first.work,
            before=before,
            protocol=profile.answer_protocol,
            reading=prompt.reading,
            ends=profile.stop,
            n_subjects=len(first.subjects),
            observed=self._find_observed(first, prompt),
        )
        return Generating(
            model=self._ports.model,
            request=request,
            task=task,
            tools=self._ports.tools,
            lead=prompt.find_lead(before),
        )

    def _find_observed(self, trial: Trial, prompt: Prompt) -> str | None:
        """Return what the run gave that a text goes on from; ``None`` where there was none."""
        end = trial.path_end
        shown = None if end is None else self._paths.find_observation(end)
        if end is None or shown is None:
            return None
        # Of a program its value counts, and not what it printed on its way.
        return self._paths.find_answer(end.node_id) or read_observation(shown, prompt)

    def _list_stops(self, trial: Trial) -> tuple[str, ...]:
        """Return what ends a text beside the profile's own stops."""
        own = self._request.prompts.prompts[trial.prompt].stop
        if trial.work is Work.STEP:
            return own or self._request.profile.step_stop
        # A whole answer goes on past the ends of its steps.
        return () if trial.work is Work.SAMPLE else own

    def _render(self, trial: Trial) -> Rendered:
        is_at_root = trial.parent_id is None and not trial.subjects
        if is_at_root and trial.prompt in self._at_root:
            return self._at_root[trial.prompt]
        prompt = self._request.prompts.render(trial.prompt, self._list_variables(trial))
        prompt_id = self._request.prompts.prompts[trial.prompt].prompt_id
        rendered = keep_prompt(prompt, prompt_id)
        if is_at_root:
            self._at_root[trial.prompt] = rendered
        return rendered

    def _list_variables(self, trial: Trial) -> dict[str, str]:
        paths = [self._paths.render_path(subject) for subject in trial.subjects]
        numbered = (f"Choice {number}:\n{path}" for number, path in enumerate(paths, start=1))
        return {
            "problem": self._request.problem.text,
            "steps": self._paths.render_steps(trial.path_end),
            "candidates": "\n\n".join(numbered),
            "tools": self._request.tools_text,
        }

    def _claim(self, trial: Trial) -> Claim:
        end = trial.path_end
        return Claim(
            problem=self._request.problem.text,
            steps=self._paths.list_texts(end),
            answer=None if end is None else self._paths.find_answer(end.node_id),
        )


def _answers(trial: Trial, prompt: Prompt) -> bool:
    """Whether the model is asked for an answer, or for a step of one, in its own notation."""
    return trial.work in {Work.SAMPLE, Work.STEP} and prompt.reading is Reading.TEXT


def split_groups(trials: Sequence[Trial]) -> list[list[Trial]]:
    """Cut trials into runs of one group with consecutive indices: one request each."""
    runs: list[list[Trial]] = []
    for trial in sorted(trials, key=lambda trial: (trial.group_id, trial.index)):
        last = runs[-1][-1] if runs else None
        if last and _is_next(last, trial):
            runs[-1].append(trial)
        else:
            runs.append([trial])
    return runs


def _is_next(last: Trial, trial: Trial) -> bool:
    """Whether one request can draw both: in a fork, neighbours may have seeds of their own."""
    is_neighbour = last.group_id == trial.group_id and last.index + 1 == trial.index
    return is_neighbour and last.seed + 1 == trial.seed and last.sampling == trial.sampling
