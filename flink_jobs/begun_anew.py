"""Datasets whose topics were deleted and made again: a state of before says where it was in others of the same name."""

from collections.abc import Mapping, Sequence

from flink_jobs.job import StateFacts
from tidegate import log
from tidegate.clients.kafka_offsets import OffsetReader, Place
from tidegate.contracts.dataset import Stream
from tidegate.job_names import JOBS, PipelineJob
from tidegate.settings import Settings


def still_theirs(
    job: str, datasets: Sequence[Stream], found: Mapping[str, StateFacts], settings: Settings
) -> dict[str, StateFacts]:
    """The states without those that are older than all that their datasets' topics hold.

    Such a state is of topics that had the same names, or of ones that were empty: then nothing of it is missed.

    A consumer group that has committed offsets says at once that its state is the topics' own: who deletes the one
    deletes the other.

    Raises:
        TransientError: Kafka does not answer.
    """
    kind = next((each for each in JOBS if each.name == job), None)
    result = dict(found)
    if kind is None or not found:
        return result
    offsets = OffsetReader(settings, timeout_s=10)
    for dataset in datasets:
        state = found.get(dataset.name)
        if state is None or offsets.positions(job, dataset.name):
            continue
        places = offsets.places(topics_of(kind, dataset))
        ends = offsets.ends(places)
        if not _are_younger(state, ends, offsets):
            continue
        del result[dataset.name]
        if any(ends.values()):
            text = (
                f"{job} reads {dataset.name} from the beginning: nothing that its topics hold was there when the state "
                f"{state.path} was written."
            )
            log.tell(text, "state_not_used", job=job, dataset=dataset.name, message=text)
    return result


def topics_of(kind: PipelineJob, dataset: Stream) -> list[str]:
    """The topics of the dataset that the job reads."""
    names = {"raw": dataset.contract.topic.name, "silver": dataset.contract.silver_topic}
    return [names[each] for each in kind.reads]


def _are_younger(state: StateFacts, ends: Mapping[Place, int], offsets: OffsetReader) -> bool:
    """Whether nothing that the topics ever held was there when the state was written."""
    starts, first_since = offsets.starts(ends), offsets.at(ends, state.written_ms)
    return all(starts[place] == 0 and (end == 0 or first_since.get(place) == 0) for place, end in ends.items())
