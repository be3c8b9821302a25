"""The records of a range as bronze has them: which they are, and whether that is all there were."""

from collections.abc import Iterator

import numpy as np

from tidegate.clients.kafka_offsets import TRAILING_MARKERS, OffsetReader
from tidegate.clients.lake_rows import open_table, rows_held, scan_rows
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import PLACE
from tidegate.contracts.naming import lake_table
from tidegate.errors import TidegateError, TransientError
from tidegate.job_names import LAKE
from tidegate.proof.rows import Rows, among_places, repeated
from tidegate.replay.lake_rows import places
from tidegate.replay.row_range import RowRange, Spans
from tidegate.settings import Settings

Hole = tuple[int, int, int]
"""Partition, first offset and end of offsets of which there is no record."""


def bronze_places(settings: Settings, stream: Stream, spans: Spans) -> Rows:
    """Every record that bronze has of the spans."""
    table = open_table(settings, lake_table("bronze", stream.name))
    return places(scan_rows(settings, table, PLACE, RowRange(spans).condition))


def bronze_bytes(settings: Settings, stream: Stream, spans: Spans) -> int:
    """Of the files that have them, which are compressed."""
    return rows_held(settings, open_table(settings, lake_table("bronze", stream.name)), RowRange(spans).condition).bytes


def refuse_what_lags(settings: Settings, stream: Stream, spans: Spans) -> None:
    """Raises: TransientError: the lake job has not read raw up to the end of the spans yet."""
    topic = stream.contract.topic.name
    read = OffsetReader(settings, timeout_s=30).positions(LAKE, stream.name).get(topic, {})
    for number, (start, end) in sorted(spans.items()):
        if start < end and read.get(number, 0) < end:
            raise TransientError(
                f"bronze has partition {number} up to offset {read.get(number, 0):,} only, the range ends at {end:,}.",
                remedy="Ask again when the lake job has read it, or leave --source bronze out.",
            )


def refuse_what_bronze_lacks(stream: Stream, spans: Spans, held: Rows, silver: Rows) -> list[str]:
    """``silver``: the rows that the lake has of the range; returns what is to be said.

    A mark of a transaction takes an offset and is no record: a few of these in a row are no loss.

    Raises:
        TidegateError: bronze lacks records of the range, or has one twice.
    """
    _refuse_twice(held)
    lost = silver.where(~among_places(silver, held))
    found = [*holes(spans, held)]
    gone = [hole for hole in found if hole[2] - hole[1] > TRAILING_MARKERS]
    gone += [(number, offset, offset + 1) for number, offset in zip(lost.partition[:3], lost.offset[:3], strict=True)]
    if gone:
        named = "; ".join(f"partition {number}: offsets {start:,} to {end - 1:,}" for number, start, end in gone[:3])
        raise TidegateError(
            f"neither raw nor bronze holds all of this range of {stream.name}: missing are, of {named}.",
            remedy="Replay what is before them and what is after them, each by its --offsets.",
        )
    empty = sum(end - start for _, start, end in found)
    if not empty:
        return []
    return [f"Bronze has no record at {empty:,} of these offsets, as it is of the marks of transactions."]


def holes(spans: Spans, held: Rows) -> Iterator[Hole]:
    """The offsets of the spans that are not held, in runs."""
    for number, (start, end) in sorted(spans.items()):
        offsets = np.sort(held.offset[held.partition == number])
        edges = np.concatenate([[start - 1], offsets[(offsets >= start) & (offsets < end)], [end]])
        for at in np.flatnonzero(np.diff(edges) > 1).tolist():
            if start < end:
                yield number, int(edges[at]) + 1, int(edges[at + 1])


def _refuse_twice(held: Rows) -> None:
    for number in np.unique(held.partition).tolist():
        twice = repeated(held.offset[held.partition == number])
        if len(twice):
            raise TidegateError(
                f"bronze has {len(twice):,} records of partition {number} twice, the first at offset {twice[0]:,}.",
                remedy="A replay out of it would double their rows. Replay from raw, or what lies around them.",
            )
