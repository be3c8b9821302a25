"""A run that replays recorded traffic: an access log or JSON lines, from a file, a growing file or standard input."""

import time
from dataclasses import dataclass
from pathlib import Path

from producers.recorded.lines import Format, LineReader, Replay
from producers.recorded.tail import read_lines
from producers.sending.progress_metrics import Address
from producers.sending.publish import Publisher, publish
from producers.sending.rejects import Rejects
from producers.sending.session import Summary, delivery, registered_id, session, watched_offsets
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
    encoder = Encoder(dataset.latest, registered_id(settings, dataset))
    publisher = Publisher(settings, topic.name)
    started_s = time.monotonic()
    with (
        watched_offsets(settings, topic.name) as offsets,
        session(dataset.name, metrics) as run,
        Rejects(recording.rejects_path(settings.home), run.console) as rejects,
    ):
        replay = Replay(LineReader(dataset, recording.format), encoder, topic.key, rejects)
        lines = read_lines(recording.path, recording.follow, run.stop)
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
