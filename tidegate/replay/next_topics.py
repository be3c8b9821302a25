"""The topics of silver's next version: made beside those that are written and read, and taken away again.

While they are filled, records keep the time stamps that they have, and retention leaves them alone: so the old rows
neither begin a second life nor go before they are compared. From then on they are as the contract plans them. A
partition of which retention had removed the beginning has none in the new topic either: whoever proves that all rows
are there must not miss those.
"""

from collections.abc import Iterator

from tidegate.clients.kafka_offsets import end_offsets, topic_spans
from tidegate.clients.kafka_topics import (
    change_settings,
    create_topics,
    delete_groups,
    delete_records,
    delete_topics,
    existing_topics,
)
from tidegate.clients.registry import RegistryClient
from tidegate.clients.transactions import Record, TransactionalWriter
from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.contracts.naming import subject
from tidegate.contracts.topics import TopicPlan, plan_topics
from tidegate.errors import TidegateError
from tidegate.registration.register import register_subject, subjects_with_history
from tidegate.settings import Settings
from tidegate.sql.replay_silver import FILL

WHILE_FILLED = {"message.timestamp.type": "CreateTime", "retention.ms": "-1"}
VERSIONED: tuple[naming.Output, ...] = ("silver", "dropped")
"""The outputs of refine that have a topic per version."""


def topics_of(stream: Stream, version: int) -> dict[naming.Output, str]:
    """By output, the topics of a version."""
    return {output: naming.output_topic(output, stream.name, version) for output in VERSIONED}


def next_there(settings: Settings, stream: Stream, version: int) -> list[str]:
    """Those of the version that exist.

    Raises:
        TransientError: Kafka is out of reach.
    """
    there = existing_topics(settings)
    return [topic for topic in topics_of(stream, version).values() if topic in there]


def make_next(settings: Settings, stream: Stream, version: int) -> None:
    """Empty topics with as many partitions as those of the version before, and their subjects.

    What is there of the version is deleted.

    Raises:
        TidegateError: Kafka or the registry refuses, or the topics of the version before are not there.
        TransientError: one of them is out of reach.
    """
    delete_topics(settings, [*topics_of(stream, version).values()])
    new = stream.of_silver_version(version)
    names, before = topics_of(stream, version), topics_of(stream, version - 1)
    subjects = {*map(subject, names.values())}
    with RegistryClient(settings) as registry:
        for plan in subjects_with_history(registry, new, settings.schemas_dir):
            if plan.subject in subjects:
                register_subject(registry, plan)
    create_topics(settings, _made(settings, stream, version))
    for output, topic in names.items():
        _without_a_beginning(settings, topic, before[output])


def delete_next(settings: Settings, stream: Stream, version: int) -> None:
    """Takes topics and subjects of a version away, those that are there; nothing may read or write them.

    Raises:
        TidegateError: Kafka or the registry refuses.
        TransientError: one of them is out of reach.
    """
    topics = [*topics_of(stream, version).values()]
    delete_topics(settings, topics)
    with RegistryClient(settings) as registry:
        for topic in topics:
            if registry.versions(subject(topic)):
                registry.delete(subject(topic))
    delete_groups(settings, [naming.group(FILL, stream.name)])


def as_while_filled(settings: Settings, stream: Stream, version: int) -> None:
    """Lets the topics of a version, which are as contracted already, keep the time stamps of what is added to them.

    Raises:
        TidegateError: Kafka refuses.
        TransientError: Kafka is out of reach.
    """
    for topic in topics_of(stream, version).values():
        change_settings(settings, topic, WHILE_FILLED)


def as_contracted(settings: Settings, stream: Stream, version: int) -> None:
    """Gives the topics of a version the settings that the contract plans, once they are compared.

    Raises:
        TidegateError: Kafka refuses.
        TransientError: Kafka is out of reach.
    """
    for plan in _planned(stream, version):
        change_settings(settings, plan.name, {name: plan.config[name] for name in WHILE_FILLED})


def _without_a_beginning(settings: Settings, topic: str, before: str) -> None:
    """Removes a record from the beginning of each partition that lacks some in the topic of before."""
    cut = [number for number, (low, _) in topic_spans(settings, before).items() if low > 0]
    if not cut:
        return
    writer = TransactionalWriter(settings, f"tidegate-fill-{topic}")
    writer.begin()
    writer.write(Record(topic, None, None, number) for number in cut)
    writer.commit()
    ends = end_offsets(settings, topic)
    delete_records(settings, topic, {number: ends[number] for number in cut})


def _made(settings: Settings, stream: Stream, version: int) -> Iterator[TopicPlan]:
    both = (topics_of(stream, each).values() for each in (version - 1, version))
    before = {new: old for old, new in zip(*both, strict=True)}
    for plan in _planned(stream, version):
        partitions = len(topic_spans(settings, before[plan.name]))
        if not partitions:
            raise TidegateError(
                f"there is no topic {before[plan.name]}, which {plan.name} is filled from.",
                remedy="Run `tidegate contract register --all`.",
            )
        yield TopicPlan(plan.name, partitions, plan.config | WHILE_FILLED)


def _planned(stream: Stream, version: int) -> list[TopicPlan]:
    names = {*topics_of(stream, version).values()}
    return [plan for plan in plan_topics(stream.of_silver_version(version)) if plan.name in names]
