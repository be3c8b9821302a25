"""What was read of a topic, kept in columns on this machine: records never change, so only newer ones are read again.

A folder belongs to one topic as it was made: one that is made anew has another id, and so another folder. A file holds
the readable records at offsets [start, end) of a partition, and is named by them. What retention removes from the topic
stays here: it was written once, and still counts.
"""

import importlib
import json
import re
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tidegate.ahead import made_ahead
from tidegate.avro.records import WriterSchemas
from tidegate.avro.types import AvroSchema
from tidegate.avro.writer_types import WriterSchemaError, WriterType, read_writer_type
from tidegate.clients.kafka_offsets import Spans, topic_spans
from tidegate.clients.kafka_records import Batch, Scan, read_batches
from tidegate.clients.kafka_topics import topic_id
from tidegate.clients.registry import RegistryClient
from tidegate.dlq.layout import Layout
from tidegate.settings import Settings

ROWS = 50_000
"""Of a file at most: what is held in memory while a topic is read."""
MOST_SMALL_FILES = 16
_NAME = re.compile(r"p(\d+)-(\d+)-(\d+)\.parquet")
_REACHED = "reached.json"
Heard = Callable[[int], object]
"""Is told how many records were read since it was last told."""
ColumnsOf = Callable[[Batch], Mapping[str, Sequence[Any]]]
"""What is kept of a batch, by column, where that is not just fields; nothing, if none of its records is."""


class Segment(NamedTuple):
    """A file, and which offsets of which partition it stands for."""

    partition: int
    start: int
    end: int
    path: Path


@dataclass(frozen=True, slots=True)
class Topic:
    """Which topic is kept, where, and what of it."""

    settings: Settings
    name: str
    folder: Path
    layout: Layout


class Gap(NamedTuple):
    """Offsets [start, end) of a partition that retention removed before anybody read them here."""

    partition: int
    start: int
    end: int


class Kept(NamedTuple):
    """The files of a topic up to its end, their folder, and where retention lets each partition begin now."""

    files: list[Path]
    starts: dict[int, int]
    ends: dict[int, int]
    gaps: list[Gap]
    folder: Path | None

    @property
    def unseen(self) -> int:
        """The offsets of the gaps."""
        return sum(each.end - each.start for each in self.gaps)


