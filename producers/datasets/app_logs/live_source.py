"""The logs of the local servers as records of ``app_logs``, so that Tidegate can be watched in Tidegate.

How far each log was sent is kept in ``<home>/producers/app_logs.json`` and written once Kafka has acknowledged it. A
run that was killed sends some entries again: their ids depend on file and line alone, so they count as duplicates. The
log of a server's run before this one is sent too, as far as it was not: it tells what a crash was about.
"""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from producers.live.log_entries import Entry, entries
from producers.live.restarted_log import LogFiles, Mark, RestartedLog, follow
from producers.sending.batch import Batch
from producers.sending.decoding import Fault, decoded
from producers.sending.encoding import RecordEncoder
from producers.sending.ids import line_uuid
from producers.sending.rejects import Rejects
from tidegate.errors import TidegateError
from tidegate.settings import Settings

_BATCH = 500


def live_source(
    settings: Settings, encoder: RecordEncoder, stop: Callable[[], bool], log_files: LogFiles, rejects: Rejects
) -> "ServerLogs":
    """The logs of the servers in the home folder, also of those that are started later.

    Raises:
        TidegateError: no server has written one yet.
    """
    logs = log_files()
    if not any(log.exists() for log in logs.values()):
        raise TidegateError(
            f"no server has written a log in {settings.home / 'logs'}.",
            remedy="Start the local servers with `tidegate up`. What containers log is not read here: see "
            "`docker compose logs`, or make JSON lines of it for `tidegate produce app_logs --from -`.",
        )
    return ServerLogs(logs, settings.home / "producers" / "app_logs.json", encoder, stop, rejects)


class ServerLogs:
    """Makes batches of log entries; ``delivered`` is told when Kafka has all of them."""

    def __init__(
        self,
        logs: Mapping[str, RestartedLog],
        state: Path,
        encoder: RecordEncoder,
        stop: Callable[[], bool],
        rejects: Rejects,
    ) -> None:
        self._logs = logs
        self._state = state
        self._encoder = encoder
        self._stop = stop
        self._saved = _read_state(state)
        self._marks = dict(self._saved)
        self._sent = dict(self._saved)
        self._rejects = rejects
        self._host = socket.gethostname()

    def batches(self, clock: Callable[[], float]) -> Iterator[Batch]:
        """What the logs hold and gain, without end; an empty batch when there is nothing new."""
        readers = {name: entries(follow(log, self._marks, self._stop), clock) for name, log in self._logs.items()}
        while not self._stop():
            batch = Batch([], [])
            marks: dict[str, Mark] = {}
            for name, reader in readers.items():
                while len(batch) < _BATCH and (entry := next(reader, None)) is not None:
                    value = self._value(name, entry, clock)
                    if value is not None:
                        batch.keys.append(name.encode())
                        batch.values.append(value)
                    marks[entry.last.file] = Mark.of(entry.last)
            if self._stop():  # the last entry may be half of one, and nobody sends this batch
                return
            self._marks.update(marks)
            yield batch

    def sent(self) -> None:
        """Takes down how far what was handed out reaches."""
        self._sent = dict(self._marks)

    def delivered(self) -> None:
        """Notes that all that was sent has arrived."""
        if self._sent != self._saved:
            self._saved = self._sent
            self._state.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self._state.with_suffix(".new")
            unfinished.write_text(json.dumps(self._saved))
            unfinished.replace(self._state)

    def _value(self, name: str, entry: Entry, clock: Callable[[], float]) -> bytes | None:
        """The record of an entry; None if it was rejected."""
        found = decoded(lambda: self._encoder.encode(self._record(name, entry, clock)))
        if isinstance(found, Fault):
            self._rejects.add(entry.first.number, f"{self._logs[name].path.name}: {found.reason}", entry.first.text)
            return None
        return found

    def _record(self, name: str, entry: Entry, clock: Callable[[], float]) -> dict[str, object]:
        start = entry.start
        time = start.time or datetime.fromtimestamp(clock(), UTC)
        source = f"{entry.first.file}:".encode() + entry.first.text
        return {
            "log_id": line_uuid(source, entry.first.number, int(start.time.timestamp() * 1000) if start.time else 0),
            "event_time": time,
            "severity_number": start.severity,
            "severity_text": start.level,
            "body": entry.body(),
            "service_name": name,
            "host_name": self._host,
            "trace_id": None,
            "span_id": None,
            "duration_ms": None,
            "status_code": start.status,
            "attributes": {
                "log.file.name": self._logs[name].path.name,
                "log.record.line": str(entry.first.number),
                **({"log.logger": start.logger} if start.logger else {}),
            },
        }


def _read_state(path: Path) -> dict[str, Mark]:
    """The marks by file; those of a version that knew the lines' numbers only are taken as they are."""
    try:
        state = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    marks: dict[str, Mark] = {}
    for file, mark in state.items() if isinstance(state, dict) else ():
        match mark:
            case int(number):
                marks[file] = Mark(number, "")
            case [int(number), str(digest)]:
                marks[file] = Mark(number, digest)
    return marks
