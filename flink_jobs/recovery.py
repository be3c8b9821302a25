"""The state that a job goes on from: the newest of its checkpoints and savepoints, unless a start names another."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from flink_jobs.begun import Begun, begun_of, from_json, to_json
from flink_jobs.job import Arguments, Job, StateFacts
from flink_jobs.state import read_texts, states, uids_in, write_text, written_at_ms
from tidegate import log
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError
from tidegate.settings import Settings

CHECKPOINT_DIR = "execution.checkpointing.dir"
RECOVERY_PATH = "execution.state-recovery.path"
IGNORE_UNCLAIMED = "execution.state-recovery.ignore-unclaimed-state"
STARTS = "starts"
"""Below a job's folder of checkpoints: what each start began with."""
LATEST, NONE = "latest", "none"


def recovery_path(job: Job, arguments: Arguments, settings: Settings, folder: str) -> str | None:
    """The checkpoint or savepoint to go on from; None starts at the beginning of the topics."""
    if arguments.recover_from == NONE:
        return None
    if arguments.recover_from != LATEST:
        return arguments.recover_from
    newest = max([*states(folder), *states(f"{settings.savepoint_dir()}/{job.name}")], default=None)
    if newest:
        return newest[1]
    if has_run_before(job.name, settings):
        raise TidegateError(
            f"{job.name} has run before, but no checkpoint of it is in {folder}.",
            remedy="Name one with --recover-from PATH; with none, everything is read and written a second time.",
        )
    return None


def usable_path(
    job: Job, arguments: Arguments, datasets: Sequence[Stream], settings: Settings, folder: str
) -> str | None:
    """As :func:`recovery_path`; a job that can compute its results again does so where its newest state is unusable."""
    path = recovery_path(job, arguments, settings, folder)
    if path is None or job.computed_again is None or arguments.recover_from != LATEST:
        return path
    reason = why_unusable(job, datasets, settings, facts_of(path, folder))
    if reason:
        log.tell(
            f"{job.name} computes all again from the beginning of its topics; its newest state is not used: {reason}.",
            "state_not_used",
            job=job.name,
            reason=reason,
        )
        return None
    return path


def why_unusable(job: Job, datasets: Sequence[Stream], settings: Settings, state: StateFacts) -> str | None:
    """Why the results of a job would be wrong if it went on from the state; None if they would not."""
    return job.computed_again.unusable(datasets, settings, state) if job.computed_again else None


def facts_of(state: str, folder: str) -> StateFacts:
    """What is to be known of a state; ``folder`` is the job's, of checkpoints.

    Raises:
        TidegateError: it cannot be read.
    """
    written_ms = written_at_ms(state)
    written_at = datetime.fromtimestamp(written_ms / 1000, UTC)
    return StateFacts(uids_in(state), begun_of(read_starts(folder), written_ms), datetime.now(UTC) - written_at)


def read_starts(folder: str) -> dict[int, dict[str, Begun]]:
    """By their times in ms, what the starts of a job began with."""
    texts = read_texts(f"{folder}/{STARTS}")
    return {int(name.partition(".")[0]): from_json(text) for name, text in texts.items()}


def write_start(folder: str, started_at: datetime, begun: Mapping[str, Begun]) -> None:
    """Leaves what a start begins with where the next ones find it."""
    write_text(f"{folder}/{STARTS}", f"{int(started_at.timestamp() * 1000)}.json", to_json(begun))


def has_run_before(name: str, settings: Settings) -> bool:
    """Whether a consumer group of the job has committed offsets, which Flink does at each checkpoint."""
    offsets = OffsetReader(settings, timeout_s=10)
    return any(offsets.committed(offsets.groups(naming.group_prefix(name))).values())
