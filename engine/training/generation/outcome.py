"""What a journal comes to: the files of a run, in the plan's order whatever came first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from engine.training.datasets.file import write_examples
from engine.training.datasets.json_lines import atomic_file, render_line
from engine.training.example import Category
from engine.training.generation.journal import Entry
from engine.training.generation.judge import Judged, Standard, judge_reply
from engine.training.generation.kept import Kept
from engine.training.generation.plan import Lane, Request
from engine.training.generation.reply import Reason
from engine.training.generation.sketch import to_row

EXAMPLES_FILE: Final = "examples.jsonl"
BLUEPRINTS_FILE: Final = "blueprints.jsonl"
LABELS_FILE: Final = "labels.jsonl"


@dataclass(slots=True, kw_only=True)
class Tally:
    """What one category has so far.

    Attributes:
        quota: Blueprints, paraphrases or solutions wanted.
        kept: Those that passed, at most the quota.
        rejected: How many did not, by reason.
        keys: Of what was kept; a second one of a key is a duplicate.
        n_surplus: What passed when the quota was full.
    """

    quota: int
    kept: list[Kept] = field(default_factory=list[Kept])
    rejected: Counter[Reason] = field(default_factory=Counter[Reason])
    keys: set[str] = field(default_factory=set[str])
    n_surplus: int = 0

    @property
    def n_missing(self) -> int:
        """How many are still wanted."""
        return self.quota - len(self.kept)

    def take(self, judged: Judged) -> None:
        """Count what came of one reply."""
        self.rejected += judged.rejected
        for found in judged.kept:
            if found.key in self.keys:
                self.rejected[Reason.DUPLICATE] += 1
            elif not self.n_missing:
                self.n_surplus += 1
            else:
                self.keys.add(found.key)
                self.kept.append(found)


class Outcome:
    """Replies judged as they come, and counted again in the plan's order at the end.

    How many are kept does not depend on the order, for two texts of one key are alike for good;
    which of two is kept does, so that the files are made from the order of the plan.
    """

    def __init__(self, lanes: Mapping[Category, Lane], standard: Standard) -> None:
        self._lanes = lanes
        self._standard = standard
        self._judged: dict[str, Judged] = {}
        self.tallies = {category: Tally(quota=lane.quota) for category, lane in lanes.items()}

    def take(self, request: Request, entry: Entry) -> None:
        """Judge one reply; each request counts once."""
        if request.request_id not in self._judged:
            judged = judge_reply(request, entry, self._standard)
            self._judged[request.request_id] = judged
            self.tallies[request.category].take(judged)

    def in_order(self) -> Mapping[Category, Tally]:
        """The same counts, every reply taken in the plan's order."""
        found: dict[Category, Tally] = {}
        for category, lane in self._lanes.items():
            found[category] = Tally(quota=lane.quota)
            for request in lane.requests:
                if request.request_id in self._judged:
                    found[category].take(self._judged[request.request_id])
        return found

    def write(self, folder: Path) -> int:
        """Write examples, blueprints and labels; each file appears whole.

        Returns:
            How many examples.

        Raises:
            DatasetError: When a file cannot be written.
        """
        kept = [each for tally in self.in_order().values() for each in tally.kept]
        with atomic_file(folder / LABELS_FILE) as file:
            file.writelines(render_line(label.to_row()) for each in kept for label in each.labels)
        with atomic_file(folder / BLUEPRINTS_FILE) as file:
            file.writelines(render_line(to_row(each.sketch)) for each in kept)
        examples = (example for each in kept for example in each.examples)
        return write_examples(folder / EXAMPLES_FILE, examples)
