"""Datasets whose topics were deleted and made again: a state of before says where it was in others of the same name."""

from collections.abc import Mapping, Sequence

from flink_jobs.job import StateFacts
from tidegate import log
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.contracts.dataset import Stream
from tidegate.job_names import JOBS, PipelineJob
from tidegate.settings import Settings


def still_theirs(
    job: str, datasets: Sequence[Stream], found: Mapping[str, StateFacts], settings: Settings
) -> dict[str, StateFacts]:
    """The states without those that are older than all their datasets' topics hold.

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
        if state is None or offsets.positions(job, dataset.name) or not _are_younger(kind, dataset, state, offsets):
            continue
        text = (
            f"{job} begins anew with {dataset.name}: its topics are younger than the state {state.path}, which is of "
            "others that had their names."
        )
        log.tell(text, "state_not_used", job=job, dataset=dataset.name, message=text)
        del result[dataset.name]
    return result


def topics_of(kind: PipelineJob, dataset: Stream) -> list[str]:
    """The topics of the dataset that the job reads."""
    names = {"raw": dataset.contract.topic.name, "silver": dataset.contract.silver_topic}
    return [names[each] for each in kind.reads]


def _are_younger(kind: PipelineJob, dataset: Stream, state: StateFacts, offsets: OffsetReader) -> bool:
    """Whether nothing that the topics ever held was there when the state was written."""
    places = offsets.places(topics_of(kind, dataset))
    starts, ends = offsets.starts(places), offsets.ends(places)
    first_since = offsets.at(places, state.written_ms)
    return all(starts[place] == 0 and (ends[place] == 0 or first_since.get(place) == 0) for place in places)
