"""The state that each dataset of a job goes on from: the newest that holds it, unless a start names another.

Datasets may have moved from one Flink job of a kind to another since (``refine``, ``refine.readings``), so the
checkpoints and savepoints of all of them are looked at. Of a dataset that runs in none, the newest state is the last.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flink_jobs.begun import Begun, begun_of, from_json, to_json
from flink_jobs.begun_anew import still_theirs
from flink_jobs.job import Arguments, Job, StateFacts
from flink_jobs.state import (
    STARTS,
    contents_of,
    exists,
    folders,
    mentions,
    read_texts,
    states,
    uids_in,
    write_text,
    written_at_ms,
)
from flink_jobs.uids import is_of
from tidegate import log
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError
from tidegate.job_names import job_of
from tidegate.settings import Settings

CHECKPOINT_DIR = "execution.checkpointing.dir"
RECOVERY_PATH = "execution.state-recovery.path"
CLAIM_MODE = "execution.state-recovery.claim-mode"
IGNORE_UNCLAIMED = "execution.state-recovery.ignore-unclaimed-state"
LATEST, NONE = "latest", "none"


@dataclass(frozen=True, slots=True)
class Places:
    """Where states are: the folder of all jobs' checkpoints, that of all savepoints, and a state that was given.

    ``given``: by `flink run --fromSavepoint` or the Kubernetes operator; empty if none was.
    """

    checkpoints: str
    savepoints: str
    given: str = ""

    def of(self, name: str) -> tuple[str, str]:
        """The folders of one Flink job."""
        return f"{self.checkpoints}/{name}", f"{self.savepoints}/{name}"


@dataclass(frozen=True, order=True, slots=True)
class Kept:
    """A checkpoint or savepoint: when it was written, its path, and the Flink job that it is of."""

    written_ms: int
    path: str
    name: str


def origins(
    job: Job, datasets: Sequence[Stream], arguments: Arguments, settings: Settings, places: Places
) -> dict[str, StateFacts]:
    """By dataset, the state to go on from; one that has none begins as :mod:`flink_jobs.parts` finds out.

    A state that the start names, or that is given, is asked first. A named one is asked alone.

    Raises:
        TidegateError: the job has run before and none of its states is there, or one can't be read.
    """
    if arguments.recover_from == NONE:
        return {}
    named = arguments.recover_from if arguments.recover_from != LATEST else places.given
    found: dict[str, StateFacts] = {}
    if named:
        facts = facts_of(named, f"{places.checkpoints}/{_job_in(named, job.name)}")
        found = {each.name: facts for each in datasets if facts.holds(naming.operator_prefix(job.name, each.name))}
    if arguments.recover_from != LATEST:
        return _usable(job, datasets, settings, found, named)
    newest = newest_of_each(job.name, datasets, places, found, settings)
    return _usable(job, datasets, settings, still_theirs(job.name, datasets, newest, settings))


def newest_of_each(
    job: str, datasets: Sequence[Stream], places: Places, found: Mapping[str, StateFacts], settings: Settings
) -> dict[str, StateFacts]:
    """What was found, and of each other dataset the newest state that holds it."""
    result = dict(found)
    missing = [each.name for each in datasets if each.name not in found]
    wanted: dict[str, str] = {naming.operator_prefix(job, name): name for name in missing}
    kept = sorted(kept_states(job, places), reverse=True) if wanted else []
    if wanted and not kept and not places.given and has_run_before(job, settings):
        raise TidegateError(
            f"{job} has run before, but no checkpoint of it is in {places.checkpoints}/{job}.",
            remedy="Name one with --recover-from PATH; with none, everything is read and written a second time.",
        )
    for state in kept:
        held = held_in(state.path, list(wanted))
        if held:
            facts = facts_of(state.path, f"{places.checkpoints}/{state.name}")
            result |= {wanted.pop(prefix): facts for prefix in held}
        if not wanted:
            break
    return result


def held_in(state: str, prefixes: Sequence[str]) -> list[str]:
    """Which of these operators' prefixes the state holds; none if it has gone meanwhile, as a running job's do."""
    try:
        # A state can be large: its text tells at once that it has nothing of them.
        if not mentions(state, [f"{prefix}:" for prefix in prefixes]):
            return []
        uids = uids_in(state)
    except TidegateError:
        if exists(state):
            raise
        return []
    return [prefix for prefix in prefixes if any(is_of(uid, prefix) for uid in uids)]


def kept_states(job: str, places: Places) -> Iterator[Kept]:
    """Every checkpoint and savepoint of the job, of all of its Flink jobs."""
    for root in (places.checkpoints, places.savepoints):
        for name in folders(root):
            if job_of(name) == job:
                yield from (Kept(written_ms, path, name) for written_ms, path in states(f"{root}/{name}"))


def _usable(
    job: Job, datasets: Sequence[Stream], settings: Settings, found: Mapping[str, StateFacts], named: str = ""
) -> dict[str, StateFacts]:
    """Without the states that a dataset's results would be wrong with, where these can be computed again.

    Raises:
        TidegateError: it was ``named``.
    """
    result = dict(found)
    for dataset in datasets:
        state = found.get(dataset.name)
        reason = job.computed_again.unusable([dataset], settings, state) if job.computed_again and state else None
        if reason is None:
            continue
        if named:
            raise TidegateError(
                f"{job.name} would be wrong if it went on from {named}: {reason}.",
                remedy="Start it with --recover-from none: everything is computed again.",
            )
        text = (
            f"{job.name} computes all of {dataset.name} again from the beginning of its topics; its newest state is "
            f"not used: {reason}."
        )
        log.tell(text, "state_not_used", job=job.name, dataset=dataset.name, reason=reason, message=text)
        del result[dataset.name]
    return result


def facts_of(state: str, folder: str) -> StateFacts:
    """What is to be known of a state; ``folder`` is that of the checkpoints of its Flink job.

    Raises:
        TidegateError: it cannot be read.
    """
    written_ms = written_at_ms(state)
    written_at = datetime.fromtimestamp(written_ms / 1000, UTC)
    begun = begun_of(read_starts(folder), written_ms)
    uids, checkpoint_id = contents_of(state)
    return StateFacts(uids, begun, datetime.now(UTC) - written_at, state, written_ms, checkpoint_id)


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


def _job_in(path: str, job: str) -> str:
    """The Flink job whose folder a state lies in; the job's own name where the path does not tell."""
    return next((part for part in reversed(path.split("/")) if job_of(part) == job), job)
