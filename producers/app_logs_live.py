"""The logs of the local servers as records of ``app_logs``, so that Tidegate can be watched in Tidegate.

How far each log was sent is kept in ``<home>/producers/app_logs.json`` and written once Kafka has acknowledged it. A
run that was killed sends some entries again: their ids depend on file and line alone, so they count as duplicates.
"""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from producers.avro import Encoder
from producers.batch import Batch
from producers.ids import line_uuid
from producers.log_entries import Entry, entries
from producers.tail import Line, read_lines
from tidegate.errors import TidegateError
from tidegate.settings import Settings
from tidegate.stack import local

_BATCH = 500


def live_source(settings: Settings, encoder: Encoder, stop: Callable[[], bool]) -> "ServerLogs":
    """The logs of the servers in the home folder.

    Raises:
        TidegateError: no server has written one yet.
    """
    files = {name: file for name, file in local.log_files(settings, None).items() if file.exists()}
    if not files:
        raise TidegateError(f"there are no logs in {settings.home}.", remedy="Start the servers with `tidegate up`.")
    return ServerLogs(files, settings.home / "producers" / "app_logs.json", encoder, stop)


class ServerLogs:
    """Makes batches of log entries; ``delivered`` is told when Kafka has all of them."""

    def __init__(self, files: dict[str, Path], state: Path, encoder: Encoder, stop: Callable[[], bool]) -> None:
        self._files = files
        self._state = state
        self._encoder = encoder
        self._stop = stop
        self._sent: dict[str, int] = {}
        self._saved = _read_state(state)
        self._host = socket.gethostname()

    def batches(self, clock: Callable[[], float]) -> Iterator[Batch]:
        """What the logs hold and gain, without end; an empty batch when there is nothing new."""
        readers = {
            name: entries(self._unsent(name, read_lines(file, True, self._stop)), clock)
            for name, file in self._files.items()
        }
        while not self._stop():
            batch = Batch([], [])
            for name, reader in readers.items():
                while len(batch) < _BATCH and (entry := next(reader, None)) is not None:
                    batch.keys.append(name.encode())
                    batch.values.append(self._encoder.encode(self._record(name, entry, clock)))
                    self._sent[_place(self._files[name])] = entry.last_number
            yield batch

    def delivered(self) -> None:
        """Notes that all that was handed out has arrived."""
        if self._sent and self._sent.items() - self._saved.items():
            self._saved = self._saved | self._sent
            self._state.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self._state.with_suffix(".new")
            unfinished.write_text(json.dumps(self._saved))
            unfinished.replace(self._state)

    def _unsent(self, name: str, lines: Iterator[Line | None]) -> Iterator[Line | None]:
        """The lines but those that an earlier run sent of this very file."""
        skip = self._saved.get(_place(self._files[name]), 0)
        last = 0
        for line in lines:
            if line is not None:
                if line.number <= last:
                    skip = 0
                last = line.number
                if line.number <= skip:
                    continue
            yield line

    def _record(self, name: str, entry: Entry, clock: Callable[[], float]) -> dict[str, object]:
        start = entry.start
        time = start.time or datetime.fromtimestamp(clock(), UTC)
        source = f"{_place(self._files[name])}:".encode() + entry.first.text
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
                "log.file.name": self._files[name].name,
                "log.record.line": str(entry.first.number),
                **({"log.logger": start.logger} if start.logger else {}),
            },
        }


def _place(file: Path) -> str:
    """What names a file for as long as it lives: a log that is begun anew is another one."""
    try:
        return f"{file.name}:{file.stat().st_ino}"
    except FileNotFoundError:
        return file.name


def _read_state(path: Path) -> dict[str, int]:
    try:
        state = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return {str(place): int(number) for place, number in state.items()} if isinstance(state, dict) else {}
