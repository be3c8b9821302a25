"""A run that replays recorded traffic: an access log or JSON lines, from a file, a growing file or standard input."""

import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from producers.recorded.follow import Follower
from producers.recorded.followed_file import FollowedFile
from producers.recorded.inputs import read_lines
from producers.recorded.line_reader import Format, LineReader
from producers.recorded.lines import Replay
from producers.recorded.position import PositionFile
from producers.sending.acknowledged import send
from producers.sending.encoding import encoder_of
from producers.sending.progress_metrics import Address
from producers.sending.publish import Progress, Publisher, publish
from producers.sending.raw_paths import raw_key
from producers.sending.rejects import Rejects
from producers.sending.session import Session, Summary, delivery, registered_id, session, watched_offsets
from tidegate import log
from tidegate.contracts.dataset import Dataset
from tidegate.settings import Settings

_STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Recording:
    """Recorded traffic; ``path`` may be ``-``, ``speed`` None means as fast as possible.

    With ``follow`` the end of the file is no end, and the run goes on from ``position`` (None: the default place).
    """

    path: Path
    format: Format = "auto"
    speed: float | None = None
    follow: bool = False
    rejects: Path | None = None
    position: Path | None = None

    def rejects_path(self, home: Path) -> Path:
        """Where rejected lines go: the given file, else one named after the input in the home folder."""
        name = "stdin" if str(self.path) == _STANDARD_INPUT else self.path.name
        return self.rejects or home / "rejects" / f"{name}.rejects"

    def is_followed(self) -> bool:
        """Whether the end is no end; standard input and pipes end when their writer says so."""
        is_pipe = self.path.exists() and not self.path.is_file()
        return self.follow and str(self.path) != _STANDARD_INPUT and not is_pipe


class _Prepared(NamedTuple):
    replay: Replay
    publisher: Publisher
    session: Session


def produce_recorded(settings: Settings, dataset: Dataset, recording: Recording, metrics: Address | None) -> Summary:
    """Sends recorded traffic and returns the summary.

    Raises:
        TidegateError: no file, topic or schema, or the run could not go on.
    """
    topic, followed = dataset.contract.topic, recording.is_followed()
    reader = LineReader(dataset, recording.format)
    kept = Rejects(recording.rejects_path(settings.home), log.console(), [recording.path], append=followed)
    encoder = encoder_of(dataset, registered_id(settings, dataset))
    publisher = Publisher(settings, topic.name, patient=followed)
    started_s = time.monotonic()
    with (
        watched_offsets(settings, topic.name) as offsets,
        session(dataset.name, metrics) as run,
        kept as rejects,
    ):
        prepared = _Prepared(Replay(reader, encoder, raw_key(dataset), rejects), publisher, run)
        if followed:
            place = recording.position or PositionFile.default(settings.home, recording.path, dataset.name)
            progress = _send_followed(recording, PositionFile(place, recording.path, dataset.name), prepared)
        else:
            progress = _send_whole(recording, prepared)
    return {
        "dataset": dataset.name,
        "from": str(recording.path),
        "lines": prepared.replay.lines,
        "stopped": run.stop() and not followed,
        "rejected": rejects.count,
        "rejects_file": str(rejects.path) if rejects.count else None,
        **delivery(progress, publisher.first_failure, time.monotonic() - started_s),
        "offsets": offsets,
    }


def _send_whole(recording: Recording, prepared: _Prepared) -> Progress:
    replay, publisher, run = prepared
    batches = replay.batches(read_lines(recording.path, run.stop), recording.speed, time.time)
    return publish(batches, publisher, run.stop, run.on_batch)


def _send_followed(recording: Recording, place: PositionFile, prepared: _Prepared) -> Progress:
    replay, publisher, run = prepared
    with place as position, closing(Follower(recording.path, position.read())) as follower:
        source = FollowedFile(follower, replay, position, recording.speed, run.stop)
        return send(source, publisher, run.stop, run.on_progress)
