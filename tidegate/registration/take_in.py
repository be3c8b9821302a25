"""The folder of a dataset whose topic and subject are there already; Kafka and the registry are asked, not changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tidegate.avro.contract_records import ContractReader
from tidegate.avro.paths import field_at, value_at
from tidegate.avro.types import AvroSchema, fields_by_name, read_record
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.clients.kafka_records import schema_header
from tidegate.clients.kafka_single_records import newest_records
from tidegate.clients.kafka_topics import topic_settings
from tidegate.clients.registry import RegisteredSchema, RegistryClient
from tidegate.contracts.new.choose_fields import Chosen, Fields, choose_identity, choose_time, with_time
from tidegate.contracts.new.from_subject import Taken, contract_schema
from tidegate.contracts.new.may_be_null import readable_by_all, required, without_null
from tidegate.contracts.new.scaffold import is_free, require_name, taken_in
from tidegate.contracts.new.time_sent import SENT_KINDS
from tidegate.contracts.new.topic_section import TopicFacts
from tidegate.errors import ContractError
from tidegate.registration.theirs import versions_of, why_unreadable
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of the registry and the topic whose values it describes; ``leave_out`` are fields by their paths.

    ``version``: the one to take the fields from; None: the newest.
    """

    name: str
    version: int | None
    topic: str
    leave_out: Sequence[str]


def take_in(settings: Settings, dataset: str, wanted: Subject, fields: Fields) -> tuple[dict[str, str], list[str]]:
    """The files of the dataset's folder by their paths in it, and what to say of them.

    Raises:
        ContractError: a name, subject, topic or field that can't be used.
        TransientError: Kafka or the registry is out of reach.
    """
    require_name(dataset)
    with RegistryClient(settings) as registry:
        versions = versions_of(registry, wanted.name)
        topic = _topic_facts(settings, wanted.topic, wanted.name)
        written = _chosen(versions, wanted.name, wanted.version)
        taken = contract_schema(written.schema, wanted.leave_out, is_free)
        time = _chosen_field(choose_time, taken.schema, fields.event_time)
        taken = required(taken, [_outermost(time)])
        values = _time_values(settings, registry, wanted.topic, taken.schema, time)
    raw, made = with_time(taken.schema, replace(fields, event_time=time), values)
    identity = _chosen_field(choose_identity, raw, fields.identity)
    taken = required(Taken(raw, taken.left_out, taken.notes), [_outermost(identity)])
    keep = (_outermost(identity), _outermost(time))
    taken = readable_by_all(taken, [each.schema for each in versions], keep)
    said = _said(taken, f"version {written.version} of {wanted.name}")
    reader = read_record(taken.schema)
    said += [
        f"Version {each.version} of {wanted.name} can't be read so: {why}; its records become dead letters."
        for each in versions
        if (why := why_unreadable(each.schema, reader))
    ]
    return taken_in(dataset, taken.schema, Chosen(identity, time, made), topic), said


def _chosen_field(choose: Callable[[AvroSchema, str | None], str], schema: AvroSchema, asked: str | None) -> str:
    """A field that is never null, or else one that their schema only lets be."""
    try:
        return choose(schema, asked)
    except ContractError:
        return choose(without_null(schema), asked)


def _time_values(settings: Settings, registry: RegistryClient, topic: str, raw: AvroSchema, time: str) -> list[Any]:
    """Values of the time, if it is a plain number or text, whose unit or form only they can tell."""
    field = field_at(fields_by_name(read_record(raw)), time)
    return _newest_values(settings, registry, topic, raw, time) if field and field.type.kind in SENT_KINDS else []


def _outermost(path: str) -> str:
    """The field of the record itself on the way to a path."""
    return path.partition(".")[0]


def _said(taken: Taken, source: str) -> list[str]:
    left_out = [f"Left out of the contract: {place}, {why}." for place, why in taken.left_out.items()]
    if left_out:
        left_out.append("Records are read all the same: what is left out is passed over, and stays in bronze.")
    return [f"Fields are those of {source}.", *left_out, *(f"{note}." for note in taken.notes)]


def _topic_facts(settings: Settings, topic: str, subject: str) -> TopicFacts:
    """A topic as it is.

    Raises:
        ContractError: it is not there.
        TransientError: Kafka is out of reach.
    """
    partitions = len(OffsetReader(settings).places([topic]))
    if not partitions:
        raise ContractError(
            f"there is no topic {topic}.", remedy="Name the topic whose values the subject describes with --topic."
        )
    return TopicFacts(topic, subject, partitions, topic_settings(settings, [topic]).get(topic, {}))


def _chosen(versions: list[RegisteredSchema], subject: str, number: int | None) -> RegisteredSchema:
    """The version asked for, or the newest.

    Raises:
        ContractError: there is no such version.
    """
    if number is None:
        return versions[-1]
    found = {each.version: each for each in versions}
    if number not in found:
        raise ContractError(
            f"the subject {subject} has no version {number}.", remedy=f"It has {', '.join(map(str, found))}."
        )
    return found[number]


def _newest_values(settings: Settings, registry: RegistryClient, topic: str, raw: AvroSchema, name: str) -> list[Any]:
    """What a field holds in the newest record of each partition that ``raw`` can read: by it a number shows its unit.

    Raises:
        TransientError: Kafka or the registry does not answer.
    """
    reader = ContractReader(registry, read_record(raw))
    found = (
        reader.read_or_none(message.value(), schema_header(message)) for message in newest_records(settings, topic)
    )
    return [value_at(record, name) for record in found if record is not None]
