"""A run that replays recorded traffic: an access log or JSON lines, from a file, a growing file or standard input."""

import time
from dataclasses import dataclass
from pathlib import Path

from producers.recorded import tail
from producers.recorded.inputs import read_lines
from producers.recorded.line_reader import Format, LineReader
from producers.recorded.lines import Replay
from producers.sending.progress_metrics import Address
from producers.sending.publish import Publisher, publish
from producers.sending.rejects import Rejects
from producers.sending.session import Summary, delivery, registered_id, session, watched_offsets
from tidegate import log
from tidegate.avro.codec import Encoder
from tidegate.contracts.dataset import Dataset
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class Recording:
    """Recorded traffic; ``path`` may be ``-``, ``speed`` None means as fast as possible."""

    path: Path
    format: Format = "auto"
    speed: float | None = None
    follow: bool = False
    rejects: Path | None = None

    def rejects_path(self, home: Path) -> Path:
        """Where rejected lines go: the given file, else one named after the input in the home folder."""
        name = "stdin" if str(self.path) == "-" else self.path.name
        return self.rejects or home / "rejects" / f"{name}.rejects"


def produce_recorded(settings: Settings, dataset: Dataset, recording: Recording, metrics: Address | None) -> Summary:
    """Sends recorded traffic and returns the summary.

    Raises:
        TidegateError: no file, topic or schema, or the run could not go on.
    """
    topic = dataset.contract.topic
    reader = LineReader(dataset, recording.format)
    rejected = Rejects(recording.rejects_path(settings.home), log.console(), [recording.path])
    encoder = Encoder(dataset.latest, registered_id(settings, dataset))
    publisher = Publisher(settings, topic.name)
    started_s = time.monotonic()
    with (
        watched_offsets(settings, topic.name) as offsets,
        session(dataset.name, metrics) as run,
        rejected as rejects,
    ):
        replay = Replay(reader, encoder, topic.key, rejects)
        path = recording.path
        lines = tail.read_lines(path, True, run.stop) if recording.follow else read_lines(path, run.stop)
        batches = replay.batches(lines, recording.speed, time.time)
        progress = publish(batches, publisher, run.stop, run.on_batch)
    return {
        "dataset": dataset.name,
        "from": str(recording.path),
        "lines": replay.lines,
        "rejected": rejects.count,
        "rejects_file": str(rejects.path) if rejects.count else None,
        **delivery(progress, publisher.first_failure, time.monotonic() - started_s),
        "offsets": offsets,
    }
