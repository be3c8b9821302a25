"""Which raw offsets a replay refines again: a value, from the proof's verdicts to the job that reads it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from tidegate.job_names import REPLAY
from tidegate.proof.verdict import PartitionVerdict
from tidegate.sql.scope import Scope

LIMIT = 500_000
"""Offsets in one plan: each stands in the job's SQL, some two bytes of text, and Flink compiles it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Offsets by raw partition, ascending. Every partition of the topic is named, most without any offset.

    ``left``: how many more are missing, for the replays to come. ``letters_of``: the replay into the lake that has
    rejected these; then nothing but their dead letters is written. ``from_bronze``: raw may have them no more.
    """

    dataset: str
    offsets: dict[int, tuple[int, ...]]
    left: int = 0
    letters_of: str = ""
    from_bronze: bool = False

    @classmethod
    def of_missing(cls, dataset: str, verdicts: Iterable[PartitionVerdict], limit: int = LIMIT) -> "Plan":
        """What the proof found missing, the first ``limit`` of it.

        Not several plans of all of it: an event of a later one may repeat an event of an earlier one. The next proof
        knows that.
        """
        offsets: dict[int, tuple[int, ...]] = {}
        left = 0
        for verdict in verdicts:
            missing = verdict.in_topics.missing  # what a replay has judged is no loss of refine
            room = limit - sum(map(len, offsets.values()))
            offsets[verdict.window.partition] = tuple(missing[:room].tolist())
            left += max(0, len(missing) - room)
        return cls(dataset, offsets, left)

    @property
    def count(self) -> int:
        """Events to refine again."""
        return sum(map(len, self.offsets.values()))

    def scope(self) -> Scope:
        """A run of refine beside the usual one, over these offsets only."""
        if not self.letters_of:
            return Scope(REPLAY, self.offsets)
        return Scope(REPLAY, self.offsets, frozenset({"dlq"}), every=True, from_bronze=self.from_bronze)

    def to_json(self) -> str:
        """The plan as text."""
        told = {"dataset": self.dataset, "offsets": self.offsets}
        return json.dumps(told | {"letters_of": self.letters_of, "from_bronze": self.from_bronze})

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """The plan that ``to_json`` wrote."""
        found = json.loads(text)
        offsets = {int(partition): tuple(values) for partition, values in found.pop("offsets").items()}
        return cls(offsets=offsets, **found)
