"""Files of examples, streamed in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.training.datasets.json_lines import atomic_file, read_rows, render_line
from engine.training.datasets.row import from_row, to_row
from engine.training.errors import DatasetError
from engine.training.example import Example


def read_examples(path: Path) -> Iterator[Example]:
    """Read the examples of a JSON-lines file one at a time; kinds may be mixed.

    Raises:
        DatasetError: For a row that is no example; it names file, line and field.
    """
    for number, row in read_rows(path):
        try:
            yield from_row(row)
        except DatasetError as error:
            raise DatasetError(f"{path}, line {number}: {error}") from error


def write_examples(path: Path, examples: Iterable[Example]) -> int:
    """Write examples as JSON lines; the file appears when the last one is written.

    Returns:
        How many were written.

    Raises:
        DatasetError: When the file cannot be written.
    """
    n_written = 0
    with atomic_file(path) as file:
        for example in examples:
            file.write(render_line(to_row(example)))
            n_written += 1
    return n_written
