"""What each dataset's part of a job begins with: its state, the offsets that its group has committed, or nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from flink_jobs.begun import NOT_KNOWN
from flink_jobs.job import Job, Part, StateFacts
from tidegate import log
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError
from tidegate.job_names import NAMES
from tidegate.jobs.silver_versions import refuse_taking_twice, refuse_unswitched, versions_of
from tidegate.settings import Settings

Reading = Literal["state", "committed", "beginning"]
"""Where the sources of a dataset begin."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come with a dataset, by what Kafka says.

    ``committed``: its consumer group has committed offsets. ``written``: there are records that the job has written.
    """

    committed: bool
    written: bool


@dataclass(frozen=True, slots=True)
class Begin:
    """A start: the state that it goes on from (None: from nothing), whether it was told to do so, and its time.

    ``budget_reset``: what arrived before that time does not count in the error budget.
    """

    state: StateFacts | None
    told_none: bool
    now: datetime
    budget_reset: bool = False


def part_of(job: Job, dataset: Stream, settings: Settings, begin: Begin) -> Part:
    """The dataset's part of the job.

    Raises:
        ContractError: the dataset's jobs were not switched to the version of silver that its contract says.
        TidegateError: it would be written a second time, or the job refuses the state.
    """
    prefix = naming.operator_prefix(job.name, dataset.name)
    state = begin.state if begin.state is not None and begin.state.holds(prefix) else None
    goes_on = state is not None or not (begin.told_none or job.computed_again)
    switched = is_switched(job, dataset, settings, state, goes_on=goes_on)
    if job.computed_again:
        again = job.computed_again
        if state is None:
            return Part(job, dataset, settings, again.begin(dataset, settings, begin.now))
        begun = again.go_on(dataset, settings, state.begun.get(dataset.name, NOT_KNOWN))
        return Part(job, dataset, settings, begun, switched=switched)
    if state is not None:
        job.refuse_state(dataset, settings, state)
    accepted_until = begin.now if begin.budget_reset else None
    if state is not None or begin.told_none:
        return Part(job, dataset, settings, accepted_until=accepted_until, switched=switched)
    reading = reading_of(job.name, dataset.name, progress(job, dataset, settings))
    if reading == "committed":
        text = (
            f"{job.name} goes on with {dataset.name} at the offsets that its consumer group has committed: no state "
            "holds anything of it. Duplicates of what came before are not known any more."
        )
        named = {"job": job.name, "dataset": dataset.name}
        log.tell(text, "begins_at_committed_offsets", "warning", **named, message=text)
    return Part(job, dataset, settings, from_committed=reading == "committed", accepted_until=accepted_until)


def is_switched(job: Job, dataset: Stream, settings: Settings, state: StateFacts | None, *, goes_on: bool) -> bool:
    """Whether the state is of before the dataset's jobs were switched to the version of silver that its contract says.

    ``goes_on``: the job does not begin anew. A job that ends, such as one of a replay, is not asked.

    Raises:
        TidegateError: they were not switched to it; or the job, that goes on, would take all of it again.
        TransientError: Kafka does not answer.
    """
    if job.name not in NAMES:
        return False
    contract = dataset.contract
    found = versions_of(settings, contract)
    prefix = naming.operator_prefix(job.name, dataset.name)
    in_state = frozenset() if state is None else state.silver_versions(prefix)
    refuse_unswitched(contract, found.told_by_state(job.name, in_state))
    if goes_on:
        refuse_taking_twice(job.name, contract, found, in_state)
    return bool(in_state) and contract.silver_version not in in_state


def reading_of(job: str, dataset: str, found: Progress) -> Reading:
    """Where a dataset is read from of which the state holds nothing.

    Raises:
        TidegateError: it was written before, and nothing says how far.
    """
    if found.committed:
        return "committed"
    if found.written:
        raise TidegateError(
            f"{job} has written rows of {dataset} before, but neither a state nor its consumer group says how far.",
            remedy=f"Name a state that holds {dataset} with --recover-from PATH; with none, all is written again.",
        )
    return "beginning"


def progress(job: Job, dataset: Stream, settings: Settings) -> Progress:
    """Asks Kafka.

    Raises:
        TransientError: it does not answer.
    """
    offsets = OffsetReader(settings, timeout_s=10)
    committed = bool(offsets.positions(job.name, dataset.name))
    written = job.writes is not None and any(offsets.ends(offsets.places([job.writes(dataset)])).values())
    return Progress(committed, written)
