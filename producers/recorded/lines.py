"""Recorded lines as records of a dataset: access logs and JSON lines, with ids that a second run makes again."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Literal, cast

from producers.datasets.find import find
from producers.recorded.access_log import Request, parse_line
from producers.recorded.tail import Line
from producers.sending.batch import Batch
from producers.sending.ids import line_uuid
from producers.sending.rate import Recorded
from producers.sending.rejects import Rejects
from tidegate.avro.codec import Encoder
from tidegate.avro.json_values import JsonValueError, from_json
from tidegate.contracts.dataset import Dataset

Format = Literal["auto", "combined", "jsonl"]
Record = dict[str, object]
FromAccessLog = Callable[[Request], Record]
_BATCH = 500
_SPAN_S = 0.05


class LineReader:
    """Turns lines into records of a dataset."""

    def __init__(self, dataset: Dataset, line_format: Format) -> None:
        contract = dataset.contract
        self._type = dataset.raw_type
        self._format = line_format
        self._time_field = contract.event_time.field
        self._id_field = contract.identity[0] if len(contract.identity) == 1 else None
        self._from_access_log = _access_log_mapping(dataset.name)

    def record(self, line: Line) -> tuple[Record, datetime]:
        """The record of a line, and when it happened.

        Raises:
            ValueError: the line is no record; says why.
        """
        if not line.text.strip():
            raise ValueError("empty line")
        is_json = self._format == "jsonl" or (self._format == "auto" and line.text.lstrip().startswith(b"{"))
        record = self._from_json(line) if is_json else self._from_log(line)
        time = record[self._time_field]
        assert isinstance(time, datetime)
        return record, time

    def _from_log(self, line: Line) -> Record:
        if self._from_access_log is None:
            raise ValueError("this dataset has no mapping from access logs; send JSON lines")
        request = parse_line(line.text.decode("utf-8", errors="backslashreplace"))
        record = self._from_access_log(request)
        if self._id_field is not None:
            record[self._id_field] = line_uuid(line.text, line.number, int(request.time.timestamp() * 1000))
        return record

    def _from_json(self, line: Line) -> Record:
        try:
            value = json.loads(line.text, parse_float=Decimal)
            if isinstance(value, dict) and self._id_field is not None:
                value.setdefault(self._id_field, line_uuid(line.text, line.number, 0))
            return cast(Record, from_json(value, self._type, "line"))
        except JsonValueError as error:
            raise ValueError(f"{error.problem} {error.remedy}") from error
        except json.JSONDecodeError as error:
            raise ValueError(f"not JSON: {error.msg} at character {error.colno}") from error


class Replay:
    """Makes batches of recorded lines; ``speed`` None sends as fast as possible, 1 as recorded, N times faster."""

    def __init__(self, reader: LineReader, encoder: Encoder, key_field: str | None, rejects: Rejects) -> None:
        self.lines = 0
        self._reader = reader
        self._encoder = encoder
        self._key_field = key_field
        self._rejects = rejects

    def batches(self, lines: Iterator[Line | None], speed: float | None, clock: Callable[[], float]) -> Iterator[Batch]:
        """The lines' records, in their order; an empty batch when there is nothing to read yet."""
        schedule: Recorded | None = None
        batch = Batch([], [])
        for line in lines:
            if line is None:
                yield batch
                batch = Batch([], [])
                continue
            encoded = self._encode(line)
            if encoded is None:
                continue
            key, value, event_s = encoded
            due_s = None
            if speed is not None:
                schedule = schedule or Recorded(event_s, clock(), speed)
                due_s = schedule.due_s(event_s)
            if len(batch) >= _BATCH or (batch and _apart(batch.due_s, due_s)):
                yield batch
                batch = Batch([], [])
            batch.keys.append(key)
            batch.values.append(value)
            batch.due_s = due_s
        yield batch

    def _encode(self, line: Line) -> tuple[bytes | None, bytes, float] | None:
        """Key, value and event time (seconds since 1970) of a line; None if it was rejected."""
        self.lines += 1
        try:
            record, time = self._reader.record(line)
            value = self._encoder.encode(record)
        except (ValueError, RecursionError) as error:
            self._rejects.add(line.number, str(error), line.text)
            return None
        key = None if self._key_field is None else str(record[self._key_field]).encode()
        return key, value, time.timestamp()


def _apart(first_s: float | None, second_s: float | None) -> bool:
    return first_s is not None and second_s is not None and abs(second_s - first_s) > _SPAN_S


def _access_log_mapping(dataset: str) -> FromAccessLog | None:
    """The function ``from_access_log`` of the dataset's ``access_log.py``, if there is one."""
    return cast(FromAccessLog | None, find(dataset, "access_log", "from_access_log"))