def catch_up(topic: Topic, heard: Heard = lambda _: None, columns_of: ColumnsOf | None = None) -> Kept:
    """Reads what is new: the fields of the layout, or what ``columns_of`` makes of it.

    The caller sees to it that no other process does meanwhile.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    folder = _own_folder(topic)
    if folder is None:
        return Kept([], {}, {}, [], None)
    spans = topic_spans(topic.settings, topic.name)
    _read_new(topic, folder, spans, heard, columns_of)
    found, reached = _segments(folder), _reached(folder)
    return Kept(
        [each.path for each in found],
        {partition: low for partition, (low, _) in spans.items()},
        {partition: high for partition, (_, high) in spans.items()},
        [gap for number, (low, _) in spans.items() for gap in _gaps(found, number, low, reached.get(number, 0))],
        folder,
    )


def behind(topic: Topic) -> int | None:
    """How many offsets a look would read; None if there was none before.

    Raises:
        TransientError: Kafka is out of reach.
    """
    folder = _own_folder(topic)
    reached = {} if folder is None else _reached(folder)
    if not reached:
        return None
    spans = topic_spans(topic.settings, topic.name)
    return sum(max(0, high - max(low, reached.get(partition, 0))) for partition, (low, high) in spans.items())


def _read_new(topic: Topic, folder: Path, spans: Spans, heard: Heard, columns_of: ColumnsOf | None) -> None:
    """What lies behind the last file and what was found to hold no record, such as marks of transactions.

    A file is named from the end of the last one, so that what holds no record is no gap between them.
    """
    reached = _reached(folder)
    starts = {
        partition: max([low, *(each.end for each in _segments(folder) if each.partition == partition)])
        for partition, (low, _) in spans.items()
    }
    new = {number: end for number, (_, end) in spans.items() if end > max(starts[number], reached.get(number, 0))}
    if not new:
        return
    with RegistryClient(topic.settings) as registry:
        table_of = _tables(topic.layout, WriterSchemas(registry.by_id, _writer_type), columns_of)
        for partition, end in new.items():
            begin = max(starts[partition], reached.get(partition, 0))
            for piece in _read(topic, partition, (begin, end), table_of):
                heard(piece.table.num_rows)
                _write(folder, partition, piece if piece.start > begin else piece._replace(start=starts[partition]))
            _merge(folder, partition, topic.layout)
    (folder / _REACHED).write_text(json.dumps(reached | new))


def _reached(folder: Path) -> dict[int, int]:
    """Up to where each partition was read; nothing where that is not known."""
    try:
        return {int(number): int(end) for number, end in json.loads((folder / _REACHED).read_text()).items()}
    except (OSError, ValueError):
        return {}


class _Piece(NamedTuple):
    start: int
    end: int
    table: Any


def _own_folder(topic: Topic) -> Path | None:
    """The folder of the topic and the columns as they are now, earlier ones removed; None if there is no topic."""
    made = topic_id(topic.settings, topic.name)
    if made is None:
        return None
    layout = zlib.crc32(repr([*topic.layout.items()]).encode())
    wanted = topic.folder / f"{made.replace('/', '_')}-{layout:08x}"  # an id is in base64
    for other in topic.folder.glob("*"):
        if other.is_dir() and other != wanted:
            shutil.rmtree(other)
    wanted.mkdir(parents=True, exist_ok=True, mode=0o700)  # keys and headers may be personal
    return wanted


def _segments(folder: Path) -> list[Segment]:
    """The files in order, without those that a merged one stands for as well."""
    names = ((path, _NAME.fullmatch(path.name)) for path in folder.iterdir())
    every = [Segment(int(found[1]), int(found[2]), int(found[3]), path) for path, found in names if found]
    reached: dict[int, int] = {}
    kept = []
    for each in sorted(every, key=lambda each: (each.partition, each.start, -each.end)):
        if each.end > reached.get(each.partition, -1):
            kept.append(each)
            reached[each.partition] = each.end
    return kept


def _gaps(found: list[Segment], partition: int, low: int, reached: int) -> Iterator[Gap]:
    """Offsets below ``low`` that no file stands for, and that were not found to hold no record."""
    mine = [each for each in found if each.partition == partition and each.start < low]
    at = 0
    for each in mine:
        if each.start > at:
            yield Gap(partition, at, each.start)
        at = max(at, each.end)
    at = max(at, reached) if mine else at
    if at < low:
        yield Gap(partition, at, low)


def segment_file(folder: Path, of: Gap) -> Path:
    """The file that stands for these offsets."""
    return folder / f"p{of.partition}-{of.start}-{of.end}.parquet"


def _tables(layout: Layout, schemas: WriterSchemas[WriterType], columns_of: ColumnsOf | None) -> Callable[[Batch], Any]:
    arrow = _arrow()
    if columns_of is None:
        return lambda batch: arrow.table_of(batch, layout, schemas)
    return lambda batch: arrow.table_from(columns_of(batch), layout)


def _read(topic: Topic, partition: int, span: tuple[int, int], table_of: Callable[[Batch], Any]) -> Iterator[_Piece]:
    arrow, tables = _arrow(), list[Any]()
    start, reached = span[0], span[0]
    with closing(made_ahead(read_batches(Scan(topic.settings, topic.name, {partition: span})))) as batches:
        for batch in batches:
            tables.append(table_of(batch))
            reached = int(batch.offset[-1]) + 1
            if sum(table.num_rows for table in tables) >= ROWS:
                yield _Piece(start, reached, arrow.joined(tables))
                tables, start = [], reached
    if any(table.num_rows for table in tables):
        yield _Piece(start, reached, arrow.joined(tables))


def _write(folder: Path, partition: int, piece: _Piece) -> None:
    path = segment_file(folder, Gap(partition, piece.start, piece.end))
    draft = path.with_suffix(".draft")
    _arrow().write_file(piece.table, draft)
    draft.replace(path)


def _merge(folder: Path, partition: int, layout: Layout) -> None:
    """Makes one file of many small ones that follow each other, so that asking often costs no more with time."""
    run: list[Segment] = []
    for each in _segments(folder):
        if each.partition != partition:
            continue
        is_next = run and run[-1].end == each.start and each.end - each.start < ROWS // MOST_SMALL_FILES
        run = [*run, each] if is_next else [each]
    if len(run) < MOST_SMALL_FILES:
        return
    table = _arrow().read_files((each.path for each in run), layout)
    _write(folder, partition, _Piece(run[0].start, run[-1].end, table))
    for each in run:
        each.path.unlink()


def _arrow() -> Any:
    """What only reading needs: where nothing is new, a command starts sooner without it."""
    return importlib.import_module("tidegate.dlq.arrow")


def _writer_type(schema: AvroSchema) -> WriterType | None:
    try:
        return read_writer_type(schema)
    except WriterSchemaError:
        return None
