"""Creates Kafka topics as contracts plan them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic, ResourceType

from tidegate.clients import connection
from tidegate.clients.kafka_errors import kafka_errors, reason
from tidegate.clients.outage import KAFKA, outage
from tidegate.contracts.topic_differences import setting_warnings
from tidegate.contracts.topics import TopicPlan
from tidegate.errors import ContractError, TidegateError
from tidegate.settings import Settings

_METADATA_TIMEOUT_S = 10
_CREATE_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class TopicReport:
    """What creating topics did; each warning says what differs and what to do."""

    created: list[str]
    unchanged: list[str]
    warnings: list[str]


def create_topics(settings: Settings, plans: Iterable[TopicPlan]) -> TopicReport:
    """Create the topics that are missing; those that exist are left as they are, and what differs is told.

    Raises:
        TransientError: Kafka is out of reach.
        TidegateError: Kafka refuses a topic.
    """
    planned = list(plans)
    admin = AdminClient(connection.kafka(settings) | {"socket.timeout.ms": _METADATA_TIMEOUT_S * 1000})
    existing = _partitions(admin, settings)
    missing = [plan for plan in planned if plan.name not in existing]
    if missing:
        _create(admin, settings, missing)
    warnings = [
        f"topic {plan.name} has {existing[plan.name]} partitions, its contract says {plan.partitions}: "
        "keep the number of partitions in the contract, or move the dataset to a new topic."
        for plan in planned
        if existing.get(plan.name, plan.partitions) != plan.partitions
    ]
    there = [plan.name for plan in planned if plan.config and plan.name in existing]
    found = topic_settings(settings, there) if there else {}
    warnings += [line for plan in planned for line in setting_warnings(plan, found.get(plan.name, {}))]
    created = [plan.name for plan in missing]
    return TopicReport(created, [plan.name for plan in planned if plan.name in existing], warnings)


def topic_settings(settings: Settings, topics: Iterable[str]) -> dict[str, dict[str, str]]:
    """Kafka's settings of each topic, by their own names; none of a topic whose settings may not be read.

    Raises:
        TransientError: Kafka is out of reach.
    """
    admin = AdminClient(connection.kafka(settings) | {"socket.timeout.ms": _METADATA_TIMEOUT_S * 1000})
    wanted = [ConfigResource(ResourceType.TOPIC, topic) for topic in topics]
    found: dict[str, dict[str, str]] = {}
    for resource, future in admin.describe_configs(wanted, request_timeout=_METADATA_TIMEOUT_S).items():
        try:
            found[resource.name] = {name: str(entry.value) for name, entry in future.result().items()}
        except KafkaException as error:
            if error.args[0].code() < 0:  # the client's own codes: no broker has answered
                raise outage(KAFKA, settings, reason(error)) from error
            found[resource.name] = {}
    return found


def change_settings(settings: Settings, topic: str, config: Mapping[str, str]) -> None:
    """Sets some of Kafka's settings of a topic, by their own names.

    Raises:
        TransientError: Kafka is out of reach.
        TidegateError: Kafka refuses.
    """
    entries = [ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET) for name, value in config.items()]
    admin = _admin(settings)
    wanted = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)
    for future in admin.incremental_alter_configs([wanted], request_timeout=_METADATA_TIMEOUT_S).values():
        try:
            future.result()
        except KafkaException as error:
            if error.args[0].code() < 0:  # the client's own codes: no broker has answered
                raise outage(KAFKA, settings, reason(error)) from error
            raise TidegateError(
                f"Kafka refuses the settings of {topic}: {reason(error)}.", remedy="Check your rights on the cluster."
            ) from error


def topic_id(settings: Settings, topic: str) -> str | None:
    """The id that Kafka gave a topic when it was made, another one when it is made anew; None if there is no topic.

    Raises:
        TransientError: Kafka is out of reach.
    """
    admin = _admin(settings)
    try:
        (future,) = admin.describe_topics(TopicCollection([topic]), request_timeout=_METADATA_TIMEOUT_S).values()
        return str(future.result().topic_id)
    except KafkaException as error:
        if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            return None
        raise outage(KAFKA, settings, reason(error)) from error


def existing_topics(settings: Settings) -> frozenset[str]:
    """The names of all topics.

    Raises:
        TransientError: Kafka is out of reach.
    """
    return frozenset(_partitions(AdminClient(connection.kafka(settings)), settings))


def require_topics(settings: Settings, topics: Iterable[str]) -> None:
    """Find topics that are others', and so not created here.

    Raises:
        ContractError: one is not there.
        TransientError: Kafka is out of reach.
    """
    there = existing_topics(settings)
    if lacking := [topic for topic in topics if topic not in there]:
        raise ContractError(
            f"there is no topic {lacking[0]}, which its producers should have (topic.registered_by: producers).",
            remedy="See that topic.name is theirs and TIDEGATE_KAFKA_BOOTSTRAP_SERVERS names their cluster.",
        )


def delete_topics(settings: Settings, names: Sequence[str]) -> None:
    """Deletes topics with all their records; one that is not there is none to delete.

    Raises:
        TransientError: Kafka is out of reach.
        TidegateError: Kafka refuses.
    """
    if names:
        admin = _admin(settings)  # kept until it has answered: a client that is let go ends at once
        futures = admin.delete_topics([*names], operation_timeout=_CREATE_TIMEOUT_S)
        _await(settings, "topic", futures, KafkaError.UNKNOWN_TOPIC_OR_PART)


def delete_records(settings: Settings, topic: str, before: Mapping[int, int]) -> None:
    """Deletes the records before an offset, of each partition.

    Raises:
        TransientError: Kafka is out of reach.
        TidegateError: Kafka refuses.
    """
    if before:
        admin = _admin(settings)
        wanted = [TopicPartition(topic, partition, offset) for partition, offset in before.items()]
        _await(settings, "records of", admin.delete_records(wanted, request_timeout=_CREATE_TIMEOUT_S), None)


def delete_groups(settings: Settings, names: Sequence[str]) -> None:
    """Deletes consumer groups with their offsets; as :func:`delete_topics`."""
    if names:
        admin = _admin(settings)
        futures = admin.delete_consumer_groups([*names], request_timeout=_CREATE_TIMEOUT_S)
        _await(settings, "group", futures, KafkaError.GROUP_ID_NOT_FOUND)


def _admin(settings: Settings) -> AdminClient:
    return AdminClient(connection.kafka(settings) | {"socket.timeout.ms": _METADATA_TIMEOUT_S * 1000})


def _await(settings: Settings, what: str, futures: Mapping[Any, Any], gone: int | None) -> None:
    for name, future in futures.items():
        try:
            future.result()
        except KafkaException as error:
            code = error.args[0].code()
            if code == gone:
                continue
            if code < 0:  # the client's own codes: no broker has answered
                raise outage(KAFKA, settings, reason(error)) from error
            raise TidegateError(
                f"Kafka does not delete the {what} {name}: {reason(error)}.", remedy="Check your rights on the cluster."
            ) from error


def _partitions(admin: AdminClient, settings: Settings) -> dict[str, int]:
    with kafka_errors(settings):
        metadata = admin.list_topics(timeout=_METADATA_TIMEOUT_S)
    return {name: len(topic.partitions) for name, topic in metadata.topics.items()}


def _create(admin: AdminClient, settings: Settings, plans: list[TopicPlan]) -> None:
    wanted = [NewTopic(plan.name, num_partitions=plan.partitions, config=plan.config) for plan in plans]
    for name, future in admin.create_topics(wanted, operation_timeout=_CREATE_TIMEOUT_S).items():
        try:
            future.result()
        except KafkaException as error:
            code = error.args[0].code()
            if code == KafkaError.TOPIC_ALREADY_EXISTS:
                continue
            if code < 0:  # the client's own codes: no broker has answered
                raise outage(KAFKA, settings, reason(error)) from error
            raise TidegateError(
                f"Kafka refuses the topic {name}: {reason(error)}.",
                remedy="Check its settings in the contract and your rights on the cluster.",
            ) from error
