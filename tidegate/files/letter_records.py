"""Letters of a run, as they lie aside in the lake, as the records that Kafka gets: a batch at a time, by columns."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tidegate.avro.frame import frame
from tidegate.avro.from_arrow import bytes_of, encode_rows
from tidegate.avro.leading_fields import Ints
from tidegate.avro.types import AvroSchema, read_record
from tidegate.clients.transactions import Record
from tidegate.contracts.envelope import SOURCE_OFFSET, SOURCE_PARTITION, SPLIT_ROW
from tidegate.dead_letters.record import ERROR_CODE, HEADERS, STAGE
from tidegate.files.account import RowNumbers
from tidegate.files.mended import At, Mended

BATCH = 10_000
"""Letters of one transaction."""
BATCH_BYTES = 64_000_000
"""It has fewer where they are large: three batches are in memory at a time."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = pa.timestamp("us", "UTC")
_US = timedelta(microseconds=1)
_PLACE = (SOURCE_PARTITION, SOURCE_OFFSET)
_SAID = (STAGE, ERROR_CODE, "error_message")


@dataclass(frozen=True, slots=True)
class OfFiles:
    """What letters get that was not known when their rows were judged: by number of the file.

    ``numbers``: of its rows; ``checksums``: its SHA-256. ``mended``: of rows of repair files the letters that they had.
    """

    numbers: Mapping[int, RowNumbers]
    checksums: Mapping[int, str]
    mended: Mapping[At, Mended]


def still_to_send(letters: Any, accepted: Sequence[int], known: Collection[str]) -> Any:
    """Of a table those of ``accepted`` files whose ids are not ``known``."""
    new = letters.filter(pc.is_in(letters[SOURCE_PARTITION], pa.array(accepted, letters[SOURCE_PARTITION].type)))
    if not known:
        return new
    return new.filter(pa.array([each not in known for each in new["dead_letter_id"].to_pylist()], pa.bool_()))


def in_batches(pieces: Iterable[Any]) -> Iterator[Any]:
    """The rows of tables as a ``RecordBatch`` of :data:`BATCH` letters after the other, in their order."""
    waiting: list[Any] = []
    for piece in pieces:
        letters = pa.concat_tables([*waiting, piece])
        while letters.num_rows >= BATCH or letters.nbytes >= BATCH_BYTES:
            yield _whole(letters.slice(0, BATCH))
            letters = letters.slice(BATCH)
        waiting = [letters] if letters.num_rows else []
    yield from map(_whole, waiting)


class LetterRecords:
    """Makes records of one topic; ``schema_id``: by which the registry knows the ``schema``."""

    def __init__(self, topic: str, schema: AvroSchema, schema_id: int, files: OfFiles) -> None:
        self._topic = topic
        self._record = read_record(schema)
        self._frame = frame(schema_id)
        self._files = files

    def of(self, letters: Any) -> list[Record]:
        """Of the rows of a ``RecordBatch``, in their order; what fails again counts its attempts."""
        fields = {field.name: letters.column(field.name) for field in self._record.fields}
        source = dict(zip((part.name for part in fields["source"].type), fields["source"].flatten(), strict=True))
        fields["source_file"] = self._source_file(letters, source["topic"])
        if self._files.mended:
            fields |= self._again(letters)
        values = encode_rows(pa.RecordBatch.from_pydict(fields), self._record, self._frame)
        said = (source["topic"], source["partition"], source["offset"], *(fields[name] for name in _SAID))
        headers = zip(*map(bytes_of, said), strict=True)
        return [
            Record(self._topic, None, value, headers=[*zip(HEADERS, texts, strict=True)])
            for value, texts in zip(values, headers, strict=True)
        ]

    def _source_file(self, letters: Any, uris: Any) -> Any:
        """Of each row its number and its file's checksum, file by file."""
        numbers, offsets, in_split = (_ints(letters.column(name)) for name in (*_PLACE, SPLIT_ROW))
        rows, checksums = np.empty_like(offsets), np.empty(len(offsets), object)
        order = np.argsort(numbers, kind="stable")
        files, first = np.unique(numbers[order], return_index=True)
        for number, mine in zip(files.tolist(), np.split(order, first[1:]), strict=True):
            rows[mine] = self._files.numbers[number].of(offsets[mine], in_split[mine])
            checksums[mine] = self._files.checksums[number]
        return pa.StructArray.from_arrays([uris, pa.array(rows), pa.array(checksums)], ["uri", "row", "checksum"])

    def _again(self, letters: Any) -> dict[str, Any]:
        """The columns of attempts: of rows that were mended they go on where the letters before them were."""
        places = zip(*(_ints(letters.column(name)).tolist() for name in _PLACE), strict=True)
        before = {row: self._files.mended[at] for row, at in enumerate(places) if at in self._files.mended}
        attempts = _ints(letters.column("attempt")).copy()
        first_us = _ints(letters.column("first_failed_at").cast(_TIME)).copy()
        for row, each in before.items():
            attempts[row] = each.entry.attempt + 1
            if each.first_failed_at is not None:
                first_us[row] = (each.first_failed_at - _EPOCH) // _US
        return {"attempt": pa.array(attempts), "first_failed_at": pa.array(first_us).cast(_TIME)}


def _whole(letters: Any) -> Any:
    return letters.combine_chunks().to_batches()[0]


def _ints(column: Any) -> Ints:
    numbers: Ints = column.cast(pa.int64()).to_numpy()
    return numbers
