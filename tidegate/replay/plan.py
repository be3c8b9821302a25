"""Which raw offsets a replay refines again: a value, from the proof's verdicts to the job that reads it."""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tidegate.proof.verdict import PartitionVerdict

CHUNK = 10_000
"""Offsets in one constant of the job's SQL: some 20 kB of text."""


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

    def spans(self) -> dict[int, tuple[int, int]]:
        """[start, end) to read of each partition; an empty one where nothing is missing."""
        return {
            partition: (offsets[0], offsets[-1] + 1) if offsets else (0, 0)
            for partition, offsets in self.offsets.items()
        }

    def chunks(self) -> Iterator[tuple[int, int, int, str]]:
        """(partition, first, last, encoded offsets) for the SQL function ``is_among``."""
        for partition, offsets in self.offsets.items():
            for start in range(0, len(offsets), CHUNK):
                chunk = offsets[start : start + CHUNK]
                yield partition, chunk[0], chunk[-1], encode(chunk)

    def to_json(self) -> str:
        """The plan as text."""
        return json.dumps({"dataset": self.dataset, "offsets": self.offsets})

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        """The plan that ``to_json`` wrote."""
        found = json.loads(text)
        offsets = {int(partition): tuple(values) for partition, values in found["offsets"].items()}
        return cls(found["dataset"], offsets)


def encode(offsets: Iterable[int]) -> str:
    """Ascending offsets as the Java function ``IsAmong`` takes them: distances in seven bits a byte, as Base64."""
    out = bytearray()
    last = 0
    for offset in offsets:
        distance = offset - last
        last = offset
        while distance > 0x7F:
            out.append(distance & 0x7F | 0x80)
            distance >>= 7
        out.append(distance)
    return base64.b64encode(bytes(out)).decode()
