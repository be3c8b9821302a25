"""What one run of refine reads and writes, and under which name."""

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tidegate.contracts.envelope import PLACE, SOURCE_OFFSET, SOURCE_PARTITION
from tidegate.contracts.naming import Output
from tidegate.job_names import REFINE
from tidegate.sql.file_to_read import FileToRead
from tidegate.sql.literals import text

Offsets = Mapping[int, tuple[int, ...]]
"""Offsets by partition, ascending. Every partition of the topic is named, if without any offset."""
Spans = Mapping[int, tuple[int, int]]
"""[start, end) by partition."""
ALL_OUTPUTS: frozenset[Output] = frozenset({"silver", "dlq", "dropped"})
CHUNK = 10_000
"""Offsets in one constant of the job's SQL: some 20 kB of text."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A run of refine: the whole topic without end to all outputs, unless it is told otherwise.

    ``name``: what its consumer groups and transactions begin with; two runs at a time need two. ``offsets``: only
    these, and then it ends. ``ranges``: the same for [start, end) of every partition. ``outputs``: only these are
    written.
    ``every``: each record that explodes is, also one whose identity has been seen. ``from_bronze``: the records of the
    ranges are read out of the lake's bronze table, where raw has them no more. ``files``: of a dataset that comes in
    files, those to read.
    """

    name: str = REFINE
    offsets: Offsets | None = None
    outputs: frozenset[Output] = ALL_OUTPUTS
    ranges: Spans | None = None
    every: bool = False
    from_bronze: bool = False
    files: tuple[FileToRead, ...] = ()

    @property
    def spans(self) -> Spans | None:
        """What to read of each partition; nothing where it has no offset. None: the whole topic."""
        if self.offsets is None:
            return self.ranges
        return {partition: (among[0], among[-1] + 1) if among else (0, 0) for partition, among in self.offsets.items()}

    @property
    def condition(self) -> str | None:
        """SQL over the source's coordinates that holds for the offsets. None: for all that is read."""
        if self.offsets is None:
            return None
        return " OR ".join(_chunk_conditions(self.offsets)) or "FALSE"


def of_spans(spans: Spans, place: tuple[str, str] = PLACE) -> list[str]:
    """SQL of each partition that has an offset of the spans; ``place``: the columns of partition and offset."""
    partition, offset = place
    return [
        f"({partition} = {number} and {offset} >= {start} and {offset} < {end})"
        for number, (start, end) in spans.items()
        if start < end
    ]


def chunks(offsets: Offsets) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The offsets of each partition in pieces that one constant can hold."""
    for partition, among in offsets.items():
        for start in range(0, len(among), CHUNK):
            yield partition, among[start : start + CHUNK]


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


def _chunk_conditions(offsets: Offsets) -> Iterator[str]:
    for partition, chunk in chunks(offsets):
        yield (
            f"({SOURCE_PARTITION} = {partition} AND {SOURCE_OFFSET} BETWEEN {chunk[0]} AND {chunk[-1]} "
            f"AND is_among({SOURCE_OFFSET}, {text(encode(chunk))}))"
        )
