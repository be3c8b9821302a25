"""The datasets that can work, and why each other can't: a contract that is wrong stops nothing but its own dataset."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tidegate.contracts.check import read_drafts, schema_problems, working_problems
from tidegate.contracts.dataset import Dataset, Draft, Stream, is_stream
from tidegate.contracts.load import finished
from tidegate.contracts.problem import Problem


@dataclass(frozen=True, slots=True)
class Sound:
    """The datasets that can work, by name, and the first problem of each that is left out."""

    datasets: list[Dataset]
    left_out: Mapping[str, Problem]

    @property
    def streams(self) -> list[Stream]:
        """Those that jobs refine: neither reference data nor files."""
        return [dataset for dataset in self.datasets if is_stream(dataset)]


def sound_datasets(schemas_dir: Path) -> Sound:
    """What all that is started without naming a dataset works on.

    Examples, and versions that break their promise, keep no dataset from working: they are for ``contract check``.
    """
    drafts, left_out = read_drafts(schemas_dir)
    datasets = []
    for name, draft in drafts.items():
        if problem := _first_problem(draft, drafts):
            left_out[name] = problem
        else:
            datasets.append(finished(draft))
    return Sound(datasets, dict(sorted(left_out.items())))


def _first_problem(draft: Draft, drafts: Mapping[str, Draft]) -> Problem | None:
    problems = schema_problems(draft) or working_problems(draft, drafts)
    return problems[0] if problems else None
