"""Which raw offsets a replay refines again: a value, from the proof's verdicts to the job that reads it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from tidegate.job_names import REPLAY
from tidegate.proof.verdict import PartitionVerdict
from tidegate.sql.scope import Scope


@dataclass(frozen=True, slots=True)
class Plan:
    """Offsets by raw partition, ascending. Every partition of the topic is named, most without any offset."""

    dataset: str
    offsets: dict[int, tuple[int, ...]]

    @classmethod
    def of_missing(cls, dataset: str, verdicts: Iterable[PartitionVerdict]) -> "Plan":
        """What the proof found missing."""
        missing = {verdict.window.partition: verdict.difference.missing for verdict in verdicts}
        return cls(dataset, {partition: tuple(offsets.tolist()) for partition, offsets in missing.items()})

    @property
    def count(self) -> int:
        """Events to refine again."""
        return sum(map(len, self.offsets.values()))

    def scope(self) -> Scope:
        """A run of refine beside the usual one, over these offsets only."""
        return Scope(REPLAY, self.offsets)

    def to_json(self) -> str:
        """The plan as text."""
        return json.dumps({"dataset": self.dataset, "offsets": self.offsets})

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """The plan that ``to_json`` wrote."""
        found = json.loads(text)
        offsets = {int(partition): tuple(values) for partition, values in found["offsets"].items()}
        return cls(found["dataset"], offsets)
