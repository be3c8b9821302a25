"""Compares silver's next topics with what they are made from: the old topics outside of a range, the lake in it."""

from collections.abc import Mapping
from typing import NamedTuple

from tidegate.clients.kafka_offsets import Spans, topic_spans
from tidegate.clients.kafka_records import Scan
from tidegate.clients.lake_rows import open_table, scan_rows
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import PLACE
from tidegate.contracts.naming import Output
from tidegate.proof.record_reader import Leading, read_dropped, read_silver
from tidegate.proof.rows import Rows, concat, make_rows
from tidegate.proof.workers import Workers
from tidegate.replay.filled import Filled, Side
from tidegate.replay.lake_rows import identified, places
from tidegate.replay.next_topics import topics_of
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.row_range import RowRange
from tidegate.replay.store import Places
from tidegate.settings import Settings
from tidegate.sql.replay_lake import DROPPED, VERDICT
from tidegate.sql.replay_silver import Filling

_MANY = 200_000
"""Records from which on a second process is worth its start."""
_Spans = Mapping[int, tuple[int, int]]


class _Read(NamedTuple):
    """What of a topic can be read, and how many records can't."""

    rows: Rows
    unreadable: int


def compare(settings: Settings, stream: Stream, plan: RangePlan, filling: Filling, since: Places) -> Filled:
    """Each record that can be read of the old topics and is not of the range, the lake's rows of the range, and its
    marks of dropped records: whether the next topics have them and nothing else, behind the offsets ``since``.

    Raises:
        TidegateError: a topic or the lake can't be read.
        TransientError: a server does not answer.
    """
    counts = [end - start for spans in (filling.silver, filling.dropped) for start, end in spans.values()]
    with Workers(2 if sum(counts) > _MANY else 1) as workers:
        reader = _Reader(settings, stream, workers)
        silver, dropped = (reader.copied(filling, output) for output in ("silver", "dropped"))
        new_silver, new_dropped = (reader.filled(filling, output, since) for output in ("silver", "dropped"))
    made = _rows_of_range(settings, stream, filling)
    topics = topics_of(stream, filling.version)
    marks = _marks_of_range(settings, stream, plan, filling)
    sides = (
        Side(topics["silver"], concat([silver.rows, made]), new_silver.rows, new_silver.unreadable),
        Side(topics["dropped"], concat([dropped.rows, marks]), new_dropped.rows, new_dropped.unreadable),
    )
    return Filled(
        rows=len(new_silver.rows),
        of_range=len(made),
        marks=len(new_dropped.rows),
        left_out=silver.unreadable + dropped.unreadable,
        faults=tuple(fault for side in sides for fault in side.faults()),
    )


def removed(settings: Settings, stream: Stream, filling: Filling) -> tuple[str, ...]:
    """What retention has removed of the old topics since they were copied, in words: that can't be compared any more.

    Raises:
        TransientError: Kafka does not answer.
    """
    told = []
    for output, topic in topics_of(stream, filling.version - 1).items():
        kept = topic_spans(settings, topic)
        for number, (start, end) in filling.of(output).items():
            if start < end and kept.get(number, (end, end))[0] > start:
                told.append(f"retention has removed records of {topic}, partition {number}, since they were copied")
    return tuple(told)


class _Reader:
    """Reads topics in some processes."""

    def __init__(self, settings: Settings, stream: Stream, workers: Workers) -> None:
        self._settings = settings
        self._stream = stream
        self._workers = workers

    def copied(self, filling: Filling, output: Output) -> _Read:
        """What of the old topic is copied."""
        topic = topics_of(self._stream, filling.version - 1)[output]
        found = self._read(output, topic, {**filling.of(output)})
        within = RowRange(filling.within).of(found.rows)
        return _Read(found.rows.where(~within), found.unreadable)

    def filled(self, filling: Filling, output: Output, since: Places) -> _Read:
        """What the next topic has."""
        topic = topics_of(self._stream, filling.version)[output]
        starts = since.get(output, {})
        spans = topic_spans(self._settings, topic)
        return self._read(output, topic, {n: (starts.get(str(n), low), high) for n, (low, high) in spans.items()})

    def _read(self, output: Output, topic: str, spans: Spans) -> _Read:
        identity = self._stream.contract.row_identity
        scans = Scan(self._settings, topic, spans).split(self._workers.count)
        run = self._workers.submit
        jobs = [run(read_silver, scan, identity) if output == "silver" else run(read_dropped, scan) for scan in scans]
        parts: list[Leading] = self._workers.results(jobs)
        return _Read(concat([part.rows for part in parts]), sum(len(part.unreadable) for part in parts))


def _rows_of_range(settings: Settings, stream: Stream, filling: Filling) -> Rows:
    if not filling.makes:
        return make_rows()
    table = open_table(settings, f"silver.{stream.name}")
    identity = stream.contract.row_identity
    columns = tuple(dict.fromkeys([*PLACE, *identity]))
    return identified(scan_rows(settings, table, columns, RowRange(filling.made).condition), identity)


def _marks_of_range(settings: Settings, stream: Stream, plan: RangePlan, filling: Filling) -> Rows:
    """As the replay has left them where it wrote."""
    if not filling.makes or not stream.contract.rules_of("drop"):
        return make_rows()
    table = open_table(settings, plan.aside.table)
    condition = f"{VERDICT} = '{DROPPED}' and ({RowRange(filling.made).condition})"
    return places(scan_rows(settings, table, PLACE, condition))
