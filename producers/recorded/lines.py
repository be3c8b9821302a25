"""Recorded lines as batches: on time, each line either in one of them or rejected."""

from collections.abc import Callable, Iterator

from producers.recorded.line_reader import LineReader
from producers.recorded.split import Line
from producers.sending.batch import Batch
from producers.sending.decoding import Fault, check_size, decoded
from producers.sending.encoding import RecordEncoder
from producers.sending.rate import Recorded
from producers.sending.rejects import Rejects
from tidegate.avro.paths import value_at
from tidegate.errors import TidegateError

_BATCH = 500
_BATCH_BYTES = 4 * 1024 * 1024
_SPAN_S = 0.05


class Replay:
    """Makes batches of recorded lines; ``speed`` None sends as fast as possible, 1 as recorded, N times faster.

    ``taken`` is the last line of each file, by ``Line.file``, that is in a batch handed out before, or rejected.
    """

    def __init__(self, reader: LineReader, encoder: RecordEncoder, key_field: str | None, rejects: Rejects) -> None:
        self.lines = 0
        self.taken: dict[str, Line] = {}
        self._reader = reader
        self._encoder = encoder
        self._key_field = key_field
        self._rejects = rejects
        self._batch = Batch([], [])
        self._batch_bytes = 0
        self._in_batch: dict[str, Line] = {}

    def batches(self, lines: Iterator[Line | None], speed: float | None, clock: Callable[[], float]) -> Iterator[Batch]:
        """The lines' records, in their order; an empty batch when there is nothing to read yet.

        Raises:
            TidegateError: the lines cannot be read to their end; those before are handed out first.
        """
        schedule: Recorded | None = None
        try:
            for line in lines:
                encoded = None if line is None else self._encode(line)
                if line is None:
                    yield self._hand_out()
                elif encoded is not None:
                    key, value, event_s = encoded
                    due_s = None
                    if speed is not None:
                        schedule = schedule or Recorded(event_s, clock(), speed)
                        due_s = schedule.due_s(event_s)
                    if self._is_full() or (self._batch and _apart(self._batch.due_s, due_s)):
                        yield self._hand_out()
                    self._take(key, value, due_s)
                if line is not None:
                    self._in_batch[line.file] = line._replace(text=b"")
        except TidegateError:
            yield self._hand_out()
            raise
        yield self._hand_out()

    def _encode(self, line: Line) -> tuple[bytes | None, bytes, float] | None:
        """Key, value and event time (seconds since 1970) of a line; None if it was rejected."""
        self.lines += 1
        found = decoded(lambda: self._record(line))
        if isinstance(found, Fault):
            self._rejects.add(line.number, found.reason, line.text)
            return None
        return found

    def _record(self, line: Line) -> tuple[bytes | None, bytes, float]:
        record, time = self._reader.record(line)
        value = self._encoder.encode(record)
        field = None if self._key_field is None else value_at(record, self._key_field)
        key = None if field is None else str(field).encode()
        check_size(key, value)
        return key, value, time.timestamp()

    def _take(self, key: bytes | None, value: bytes, due_s: float | None) -> None:
        self._batch.keys.append(key)
        self._batch.values.append(value)
        self._batch.due_s = due_s
        self._batch_bytes += len(value)

    def _is_full(self) -> bool:
        return len(self._batch) >= _BATCH or self._batch_bytes >= _BATCH_BYTES

    def _hand_out(self) -> Batch:
        batch, self._batch, self._batch_bytes = self._batch, Batch([], []), 0
        self.taken.update(self._in_batch)
        self._in_batch = {}
        return batch


def _apart(first_s: float | None, second_s: float | None) -> bool:
    return first_s is not None and second_s is not None and abs(second_s - first_s) > _SPAN_S
