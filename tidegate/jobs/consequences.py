"""What a start would do that can't be taken back, so that it can be asked about first."""

from collections.abc import Iterable

from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.contracts import naming
from tidegate.contracts.sound import sound_datasets
from tidegate.job_names import LAKE, REFINE
from tidegate.jobs.plan_start import Start
from tidegate.settings import Settings

APPENDING = {REFINE: "silver, dead letters and dropped records", LAKE: "the lake's tables"}
"""Jobs whose outputs only grow, and what they write. The index and metrics replace what they have written before."""


def consequences(settings: Settings, what: Start) -> list[str]:
    """Each in a sentence; none for a start that goes on where the jobs have stopped.

    Raises:
        TransientError: Kafka, which knows what has run before, is out of reach.
    """
    found = []
    if what.recover_from != "latest":
        names = what.datasets or [stream.name for stream in sound_datasets(settings.schemas_dir).streams]
        again = [job for job in what.jobs if job in APPENDING and has_run(job, names, settings)]
        found += [_again(job, what.recover_from) for job in again]
    if what.forget_removed:
        found.append(
            "State of operators that the SQL of a dataset does not have any more is given up for good: brought back, "
            "they begin from nothing."
        )
    return found


def has_run(job: str, datasets: Iterable[str], settings: Settings) -> bool:
    """Whether a job has ever had a checkpoint of one of these: it commits its positions in the topics with each."""
    offsets = OffsetReader(settings, timeout_s=10)
    return any(offsets.committed([naming.group(job, dataset) for dataset in datasets]).values())


def _again(job: str, recover_from: str) -> str:
    if recover_from == "none":
        return (
            f"{job} has run before and begins from nothing: all that Kafka holds is written to {APPENDING[job]} again."
        )
    return f"{job} goes on from {recover_from}: what it has written to {APPENDING[job]} since then is written again."
